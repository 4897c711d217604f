// Names of enum values in events and in the output of `gouji check`.
#include <gtest/gtest.h>

#include "common/report/raw_report.h"
#include "common/report/verdict.h"

namespace gouji {
namespace {

TEST(CellState, IsNamedAndReadBack) {
  const std::pair<CellState, const char*> names[] = {
      {CellState::kAbsent, "ABSENT"}, {CellState::kNumber, "NUMBER"}, {CellState::kBlank, "BLANK"},
      {CellState::kNil, "NIL"},       {CellState::kText, "TEXT"},     {CellState::kUnreadable, "UNREADABLE"}};
  for (const auto& [state, name] : names) {
    EXPECT_EQ(to_string(state), name);
    EXPECT_EQ(*cell_state_from(name), state);
  }
  EXPECT_FALSE(cell_state_from("number").has_value());
}

TEST(TableStatus, IsNamed) {
  EXPECT_EQ(to_string(TableStatus::kAbsent), "ABSENT");
  EXPECT_EQ(to_string(TableStatus::kRead), "READ");
  EXPECT_EQ(to_string(TableStatus::kPartial), "PARTIAL");
  EXPECT_EQ(to_string(TableStatus::kNotInText), "NOT_IN_TEXT");
  EXPECT_EQ(to_string(TableStatus::kUnreadable), "UNREADABLE");
}

TEST(Verdict, NamesSeverityAndTransitionInLowerCase) {
  EXPECT_EQ(to_string(Severity::kError), "error");
  EXPECT_EQ(to_string(Transition::kRetracted), "retracted");
  EXPECT_EQ(*severity_from("warning"), Severity::kWarning);
  EXPECT_EQ(severity_from("ERROR").error().code, ErrorCode::kBadArgument);
}

TEST(Verdict, NamesTheRestInUpperCase) {
  EXPECT_EQ(to_string(Category::kCrossYear), "CROSS_YEAR");
  EXPECT_EQ(to_string(RuleStatus::kNotApplicable), "NOT_APPLICABLE");
  EXPECT_EQ(to_string(Fault::kExtraction), "EXTRACTION");
  EXPECT_EQ(to_string(Mechanism::kDigitsSplitOrMerged), "DIGITS_SPLIT_OR_MERGED");
  EXPECT_EQ(to_string(Mechanism::kBlankForZero), "BLANK_FOR_ZERO");
}

TEST(PayloadDigest, CoversBodyAndAttachmentsInOrder) {
  Content a;
  a.sha256 = std::string(64, 'a');
  Content b;
  b.sha256 = std::string(64, 'b');
  EXPECT_EQ(payload_digest(a, {b}), payload_digest(a, {b}));
  EXPECT_NE(payload_digest(a, {b}), payload_digest(b, {a}));
  EXPECT_NE(payload_digest(a, {b}), payload_digest(a, {}));
  EXPECT_EQ(payload_digest(a, {}).size(), 64u);
}

}  // namespace
}  // namespace gouji
