#include "services/parser/core/office/list_numbers.h"

#include <gtest/gtest.h>

namespace gouji::parser {
namespace {

TEST(ListNumber, IsWrittenInItsFormat) {
  struct Case {
    std::int64_t number;
    std::string_view format;
    std::string_view text;
  };
  const Case cases[] = {{1, "chineseCounting", "一"},          {10, "chineseCountingThousand", "十"},
                        {21, "japaneseCounting", "二十一"},    {105, "chineseCounting", "一百零五"},
                        {110, "chineseCounting", "一百一十"},  {20, "ideographDigital", "二〇"},
                        {12, "chineseLegalSimplified", "壹拾贰"}, {3, "ideographTraditional", "丙"},
                        {2, "decimalEnclosedCircle", "②"},     {3, "decimalFullWidth", "３"},
                        {4, "upperRoman", "IV"},               {28, "lowerLetter", "bb"},
                        {7, "decimalZero", "07"},              {5, "unknown", "5"},
                        {5, "bullet", ""},                     {-1, "chineseCounting", "〇"},
                        {0, "lowerLetter", ""},                {1'000'000'000, "upperRoman", "1000000000"}};
  for (const Case& c : cases) EXPECT_EQ(format_list_number(c.number, c.format), c.text) << c.number << " " << c.format;
}

TEST(ListCounter, CountsLevelsAndStartsLowerOnesAgain) {
  List list;
  list.levels[0].text = "%1.";
  list.levels[1].text = "%1.%2";
  list.levels[2].restarts = false;
  list.levels[2].text = "(%3)";
  ListCounter counter;
  EXPECT_EQ(counter.next(list, 0), "1.");
  EXPECT_EQ(counter.next(list, 1), "1.1 ");
  EXPECT_EQ(counter.next(list, 2), "(1)");
  EXPECT_EQ(counter.next(list, 1), "1.2 ");
  EXPECT_EQ(counter.next(list, 2), "(2)");
  EXPECT_EQ(counter.next(list, 0), "2.");
  EXPECT_EQ(counter.next(list, 1), "2.1 ");
  counter.restart_at(0, 7);
  EXPECT_EQ(counter.next(list, 0), "7.");
}

TEST(ListCounter, ALevelWithoutOneAboveBeginsThat) {
  List list;
  list.levels[1].text = "%1.%2.";
  EXPECT_EQ(ListCounter().next(list, 1), "1.1.");
}

}  // namespace
}  // namespace gouji::parser
