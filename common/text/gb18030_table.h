// The generated tables of GB18030; only gb18030.cpp uses them.
#pragma once

#include <cstddef>
#include <cstdint>

namespace gouji {

// Code points by (lead - 0x81) * 191 + (trail - 0x40); 0 = no character. The few codes that stand
// for characters beyond the basic plane give a place in kGb18030BeyondBasicPlane, below 0x80.
extern const std::uint16_t kGb18030TwoByte[];
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
