#include "common/core/id.h"

#include <openssl/evp.h>

#include <array>
#include <cstdint>

#include "common/core/check.h"
#include "common/core/digest.h"

namespace gouji {
namespace {

// Gouji's namespace for version 5 UUIDs, drawn once at random; it never changes.
constexpr std::array<unsigned char, 16> kNamespace = {0x6b, 0x1f, 0x27, 0x3c, 0x90, 0x5e, 0x4d, 0x12,
                                                      0xa7, 0x44, 0x0c, 0xe8, 0x51, 0xf3, 0x9a, 0x60};

std::string joined(std::initializer_list<std::string_view> fields) {
  std::size_t total = 0;
  for (const std::string_view field : fields) total += 8 + field.size();
  std::string bytes;
  bytes.reserve(total);
  for (const std::string_view field : fields) {
    const auto size = static_cast<std::uint64_t>(field.size());
    for (int shift = 56; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>((size >> shift) & 0xFF));
    bytes.append(field);
  }
  return bytes;
}

}  // namespace

std::string hash_id(std::initializer_list<std::string_view> fields) {
  return to_hex(sha256(joined(fields))).substr(0, 32);
}

std::string uuid5(std::initializer_list<std::string_view> fields) {
  std::string input(kNamespace.begin(), kNamespace.end());
  input += joined(fields);
  std::array<unsigned char, 20> digest{};
  static const EVP_MD* const kAlgorithm = EVP_MD_fetch(nullptr, "SHA1", nullptr);
  GOUJI_CHECK(EVP_Digest(input.data(), input.size(), digest.data(), nullptr, kAlgorithm, nullptr) == 1);
  digest[6] = static_cast<unsigned char>((digest[6] & 0x0F) | 0x50);
  digest[8] = static_cast<unsigned char>((digest[8] & 0x3F) | 0x80);
  std::string text = to_hex(std::string_view(reinterpret_cast<const char*>(digest.data()), 16));
  text.reserve(36);
  for (const std::size_t dash : {8U, 13U, 18U, 23U}) text.insert(dash, 1, '-');
  return text;
}

std::string location_id(std::string_view source_id, std::string_view canonical_address) {
  return hash_id({source_id, canonical_address});
}

}  // namespace gouji
