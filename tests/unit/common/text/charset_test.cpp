#include "common/text/charset.h"

#include <gtest/gtest.h>

#include "common/text/gb18030.h"
#include "tests/support/render_html.h"

namespace gouji {
namespace {

using testing::gb18030_by_iconv;

const std::string kChinese = "本年新收政府信息公开申请数量，办理结果予以公开。";

CharsetDecision decided(std::string_view bytes, std::string_view label = {}) {
  const auto decision = decide_charset(bytes, {label});
  EXPECT_TRUE(decision.has_value());
  return decision ? *decision : CharsetDecision{};
}

struct Case {
  std::string bytes;
  std::string_view label;
  Charset charset;
  bool is_conflict;
};

TEST(Charset, BytesDecideAndLabelsAreOnlyCompared) {
  const std::string gb = gb18030_by_iconv(kChinese);
  const Case cases[] = {
      {kChinese, "", Charset::kUtf8, false},
      {kChinese, "UTF-8", Charset::kUtf8, false},
      {kChinese, "gb2312", Charset::kUtf8, true},
      {kChinese, "big5", Charset::kUtf8, true},
      {gb, "", Charset::kGb18030, false},
      {gb, "GB2312", Charset::kGb18030, false},
      {gb, "gbk", Charset::kGb18030, false},
      {gb, "utf-8", Charset::kGb18030, true},
      {gb, "ISO-8859-1", Charset::kGb18030, true},
      {"plain text", "gbk", Charset::kUtf8, false},
      {"plain text", "utf-8", Charset::kUtf8, false},
      {"\xEF\xBB\xBF" + kChinese, "gbk", Charset::kUtf8, true},
      {std::string("\xFF\xFE\x2D\x4E", 4), "utf-16", Charset::kUtf16Le, false},
      {std::string("\xFE\xFF\x4E\x2D", 4), "", Charset::kUtf16Be, false},
  };
  for (const Case& c : cases) {
    const CharsetDecision decision = decided(c.bytes, c.label);
    EXPECT_EQ(decision.charset, c.charset) << c.label;
    EXPECT_EQ(decision.is_conflict, c.is_conflict) << c.bytes << " " << c.label;
  }
}

TEST(Charset, AFewBrokenBytesDoNotChangeTheEncoding) {
  EXPECT_EQ(decided(kChinese + "\xE4\xB8").charset, Charset::kUtf8);
  EXPECT_TRUE(decided(kChinese + "\xE4\xB8").is_damaged);
  EXPECT_EQ(decided(gb18030_by_iconv(kChinese) + "\xFF").charset, Charset::kGb18030);
  EXPECT_TRUE(decided(gb18030_by_iconv(kChinese) + "\xFF").is_damaged);
}

TEST(Charset, WhatIsNeitherIsRefused) {
  EXPECT_FALSE(decide_charset("\xFF\x20\xFF\x20\xFF\x20\xFF\x20", {""}).has_value());
  // Big5 would often pass as GB18030 and read as nonsense.
  const auto big5 = decide_charset(gb18030_by_iconv(kChinese), {"Big5"});
  ASSERT_FALSE(big5.has_value());
  EXPECT_NE(big5.error().message.find("Big5"), std::string::npos);
  EXPECT_EQ(big5.error().kind, ErrorKind::kInvalidInput);
}

TEST(Charset, DecodesWhatItDecided) {
  EXPECT_EQ(decode_text(kChinese, decided(kChinese)), kChinese);
  const std::string gb = gb18030_by_iconv(kChinese);
  EXPECT_EQ(decode_text(gb, decided(gb)), kChinese);
  const std::string little("\xFF\xFE\x2D\x4E\x41\x00\x3D\xD8\x00\xDE", 10);
  EXPECT_EQ(decode_text(little, decided(little)), "中A😀");
  const std::string big("\xFE\xFF\x4E\x2D\x00\x41\xD8\x00", 8);
  EXPECT_EQ(decode_text(big, decided(big)), "中A\uFFFD");
  EXPECT_EQ(decode_text("\xEF\xBB\xBF"
                        "a",
                        decided("\xEF\xBB\xBF"
                                "a")),
            "a");
}

TEST(SourceCursor, EveryCharacterIsFoundWhereItStands) {
  const std::string text = "a共１2件😀\u20ACz";
  for (const std::string& bytes :
       {gb18030_by_iconv(text), gb18030_by_iconv(text + kChinese) + "\xFF",
        text + kChinese + "\xE4\xB8"}) {
    const CharsetDecision decision = decided(bytes);
    const std::string decoded = decode_text(bytes, decision);
    SourceCursor cursor(bytes, decision);
    const std::size_t digit = decoded.find('2');
    EXPECT_EQ(cursor.source_offset(digit), bytes.find('2'));
    EXPECT_EQ(cursor.source_offset(decoded.find('z')), bytes.find('z'));
    EXPECT_EQ(cursor.source_offset(decoded.size()), bytes.size());
  }
}

}  // namespace
}  // namespace gouji
