#include "common/text/numerals.h"

#include <gtest/gtest.h>

namespace gouji {
namespace {

struct Case {
  std::string_view text;
  std::int64_t value;
};

TEST(Numeral, IsReadAsItIsSpoken) {
  const Case cases[] = {
      {"零", 0},
      {"〇", 0},
      {"五", 5},
      {"十", 10},
      {"十五", 15},
      {"二十", 20},
      {"廿三", 23},
      {"卅", 30},
      {"九十九", 99},
      {"一百", 100},
      {"一百零五", 105},
      {"一百一十", 110},
      {"一百二十", 120},
      {"三千零七", 3007},
      {"二千零二十四", 2024},
      {"两千三百", 2300},
      {"一万", 10'000},
      {"一万零三百", 10'300},
      {"两万三千", 23'000},
      {"十二万三千四百五十六", 123'456},
      {"一亿二千万", 120'000'000},
      {"三百万", 3'000'000},
      {"二〇二四", 2024},
      {"二○一九", 2019},
      {"壹佰贰拾", 120},
      {"2024", 2024},
      {"１２３", 123},
      {"3万", 30'000},
      {"12亿", 1'200'000'000},
      {"1万5千", 15'000},
      {"萬", -1},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(parse_numeral(c.text).value_or(-1), c.value) << c.text;
  }
}

TEST(Numeral, RefusesWhatIsNone) {
  for (std::string_view text :
       {"", "件", "三百五", "一百零", "十十", "百", "百三", "一十百", "五千万亿零三百五", "12.5",
        "99999999999999999999", "一百2千", "３件", "\xE4\xB8"}) {
    EXPECT_EQ(parse_numeral(text), std::nullopt) << text;
  }
}

TEST(Numeral, AgreesWithWhatIsWrittenForEveryNumber) {
  const char* const digits[] = {"零", "一", "二", "三", "四", "五", "六", "七", "八", "九"};
  const std::pair<int, const char*> units[] = {{1000, "千"}, {100, "百"}, {10, "十"}};
  for (int number = 1; number < 10'000; ++number) {
    std::string text;
    int rest = number;
    bool is_gap = false;
    for (const auto& [unit, name] : units) {
      const int digit = rest / unit;
      rest %= unit;
      if (digit > 0) {
        if (is_gap) text += "零";
        text += std::string(digits[digit]) + name;
      }
      is_gap = digit == 0 && !text.empty();
    }
    if (rest > 0) text += (is_gap ? "零" : "") + std::string(digits[rest]);
    ASSERT_EQ(parse_numeral(text), number) << text;
  }
}

TEST(Numeral, PrefixEndsWhereTheNumberEnds) {
  EXPECT_EQ(numeral_prefix("一百二十件"), std::string_view("一百二十").size());
  EXPECT_EQ(numeral_prefix("件"), 0U);
  EXPECT_EQ(numeral_prefix("12件"), 0U);
}

TEST(Numeral, FullWidthDigitsBecomeAscii) { EXPECT_EQ(half_width_digits("共１２0件"), "共120件"); }

}  // namespace
}  // namespace gouji
