#include "services/parser/core/letters.h"

#include <gtest/gtest.h>

namespace gouji::parser {
namespace {

TEST(Letters, AreTheSameForAllSpellingsOfALabel) {
  const std::u32string wanted = U"属于国家秘密";
  for (const char* spelling : {"1.属于国家秘密", "1. 属于国家秘密", "１．属于国家秘密", "（三）1、属于国家秘密", "屬於國家秘密",
                               "属于 国家\n秘密", "①属于国家秘密", "属(shǔ)于国家秘密"}) {
    EXPECT_EQ(letters_of(spelling), wanted) << spelling;
  }
}

TEST(Letters, LeaveNotesInBracketsOutWithTheirDigits) {
  EXPECT_EQ(letters_of("本年增/减（减用负值表示，如-8）"), U"本年增减");
  EXPECT_EQ(letters_of("（二）部分公开（区分处理的，只计这一情形，不计其他情形）"), U"部分公开");
}

TEST(Letters, OfTheTwoHalvesOfAWrappedNoteFitTogether) {
  EXPECT_EQ(letters_of("（二）部分公开（区分处理的，"), U"部分公开");
  EXPECT_EQ(letters_of("不计其他情形）"), U"");
}

TEST(Letters, KeepAYearInFront) { EXPECT_EQ(letters_of("2019年报告"), U"2019年报告"); }

TEST(EditDistance, CountsUpToItsLimit) {
  EXPECT_EQ(edit_distance(U"其他法律行政法规禁止公开", U"其他法律法规禁止公开", 3), 2u);
  EXPECT_EQ(edit_distance(U"上年转结", U"上年结转", 3), 2u);
  EXPECT_EQ(edit_distance(U"重复申请", U"重复申请", 3), 0u);
  EXPECT_EQ(edit_distance(U"自然人", U"商业企业", 3), 4u);
  EXPECT_EQ(edit_distance(U"", U"abcd", 3), 4u);
}

}  // namespace
}  // namespace gouji::parser
