// Which of a few known words a text has. Words have two bytes or more.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <span>
#include <string_view>

#include "common/text/byte_scan.h"

namespace gouji::parser {

inline bool has_word(std::string_view text, std::string_view word) { return find_word(text, word) != text.npos; }

inline bool has_any(std::string_view text, std::span<const std::string_view> words) {
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) { return has_word(text, word); });
}

inline bool has_any(std::string_view text, std::initializer_list<std::string_view> words) {
  return has_any(text, std::span(words.begin(), words.size()));
}

}  // namespace gouji::parser
