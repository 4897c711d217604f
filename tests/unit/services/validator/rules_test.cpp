#include "services/validator/core/rules.h"

#include <gtest/gtest.h>

#include "services/validator/core/judge.h"
#include "services/validator/core/table_checks.h"

namespace gouji::validator {
namespace {

TEST(RuleSet, HoldsEveryInReportAndCrossYearRule) {
  std::vector<std::string> ids;
  for (const Rule& each : rule_set().rules()) ids.push_back(each.id);
  EXPECT_EQ(ids, (std::vector<std::string>{
                     "S.DEADLINE", "S.EDITION", "S.FEE", "S.SECTION", "S.YEAR", "T2.COUNT", "T2.DISCLOSED", "T2.ITEMS",
                     "T2.MISFILLED", "T2.REGULATIONS", "T2.UNIT", "T3.BALANCE", "T3.COUNT", "T3.OUTCOME_SUM", "T3.ROW_SUM",
                     "T3.SHAPE", "T4.COUNT", "T4.SHAPE", "T4.SUM", "X.CARRY", "X.DISCLOSED_TOTAL", "X.IN_FORCE", "X.ITEMS"}));
}

TEST(RuleSet, FindsARuleByItsIdOnly) {
  ASSERT_NE(rule_set().find("T3.BALANCE"), nullptr);
  EXPECT_EQ(rule_set().find("T3.BALANCE")->basis, Basis::kPrinted);
  EXPECT_EQ(rule_set().find("T3.BALANC"), nullptr);
  EXPECT_EQ(rule_set().find(""), nullptr);
}

TEST(RuleSet, VersionIsANumberAndADigest) {
  EXPECT_EQ(rule_set_version().size(), std::string("1+").size() + 12);
  EXPECT_EQ(rule_set_number(rule_set_version()), rule_set().version());
  EXPECT_EQ(rule_set_number("12+ab"), 12);
  EXPECT_EQ(rule_set_number(""), 0);
}

std::string one_rule(const std::string& severity, const std::string& basis, const std::string& message) {
  return R"({"version": 1, "rules": [
  {"id": "T3.X", "version": 1, "severity": ")" + severity + R"(", "category": "ARITHMETIC", "basis": ")" + basis +
         R"(", "notice": "n", "wording": "w", "applies_zh": "a", "applies_en": "a", "name_zh": "n", "name_en": "n",
   "message_zh": ")" + message + R"(", "message_en": "m", "example_zh": "e", "example_en": "e"}]})";
}

TEST(RuleSet, AcceptsARuleWithAllItsParts) {
  const auto set = RuleSet::parse(one_rule("warning", "INFERRED", "{instance} {difference}"));
  ASSERT_TRUE(set.has_value());
  EXPECT_EQ(set->rules()[0].id, "T3.X");
}

TEST(RuleSet, ReportsEveryMistakeAtOnceWithItsLine) {
  const auto set = RuleSet::parse(one_rule("fatal", "GUESSED", "{instanz}"));
  ASSERT_FALSE(set.has_value());
  for (const char* part : {"line 2, rule T3.X", "severity", "\"GUESSED\"", "{instanz}"})
    EXPECT_NE(set.error().message.find(part), std::string::npos) << part;
}

TEST(RuleSet, RefusesAnInferredError) {
  EXPECT_FALSE(RuleSet::parse(one_rule("error", "INFERRED", "m")).has_value());
  EXPECT_TRUE(RuleSet::parse(one_rule("error", "DERIVED", "m")).has_value());
}

TEST(RuleSet, RefusesWhatIsNoRuleFile) {
  for (const char* json : {"", "[", "{}", R"({"version": 1})", R"({"version": 0, "rules": []})", R"({"version": 1, "rules": [{}]})"})
    EXPECT_FALSE(RuleSet::parse(json).has_value()) << json;
}

TEST(Reason, HasANameForEveryValue) {
  EXPECT_EQ(to_string(Reason::kNone), "");
  EXPECT_EQ(to_string(Reason::kBlankTotal), "BLANK_TOTAL");
  EXPECT_EQ(to_string(Reason::kScopeDiffers), "SCOPE_DIFFERS");
  EXPECT_EQ(to_string(Reason::kNilAsZero), "NIL_AS_ZERO");
}

}  // namespace
}  // namespace gouji::validator
