// The figures of real reports raise no false alarm. Skipped where the folder of real reports is missing.
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/unit/services/validator/report_fixture.h"

namespace gouji::validator {
namespace {

using testing::Office;

std::optional<Reading> real_report(const std::string& name) {
  for (const std::string folder : {"../shared/corpus/grids/", "../../shared/corpus/grids/"})
    if (std::filesystem::exists(folder + name + ".json")) {
      const auto figures = gouji::testing::figures_from_grid_file(folder + name + ".json");
      return figures ? std::optional(testing::reading_of(*figures)) : std::nullopt;
    }
  return std::nullopt;
}

TEST(RealReports, HaveNoErrors) {
  int found = 0;
  for (const char* name : testing::kGrids) {
    const auto reading = real_report(name);
    if (!reading) continue;
    ++found;
    Office office;
    const Judgement judgement = office.arrive(*reading, name);
    ASSERT_EQ(judgement.verdicts.size(), 1u);
    for (const Anomaly& anomaly : judgement.transitions) {
      EXPECT_NE(anomaly.severity, Severity::kError) << name << ": " << anomaly.message_en;
    }
    for (const RuleResult& result : judgement.verdicts.front().results)
      if ((result.rule.starts_with("T3.") || result.rule.starts_with("T4.")) && result.rule != "T3.SHAPE") {
        EXPECT_EQ(result.status, RuleStatus::kPassed) << name << " " << result.rule << " " << result.instance;
      }
  }
  if (found == 0) GTEST_SKIP() << "../shared/corpus/grids is not there";
}

TEST(RealReports, WithAFigureTooManyAreNamedOnce) {
  auto reading = real_report("003");
  if (!reading) GTEST_SKIP() << "../shared/corpus/grids is not there";
  // The grids leave the surplus out, which the parser notes.
  reading->tables[1].notes.push_back({"ROW_OVERLONG", "other", "", {}});
  Office office;
  const Judgement judgement = office.arrive(*reading, "003");
  ASSERT_EQ(judgement.transitions.size(), 1u);
  EXPECT_EQ(judgement.transitions[0].findings, (std::vector<Finding>{{"T3.SHAPE", ""}}));
  EXPECT_EQ(judgement.transitions[0].severity, Severity::kWarning);
}

TEST(RealReports, OfTwoYearsAreCompared) {
  const auto before = real_report("F009");
  const auto after = real_report("F010");
  if (!before || !after) GTEST_SKIP() << "../shared/corpus/grids is not there";
  Office office;
  office.arrive(*before, "2021");
  const Judgement judgement = office.arrive(*after, "2022");
  int carry = 0;
  for (const RuleResult& result : judgement.verdicts.front().results)
    if (result.rule == "X.CARRY" && result.status == RuleStatus::kPassed) ++carry;
  EXPECT_EQ(carry, 7);
}

}  // namespace
}  // namespace gouji::validator
