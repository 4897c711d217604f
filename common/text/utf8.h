// UTF-8 as bytes that may be wrong: checking, mending and walking.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace gouji {

inline constexpr char32_t kReplacementCharacter = 0xFFFD;

// Strict: no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_utf8(std::string_view bytes);

// One step through bytes that may not be UTF-8. An error is one maximal broken sequence (Unicode
// standard, section 3.9, "U+FFFD substitution of maximal subparts") and reads as U+FFFD.
struct CodePoint {
  char32_t value = kReplacementCharacter;
  std::uint8_t length = 0;  // bytes taken, 1..4
  bool is_valid = false;
};

// The code point at `at`, which must be less than bytes.size(), whatever it is.
CodePoint any_code_point_at(std::string_view bytes, std::size_t at);

// The same; ASCII and ideographs, which are nearly all of a report, without a call.
inline CodePoint code_point_at(std::string_view bytes, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[at + i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1, true};
  const bool is_ideograph = lead >= 0xE4 && lead <= 0xE9 && bytes.size() - at >= 3 && (byte(1) & 0xC0U) == 0x80U && (byte(2) & 0xC0U) == 0x80U;
  if (!is_ideograph) return any_code_point_at(bytes, at);
  return {(lead & 0x0FU) << 12 | (byte(1) & 0x3FU) << 6 | (byte(2) & 0x3FU), 3, true};
}

// Appends the UTF-8 form; surrogates and values above U+10FFFF become U+FFFD.
void append_utf8(std::string& text, char32_t code_point);

// The same text with U+FFFD for every broken sequence.
std::string repair_utf8(std::string_view bytes);

// The longest prefix of at most `bytes_max` bytes that does not cut a character.
std::string_view utf8_prefix(std::string_view text, std::size_t bytes_max);
// The longest such suffix.
std::string_view utf8_suffix(std::string_view text, std::size_t bytes_max);

}  // namespace gouji
