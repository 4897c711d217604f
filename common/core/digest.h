// Digests: SHA-256 for provenance and ids, CRC-32C for records on disk.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/core/result.h"

namespace gouji {

using Sha256 = std::array<std::uint8_t, 32>;

Sha256 sha256(std::string_view bytes);
std::string to_hex(std::string_view bytes);
std::string to_hex(const Sha256& digest);
// Refuses odd lengths and characters outside 0-9a-f.
Result<std::string> from_hex(std::string_view hex);

// SHA-256 over parts that arrive one after the other.
class Sha256Stream {
 public:
  Sha256Stream();
  ~Sha256Stream();
  Sha256Stream(const Sha256Stream&) = delete;
  Sha256Stream& operator=(const Sha256Stream&) = delete;
  void add(std::string_view bytes);
  Sha256 finish();

 private:
  void* context_;
};

// CRC-32C (Castagnoli, RFC 3720 appendix B.4), continuing from `seed`.
std::uint32_t crc32c(std::string_view bytes, std::uint32_t seed = 0);
// The same without the processor's instruction, for processors that lack it.
std::uint32_t crc32c_portable(std::string_view bytes, std::uint32_t seed = 0);

}  // namespace gouji
