// Text of old office files in the code page that they name.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace gouji::parser {

enum class CodePage : std::uint8_t {
  kWestern,  // 1252
  kChinese,  // 936, read as GB18030
  kUtf8,     // 65001
  kOther,    // not read: every character above ASCII is U+FFFD
};

// Of a number such as 936; 0 and 20127 are Western.
CodePage code_page_of(std::int64_t number);
// Of a Windows character set of fonts: 134 is Chinese, 0 and 1 have none of their own, see `own`.
CodePage code_page_of_charset(std::int64_t charset, CodePage own);
// One byte of code page 1252.
char32_t western_character(unsigned char byte);
std::string utf8_from(std::string_view bytes, CodePage page);

}  // namespace gouji::parser
