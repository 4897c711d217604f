// What the readers of office files share: their outcome, their limits and their refusals.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "common/report/reading.h"

namespace gouji::parser {

template <typename T>
using PartOutcome = tl::expected<T, Reason>;

inline tl::unexpected<Reason> refused(std::string_view code, std::string_view message) {
  return tl::unexpected<Reason>(Reason{std::string(code), std::string(message)});
}

// Little-endian numbers at any place; the caller has checked that they are inside.
inline std::uint32_t u8_at(std::string_view bytes, std::size_t at) {
  return static_cast<unsigned char>(bytes[at]);
}
inline std::uint32_t u16_at(std::string_view bytes, std::size_t at) {
  return u8_at(bytes, at) | u8_at(bytes, at + 1) << 8;
}
inline std::uint32_t u32_at(std::string_view bytes, std::size_t at) {
  return u16_at(bytes, at) | u16_at(bytes, at + 2) << 16;
}

}  // namespace gouji::parser
