#include "common/text/byte_scan.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "tests/support/seed.h"

namespace gouji {
namespace {

TEST(FindWord, FindsTheFirstPlaceWhereverItStands) {
  for (std::size_t before = 0; before < 70; ++before) {
    for (std::size_t behind : {0U, 1U, 15U, 16U, 40U}) {
      const std::string text = std::string(before, 'x') + "公开" + std::string(behind, 'y') + "公开";
      EXPECT_EQ(find_word(text, "公开"), before) << before << " " << behind;
    }
  }
}

TEST(FindWord, FindsNothingInWhatIsShorterOrNearlyTheSame) {
  EXPECT_EQ(find_word("", "公开"), std::string::npos);
  EXPECT_EQ(find_word("公", "公开"), std::string::npos);
  EXPECT_EQ(find_word("公并公并公并公并公并公并", "公开"), std::string::npos);
}

TEST(FindWord, StartsAtTheGivenPlace) {
  EXPECT_EQ(find_word("abab", "ab", 1), 2U);
  EXPECT_EQ(find_word("abab", "ab", 3), std::string::npos);
  EXPECT_EQ(find_word("abab", "ab", 9), std::string::npos);
}

TEST(FindWord, AgreesWithTheStandardLibraryOnTextsOfFewLetters) {
  std::mt19937 random(testing::seed());
  for (int i = 0; i < 20'000; ++i) {
    std::string text(random() % 80, 'a'), word(2 + random() % 4, 'a');
    for (char& c : text) c = static_cast<char>('a' + random() % 2);
    for (char& c : word) c = static_cast<char>('a' + random() % 2);
    ASSERT_EQ(find_word(text, word), text.find(word)) << text << " " << word;
  }
}

TEST(FindAny, StopsAtTheFirstOfTheWantedBytesAndAtTheEnd) {
  for (std::size_t before = 0; before < 50; ++before) {
    const std::string text = std::string(before, 'x') + "|\t" + std::string(20, 'x');
    EXPECT_EQ((find_any<'\t', '|'>(text, 0, text.size())), before);
    EXPECT_EQ((find_any<'\t'>(text, 0, text.size())), before + 1);
    EXPECT_EQ((find_any<'\t', '|'>(text, 0, before)), before);
    EXPECT_EQ((find_any<'#'>(text, 0, text.size())), text.size());
  }
}

TEST(FindAny, DoesNotTellOfWhatStandsBehindTheEnd) {
  const std::string text = "xxxx|" + std::string(40, 'x');
  for (std::size_t end = 0; end <= 4; ++end) {
    EXPECT_EQ((find_any<'|'>(text, 0, end)), end);
    EXPECT_EQ(find_blank("xxxx " + std::string(40, 'x'), 0, end), end);
  }
}

}  // namespace
}  // namespace gouji
