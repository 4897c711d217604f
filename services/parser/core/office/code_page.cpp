#include "services/parser/core/office/code_page.h"

#include <algorithm>

#include "common/text/gb18030.h"
#include "common/text/utf8.h"

namespace gouji::parser {
namespace {

// 0x80..0x9F; the places that 1252 leaves open read as U+FFFD.
constexpr char32_t kWestern80[] = {0x20AC, 0xFFFD, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                   0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0xFFFD, 0x017D, 0xFFFD,
                                   0xFFFD, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                   0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0xFFFD, 0x017E, 0x0178};

std::string one_by_one(std::string_view bytes, bool is_western) {
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    append_utf8(text, is_western || byte < 0x80 ? western_character(byte) : kReplacementCharacter);
  }
  return text;
}

}  // namespace

CodePage code_page_of(std::int64_t number) {
  switch (number) {
    case 0: case 1252: case 20127: case 28591: return CodePage::kWestern;
    case 936: case 54936: case 20936: return CodePage::kChinese;
    case 65001: return CodePage::kUtf8;
    default: return CodePage::kOther;
  }
}

CodePage code_page_of_charset(std::int64_t charset, CodePage own) {
  if (charset == 134) return CodePage::kChinese;
  return charset == 0 || charset == 1 || charset == 2 ? own : CodePage::kOther;
}

char32_t western_character(unsigned char byte) {
  return byte >= 0x80 && byte < 0xA0 ? kWestern80[byte - 0x80] : char32_t{byte};
}

std::string utf8_from(std::string_view bytes, CodePage page) {
  const bool is_ascii = std::all_of(bytes.begin(), bytes.end(), [](char c) { return (c & 0x80) == 0; });
  if (is_ascii) return std::string(bytes);
  if (page == CodePage::kChinese) return utf8_from_gb18030(bytes);
  if (page == CodePage::kUtf8) return repair_utf8(bytes);
  return one_by_one(bytes, page == CodePage::kWestern);
}

}  // namespace gouji::parser
