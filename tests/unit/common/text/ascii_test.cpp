#include "common/text/ascii.h"

#include <gtest/gtest.h>

namespace gouji {
namespace {

TEST(Ascii, HexDigitsAreThoseAndNoOthers) {
  for (int c = 0; c < 256; ++c) {
    const auto at = std::string_view("0123456789abcdef").find(ascii_lower(static_cast<char>(c)));
    EXPECT_EQ(hex_digit(static_cast<char>(c)), at == std::string_view::npos ? -1 : static_cast<int>(at)) << c;
  }
}

TEST(Ascii, IsTrimmedOfBlanksAndTabsOnly) {
  EXPECT_EQ(trimmed(" \ta b\t "), "a b");
  EXPECT_EQ(trimmed("\na "), "\na");
  EXPECT_EQ(trimmed(" \t"), "");
}

}  // namespace
}  // namespace gouji
