#include "services/parser/core/pdf/cmap.h"

#include <gtest/gtest.h>

#include "services/parser/core/pdf/pdf_limits.h"
#include "services/parser/core/pdf/predefined_cmap.h"

namespace gouji::parser {
namespace {

std::u32string text_at(const CMap& map, std::uint32_t code) {
  const auto found = map.unicode.find(code);
  if (!found) return U"";
  return std::u32string(1, found->first) + std::u32string(found->rest);
}

TEST(CMap, ReadsCharactersRangesAndArrays) {
  const CMap map = parse_cmap(
      "begincmap 1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
      "3 beginbfchar <0003> <0020> <0004> <00660066> <0005> <D842DFB7> endbfchar\n"
      "3 beginbfrange <0010> <0012> <4E00> <0020> <0022> [<0041> <00420043> <0044>]\n"
      "<0030> <0031> <00610062> endbfrange endcmap");
  EXPECT_EQ(text_at(map, 3), U" ");
  EXPECT_EQ(text_at(map, 4), U"ff");
  EXPECT_EQ(text_at(map, 5), U"\U00020BB7");
  EXPECT_EQ(text_at(map, 0x10), U"\u4E00");
  EXPECT_EQ(text_at(map, 0x12), U"\u4E02");
  EXPECT_EQ(text_at(map, 0x13), U"");
  EXPECT_EQ(text_at(map, 0x21), U"BC");
  EXPECT_EQ(text_at(map, 0x22), U"D");
  EXPECT_EQ(text_at(map, 0x31), U"ac");
}

TEST(CMap, KeepsWhatPrecedesDamage) {
  const CMap map = parse_cmap("2 beginbfchar <01> <0041> <02> damage ( 1 ) 1 beginbfchar <03> <0043> damage");
  EXPECT_EQ(text_at(map, 1), U"A");
  EXPECT_EQ(text_at(map, 3), U"C");
}

TEST(CMap, TheLaterOfTwoEntriesStands) {
  const CMap map = parse_cmap("beginbfchar <05> <0041> endbfchar beginbfchar <05> <0042> endbfchar");
  EXPECT_EQ(text_at(map, 5), U"B");
}

TEST(CMap, JoinsCodesThatCountOn) {
  UnicodeMap map;
  for (std::uint32_t code = 0; code < 200; ++code) map.add(code + 7, code + 7, std::u32string(1, U'\u4E00' + code));
  map.sort();
  EXPECT_EQ(map.size(), 1U);
  EXPECT_EQ(map.find(206)->first, U'\u4E00' + 199);
  EXPECT_FALSE(map.find(207));
}

TEST(CMap, HasABoundOnItsEntries) {
  UnicodeMap map;
  for (std::uint32_t code = 0; code < 2 * kPdfFontRangesMax; ++code) map.add(code * 2, code * 2, U"x");
  EXPECT_EQ(map.size(), kPdfFontRangesMax);
}

TEST(CMap, RangesThatEndBeforeTheyBeginOrLeaveUnicodeAreDropped) {
  const CMap map = parse_cmap("beginbfrange <09> <02> <0041> <00000000> <FFFFFFFF> <4E00> endbfrange");
  EXPECT_EQ(map.unicode.size(), 0U);
}

TEST(CMap, FindsCodesByTheirSpaces) {
  const CMap map = parse_cmap(
      "begincodespacerange <00> <80> <8140> <FEFE> endcodespacerange\n"
      "begincidrange <20> <7e> 1 <8140> <817e> 100 endcidrange begincidchar <a1a1> 7 endcidchar /WMode 1 def");
  EXPECT_TRUE(map.is_vertical);
  const std::string_view bytes = "A\x81\x41\xA1\xA1\xFF";
  const CodeAt first = code_at(map.spaces, bytes, 0);
  EXPECT_EQ(first.bytes, 1);
  EXPECT_EQ(map.cid(first.code), 34U);
  const CodeAt second = code_at(map.spaces, bytes, 1);
  EXPECT_EQ(second.bytes, 2);
  EXPECT_EQ(map.cid(second.code), 101U);
  EXPECT_EQ(map.cid(code_at(map.spaces, bytes, 3).code), 7U);
  EXPECT_EQ(code_at(map.spaces, bytes, 5).bytes, 1);  // outside all spaces
  EXPECT_FALSE(map.cid(0xFFFF));
}

TEST(CMap, KnowsThePredefinedOnesThatAreText) {
  struct Case {
    std::string_view name;
    std::string_view bytes;
    char32_t character;
    int length;
  };
  const Case cases[] = {
      {"GBK-EUC-H", "\xD6\xD0", U'中', 2},     {"GBKp-EUC-H", "\x81\x40", U'丂', 2},
      {"GB-EUC-H", "A", U'A', 1},              {"GBpc-EUC-V", "\xCE\xC4", U'文', 2},
      {"GBK2K-H", "\x81\x39\xEF\x30", U'㐁', 4}, {"GBK-EUC-H", "\x81\x39\xEF\x30", 0, 1},
      {"UniGB-UCS2-H", "\x4E\x2D", U'中', 2},  {"UniGB-UTF16-H", "\xD8\x42\xDF\xB7", U'\U00020BB7', 4},
      {"UniGB-UTF8-H", "\xE4\xB8\xAD", U'中', 3}, {"UniGB-UTF32-H", std::string_view("\0\0\x4E\x2D", 4), U'中', 4},
      {"UniCNS-UCS2-H", "\x4E\x2D", U'中', 2}, {"UniGB-UCS2-H", "\x4E", 0, 1},
      {"UniGB-UTF16-H", "\xD8\x42\x00\x41", 0, 2}, {"GBK-EUC-H", "\xFE", 0, 1},
  };
  for (const Case& one : cases) {
    const auto map = predefined_cmap(one.name);
    ASSERT_TRUE(map) << one.name;
    const TextCode code = text_code_at(map->scheme, one.bytes, 0);
    EXPECT_EQ(code.character, one.character) << one.name;
    EXPECT_EQ(code.at.bytes, one.length) << one.name;
  }
  EXPECT_TRUE(predefined_cmap("GBpc-EUC-V")->is_vertical);
  EXPECT_FALSE(predefined_cmap("90ms-RKSJ-H"));
  EXPECT_FALSE(predefined_cmap("GBK-EUC"));
}

}  // namespace
}  // namespace gouji::parser
