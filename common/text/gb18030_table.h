// The generated tables of GB18030; only gb18030.cpp uses them.
#pragma once

#include <cstddef>
#include <cstdint>

namespace gouji {

// Characters of two bytes, by (lead - 0x80) * 256 + trail: their UTF-8 as it lies in memory, read as a
// number from its first byte on, and its length in the highest byte. Below 0x80 a place in
// kGb18030BeyondBasicPlane, 0 = no character.
inline constexpr std::size_t kGb18030TwoByteCodes = 128 * 256;
extern const std::uint32_t kGb18030TwoByte[kGb18030TwoByteCodes];
extern const std::uint32_t kGb18030BeyondBasicPlane[];

// Four-byte codes index, index + 1, ... stand for first, first + 1, ...; sorted by index.
struct Gb18030Range {
  std::int32_t index;
  std::uint32_t first;
  std::int32_t length;
};
extern const Gb18030Range kGb18030Ranges[];
extern const std::size_t kGb18030RangeCount;

}  // namespace gouji
