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

// The code point at `at`, which must be less than bytes.size().
CodePoint code_point_at(std::string_view bytes, std::size_t at);

// Appends the UTF-8 form; surrogates and values above U+10FFFF become U+FFFD.
void append_utf8(std::string& text, char32_t code_point);

// The same text with U+FFFD for every broken sequence.
std::string repair_utf8(std::string_view bytes);

// The longest prefix of at most `bytes_max` bytes that does not cut a character.
std::string_view utf8_prefix(std::string_view text, std::size_t bytes_max);

}  // namespace gouji
