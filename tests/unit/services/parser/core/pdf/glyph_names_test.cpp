#include "services/parser/core/pdf/glyph_names.h"

#include <gtest/gtest.h>

namespace gouji::parser {
namespace {

TEST(GlyphNames, NamesStandForCharacters) {
  const std::pair<std::string_view, std::u32string_view> cases[] = {
      {"A", U"A"},           {"seven", U"7"},      {"zcaron", U"\u017E"},     {"Euro", U"\u20AC"},
      {"uni4E2D", U"\u4E2D"}, {"u20BB7", U"\U00020BB7"}, {"uni4E2D6587", U"\u4E2D\u6587"},
      {"f_i", U"fi"},        {"one.oldstyle", U"1"}, {"space", U" "},
  };
  for (const auto& [name, text] : cases) EXPECT_EQ(glyph_text(name), text) << name;
}

TEST(GlyphNames, AreNotGuessed) {
  for (const std::string_view name : {"", "g12", "cid00034", "G01", "uni4E2", "uni4e2d", "uniD800", "u110000",
                                      "notaname", "A_g12", ".notdef", "a1"}) {
    EXPECT_EQ(glyph_text(name), U"") << name;
  }
}

TEST(GlyphNames, EncodingsDifferWhereTheyShould) {
  EXPECT_EQ(standard_encoding()[0x27], 0x2019);
  EXPECT_EQ(win_ansi_encoding()[0x27], 0x27);
  EXPECT_EQ(win_ansi_encoding()[0x80], 0x20AC);
  EXPECT_EQ(win_ansi_encoding()[0xA0], 0xA0);
  EXPECT_EQ(mac_roman_encoding()[0x80], 0xC4);
  EXPECT_EQ(mac_roman_encoding()[0xFF], 0x2C7);
  EXPECT_EQ(standard_encoding()[0xB7], 0x2022);
  EXPECT_EQ(standard_encoding()[0x80], 0);
  for (std::size_t code = '0'; code <= '9'; ++code) {
    for (const LatinEncoding* encoding : {&standard_encoding(), &win_ansi_encoding(), &mac_roman_encoding()}) {
      EXPECT_EQ((*encoding)[code], code);
    }
  }
}

}  // namespace
}  // namespace gouji::parser
