// The goals of the validator on injected errors, and the scorer itself.
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/bench/injected/answer.h"
#include "tests/bench/injected/inject.h"
#include "tests/bench/injected/score.h"
#include "tests/support/seed.h"

namespace gouji::injected {
namespace {

constexpr std::size_t kGridsOfEachEdition =
#ifdef __OPTIMIZE__
    9;
#else
    3;
#endif

TEST(Validator, FindsEveryInjectedErrorThatIsASmallestExplanation) {
  const std::uint32_t seed = gouji::testing::seed();
  std::vector<Expected> expected;
  std::vector<Answer> answers;
  for (const Case& each : injected_cases(made_up_grids(kGridsOfEachEdition, seed), 1, seed)) {
    expected.push_back(each.expected);
    answers.push_back(answer_of_validator(each.document));
  }
  for (const Score& each : score(expected, answers)) {
    EXPECT_EQ(each.listed, each.cases) << each.mechanism;
    EXPECT_EQ(each.first_unique, each.cases_unique) << each.mechanism;
    EXPECT_EQ(each.wrong_unique, 0) << each.mechanism;
    EXPECT_EQ(each.right_sizes, each.sizes) << each.mechanism;
  }
}

TEST(Validator, AccusesNoCellBecauseOneIsBlank) {
  int blanks = 0;
  for (const Case& each : injected_cases(made_up_grids(3, 1), 2, 1)) {
    if (each.expected.mechanism != "BLANK_FOR_ZERO") continue;
    ++blanks;
    EXPECT_TRUE(answer_of_validator(each.document).causes.empty()) << each.document.id;
  }
  EXPECT_GT(blanks, 0);
}

TEST(Grids, OfRealReportsAreAnsweredAsWell) {
  std::vector<Grid> grids;
  for (const char* folder : {"../shared/corpus/grids", "../../shared/corpus/grids"})
    if (grids.empty() && std::filesystem::is_directory(folder)) grids = grids_in(folder);
  if (grids.empty()) GTEST_SKIP() << "../shared/corpus/grids is not there";
  std::vector<Expected> expected;
  std::vector<Answer> answers;
  for (const Case& each : injected_cases(grids, 1, 1)) {
    expected.push_back(each.expected);
    answers.push_back(answer_of_validator(each.document));
  }
  const Score all = score(expected, answers).back();
  EXPECT_EQ(all.listed, all.cases);
  EXPECT_EQ(all.wrong_unique, 0);
}

TEST(Grids, AreTheSameForTheSameSeed) {
  const auto once = injected_cases(made_up_grids(2, 5), 1, 5);
  const auto again = injected_cases(made_up_grids(2, 5), 1, 5);
  ASSERT_EQ(once.size(), again.size());
  for (std::size_t i = 0; i < once.size(); ++i) EXPECT_EQ(line_of(once[i].document), line_of(again[i].document));
}

TEST(Lines, SayTheSameAfterReading) {
  const Case made = injected_cases(made_up_grids(1, 3), 1, 3).front();
  EXPECT_EQ(line_of(documents_from(line_of(made.document)).at(0)), line_of(made.document));
  EXPECT_EQ(line_of(expected_from("\n" + line_of(made.expected)).at(0)), line_of(made.expected));
  const Answer answer{"a", {{true, true, {{{"t3.new.total", 5}}}}, {false, true, {{{"t4.x.total", 1}}, {{"t4.x.other", 2}}}}}};
  EXPECT_EQ(line_of(answers_from(line_of(answer)).at(0)), line_of(answer));
}

TEST(Lines, ThatCannotBeReadAreNamed) {
  try {
    (void)answers_from("{\"id\":\"a\",\"causes\":[]}\n{\"id\":\"b\"}\n");
    FAIL();
  } catch (const std::runtime_error& error) {
    EXPECT_TRUE(std::string(error.what()).starts_with("line 2:")) << error.what();
  }
}

// One minimal case with two optima by brute force: c was 1, now 4.
Expected two_optima() { return {"x", "DIGIT_CHANGED", "made", {{"c", 1}}, true, 2}; }

TEST(Scores, TellListedFromFirst) {
  const Score second = score({two_optima()}, {{"x", {{false, true, {{{"d", 9}}, {{"c", 1}}}}}}}).back();
  EXPECT_EQ(second.cases, 1);
  EXPECT_EQ(second.listed, 1);
  EXPECT_EQ(second.first, 0);
  EXPECT_EQ(second.right_sizes, 1);
  EXPECT_EQ(second.called_unique, 0);
  EXPECT_EQ(second.cells_accused, 2);
}

TEST(Scores, CountAUniqueThatIsNot) {
  const Score wrong = score({two_optima()}, {{"x", {{true, true, {{{"c", 1}}}}}}}).back();
  EXPECT_EQ(wrong.first, 1);
  EXPECT_EQ(wrong.called_unique, 1);
  EXPECT_EQ(wrong.wrong_unique, 1);
  EXPECT_EQ(wrong.right_sizes, 0);
}

TEST(Scores, AskForEveryCauseAndForNoMore) {
  Expected pair = two_optima();
  pair.repair["d"] = 2;
  const AnsweredCause c{true, true, {{{"c", 1}}}};
  const AnsweredCause d{true, true, {{{"d", 2}}}};
  const AnsweredCause e{true, true, {{{"e", 3}}}};
  EXPECT_EQ(score({pair}, {{"x", {c, d}}}).back().first, 1);
  EXPECT_EQ(score({pair}, {{"x", {c}}}).back().listed, 0);
  EXPECT_EQ(score({pair}, {{"x", {c, d, e}}}).back().listed, 0);
}

TEST(Scores, KeepCasesApartThatHaveASmallerExplanation) {
  Expected larger = two_optima();
  larger.is_minimal = false;
  const Score apart = score({larger}, {}).back();
  EXPECT_EQ(apart.cases, 0);
  EXPECT_EQ(apart.cases_apart, 1);
  EXPECT_EQ(apart.silent, 1);
}

}  // namespace
}  // namespace gouji::injected
