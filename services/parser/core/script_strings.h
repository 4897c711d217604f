// The strings of a script.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace gouji::parser {

inline constexpr std::size_t kScriptStringsMax = 1U << 16;

// String literals that + joins. Positions include the quotes.
struct ScriptString {
  std::string text;        // without quotes and escapes
  std::size_t begin = 0;   // in the script
  std::size_t end = 0;
  bool is_whole = true;    // false: + joins it with something that is no literal, or it holds ${…}
};

// In order. Comments are skipped; a literal that is not closed ends the list.
std::vector<ScriptString> script_strings(std::string_view script);

// %41, %u4E00 and the UTF-8 of %E4%B8%80, as unescape() and decodeURIComponent() read them.
std::string without_percents(std::string_view text);

}  // namespace gouji::parser
