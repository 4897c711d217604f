#include "services/validator/core/rules.h"

#include <gtest/gtest.h>

#include "services/validator/core/judge.h"
#include "services/validator/core/table_checks.h"

namespace gouji::validator {
namespace {

TEST(RuleSet, HoldsEveryRule) {
  std::vector<std::string> ids;
  for (const Rule& each : rule_set().rules()) ids.push_back(each.id);
  EXPECT_EQ(ids, (std::vector<std::string>{
                     "N.SHARE", "N.SUM", "N.T2", "N.T3", "N.T4", "S.COPY", "S.DEADLINE", "S.DUPLICATE", "S.EDITION", "S.FEE", "S.SECTION", "S.YEAR", "T2.COUNT", "T2.DISCLOSED", "T2.ITEMS",
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

TEST(Severities, AreReadWithComments) {
  const auto read = parse_severities("# ours\nT2.UNIT = info  # too often\n\nS.FEE=warning\n");
  ASSERT_TRUE(read.has_value()) << read.error().message;
  EXPECT_EQ(*read, (SeverityOverrides{{"S.FEE", Severity::kWarning}, {"T2.UNIT", Severity::kInfo}}));
}

TEST(Severities, AreRefusedWithEveryMistakeAndItsLine) {
  const auto read = parse_severities("T2.UNIT info\nT2.UNITS = info\nS.FEE = severe\nS.YEAR = info\nS.YEAR = info\nX.CARRY = error\n");
  ASSERT_FALSE(read.has_value());
  for (const char* part : {"line 1: ", "line 2: there is no rule T2.UNITS", "line 3: \"severe\"", "line 5: rule S.YEAR stands there twice",
                           "line 6: rule X.CARRY is inferred"})
    EXPECT_NE(read.error().message.find(part), std::string::npos) << part << "\n" << read.error().message;
}

TEST(Severities, ChangeTheSeverityOfAFailureAndNothingElse) {
  set_severities({{"T3.ROW_SUM", Severity::kWarning}});
  RuleResult result{"T3.ROW_SUM", "new", RuleStatus::kFailed, "", Severity::kError, {}, 3};
  set_severity(result);
  EXPECT_EQ(result.severity, Severity::kWarning);
  result.rule = "T3.BALANCE";
  result.severity = Severity::kError;
  set_severity(result);
  EXPECT_EQ(result.severity, Severity::kError);
  set_severities({});
}

TEST(Reason, HasANameForEveryValue) {
  EXPECT_EQ(to_string(Reason::kNone), "");
  EXPECT_EQ(to_string(Reason::kBlankTotal), "BLANK_TOTAL");
  EXPECT_EQ(to_string(Reason::kScopeDiffers), "SCOPE_DIFFERS");
  EXPECT_EQ(to_string(Reason::kNilAsZero), "NIL_AS_ZERO");
}

}  // namespace
}  // namespace gouji::validator
