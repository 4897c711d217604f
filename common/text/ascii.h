// ASCII letters without regard to case: names of tags, attributes, headers, labels and endings. Other bytes stay as they are.
// And the value of a hexadecimal digit.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace gouji {

constexpr char ascii_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

// 0..15; -1 for what is no hexadecimal digit.
constexpr int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = ascii_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// '0'…'9' as it stands raised: ⁰…⁹.
constexpr char32_t raised_digit(char digit) {
  return digit == '1' ? U'¹' : digit == '2' ? U'²' : digit == '3' ? U'³' : U'⁰' + static_cast<char32_t>(digit - '0');
}

inline std::string ascii_lower(std::string_view text) {
  std::string low(text);
  for (char& c : low) c = ascii_lower(c);
  return low;
}

// Without blanks and tabs at its ends.
inline std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  return first == text.npos ? std::string_view() : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

inline bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return ascii_lower(x) == ascii_lower(y); });
}

}  // namespace gouji
