#include "common/text/utf8.h"

#include <gtest/gtest.h>

namespace gouji {
namespace {

TEST(Utf8, EveryScalarValueGoesThere) {
  for (char32_t value = 0; value <= 0x10FFFF; ++value) {
    if (value >= 0xD800 && value <= 0xDFFF) continue;
    std::string text;
    append_utf8(text, value);
    ASSERT_TRUE(is_utf8(text)) << std::hex << static_cast<std::uint32_t>(value);
    const CodePoint read = code_point_at(text, 0);
    ASSERT_EQ(read.value, value);
    ASSERT_EQ(read.length, text.size());
    ASSERT_TRUE(read.is_valid);
  }
}

TEST(Utf8, SurrogatesAndTooLargeValuesBecomeTheReplacementCharacter) {
  for (char32_t value : {char32_t{0xD800}, char32_t{0xDFFF}, char32_t{0x110000}}) {
    std::string text;
    append_utf8(text, value);
    EXPECT_EQ(text, "\uFFFD");
  }
}

struct Broken {
  std::string_view bytes;
  std::string_view repaired;
};

TEST(Utf8, BrokenSequencesAreMendedByMaximalSubparts) {
  const Broken cases[] = {
      {"a\x80z", "a\uFFFDz"},
      {"\xE4\xB8", "\uFFFD"},
      {"\xE4\xB8z", "\uFFFDz"},
      {"\xC0\xAF", "\uFFFD\uFFFD"},
      {"\xED\xA0\x80", "\uFFFD\uFFFD\uFFFD"},
      {"\xF0\x80\x80\x80", "\uFFFD\uFFFD\uFFFD\uFFFD"},
      {"\xF4\x90\x80\x80", "\uFFFD\uFFFD\uFFFD\uFFFD"},
      {"\xFF\xE4\xB8\xAD", "\uFFFD中"},
      {"中", "中"},
      {"", ""},
  };
  for (const Broken& broken : cases) {
    EXPECT_EQ(repair_utf8(broken.bytes), broken.repaired);
    EXPECT_EQ(is_utf8(broken.bytes), broken.bytes == broken.repaired);
  }
}

TEST(Utf8, APrefixDoesNotCutACharacter) {
  EXPECT_EQ(utf8_prefix("a中文", 4), "a中");
  EXPECT_EQ(utf8_prefix("a中文", 6), "a中");
  EXPECT_EQ(utf8_prefix("a中文", 7), "a中文");
  EXPECT_EQ(utf8_prefix("中", 2), "");
}

TEST(Utf8, ASuffixDoesNotCutACharacter) {
  EXPECT_EQ(utf8_suffix("中文a", 4), "文a");
  EXPECT_EQ(utf8_suffix("中文a", 6), "文a");
  EXPECT_EQ(utf8_suffix("中文a", 7), "中文a");
  EXPECT_EQ(utf8_suffix("中", 2), "");
}

}  // namespace
}  // namespace gouji
