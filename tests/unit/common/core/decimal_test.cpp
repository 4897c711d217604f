#include "common/core/decimal.h"

#include <gtest/gtest.h>

namespace gouji {
namespace {

struct Case {
  const char* text;
  const char* printed;  // nullptr = refused
};

TEST(Decimal, ReadsPlainFiguresAndRefusesEverythingElse) {
  for (const Case& c : {Case{"0", "0"}, {"12", "12"}, {"-12", "-12"}, {"0.50", "0.5"}, {"2601.953875", "2601.953875"},
                        {"1.2345670", "1.234567"}, {"007", "7"}, {"-0.000001", "-0.000001"},
                        {"9223372036854775807", "9223372036854775807"}, {"", nullptr}, {"-", nullptr}, {".5", nullptr},
                        {"5.", nullptr}, {"1,000", nullptr}, {"1e3", nullptr}, {" 1", nullptr}, {"+1", nullptr},
                        {"1.2345678", nullptr}, {"9223372036854775808", nullptr}, {"９", nullptr}, {"--1", nullptr}}) {
    const auto value = parse_decimal(c.text);
    ASSERT_EQ(value.has_value(), c.printed != nullptr) << c.text;
    if (value) {
      EXPECT_EQ(to_string(*value), c.printed) << c.text;
    }
  }
}

TEST(Decimal, NamesTheFigureThatIsOutOfRange) {
  const auto value = parse_decimal("99999999999999999999");
  ASSERT_FALSE(value);
  EXPECT_EQ(value.error().code, ErrorCode::kTooLarge);
  EXPECT_NE(value.error().message.find("99999999999999999999"), std::string::npos);
}

TEST(Money, OfSixDecimalsOfWanYuanIsExactlyInFen) {
  EXPECT_EQ(fen_from_wan_yuan(*parse_decimal("2601.953875")), 2'601'953'875);
  EXPECT_EQ(fen_from_wan_yuan(*parse_decimal("440218.2201")), 440'218'220'100);
  EXPECT_EQ(fen_from_wan_yuan(*parse_decimal("-0.37")), -370'000);
  EXPECT_FALSE(fen_from_wan_yuan(*parse_decimal("9223372036854775807")));
}

TEST(Money, InYuanMayNotBeFinerThanAFen) {
  EXPECT_EQ(fen_from_yuan(*parse_decimal("251000")), 25'100'000);
  EXPECT_EQ(fen_from_yuan(*parse_decimal("0.01")), 1);
  EXPECT_EQ(fen_from_yuan(*parse_decimal("0.0100")), 1);
  EXPECT_FALSE(fen_from_yuan(*parse_decimal("0.001")));
  EXPECT_FALSE(fen_from_yuan(*parse_decimal("9223372036854775807")));
}

TEST(Money, IsPrintedInWanYuanWithoutNeedlessZeros) {
  EXPECT_EQ(wan_yuan_from_fen(2'601'953'875), "2601.953875");
  EXPECT_EQ(wan_yuan_from_fen(1'000'000), "1");
  EXPECT_EQ(wan_yuan_from_fen(0), "0");
  EXPECT_EQ(wan_yuan_from_fen(-1), "-0.000001");
  EXPECT_EQ(wan_yuan_from_fen(INT64_MIN), "-9223372036854.775808");
}

}  // namespace
}  // namespace gouji
