#include "services/gouji/backtest_diff.h"

#include <gtest/gtest.h>

#include "services/gouji/report_json.h"
#include "tests/unit/services/gouji/checked_document.h"

namespace gouji::command {
namespace {

Anomaly anomaly(const std::string& id, const std::string& rule, Severity severity = Severity::kError) {
  Anomaly out;
  out.id = id;
  out.severity = severity;
  out.findings = {{rule, "new"}};
  return out;
}

OpenAnomalies open(std::initializer_list<Anomaly> list) {
  OpenAnomalies out;
  for (const Anomaly& one : list) out.emplace(one.id, one);
  return out;
}

TEST(Backtest, FindsWhatIsAddedChangedAndRemoved) {
  const auto before = open({anomaly("a", "T3.BALANCE"), anomaly("b", "T4.SUM"), anomaly("c", "X.CARRY")});
  const auto after = open({anomaly("a", "T3.BALANCE"), anomaly("c", "X.CARRY", Severity::kInfo), anomaly("d", "T4.SUM")});
  const auto found = differences(before, after);
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].kind, DifferenceKind::kAdded);
  EXPECT_EQ(found[0].shown().id, "d");
  EXPECT_EQ(found[1].kind, DifferenceKind::kChanged);
  EXPECT_EQ(found[1].shown().id, "c");
  EXPECT_EQ(found[2].kind, DifferenceKind::kRemoved);
  EXPECT_EQ(found[2].shown().id, "b");
  const auto counts = count_by_rule(before, after, found);
  EXPECT_EQ(counts.at("T4.SUM").added, 1);
  EXPECT_EQ(counts.at("T4.SUM").removed, 1);
  EXPECT_EQ(counts.at("X.CARRY").changed, 1);
  EXPECT_EQ(counts.at("T3.BALANCE").before, 1);
  EXPECT_EQ(counts.at("T3.BALANCE").after, 1);
}

TEST(Backtest, DoesNotCallAnotherWordingADifference) {
  Anomaly reworded = anomaly("a", "T3.BALANCE");
  reworded.message_zh = "换了说法";
  EXPECT_TRUE(differences(open({anomaly("a", "T3.BALANCE")}), open({reworded})).empty());
}

TEST(Backtest, CallsAnotherProposalADifference) {
  Anomaly other = anomaly("a", "T3.BALANCE");
  other.explanations = {{{{"t3.new.total", {}, 7}}, Mechanism::kOther}};
  Anomaly another = other;
  another.explanations[0].changes[0].proposed = 8;
  EXPECT_EQ(differences(open({other}), open({another})).size(), 1U);
}

TEST(Backtest, ReadsBackWhatCheckWrote) {
  const CheckedDocument document = checked_document(2);
  const auto found = anomalies_of_check_json(check_json(document) + "\n\n" + check_json(document));
  ASSERT_TRUE(found.has_value()) << found.error().message;
  ASSERT_EQ(found->size(), 1U);
  EXPECT_TRUE(differences(*found, {{"0123456789abcdef", document.judgement.transitions.front()}}).empty());
  EXPECT_EQ(found->begin()->second.key.year, 2022);
}

TEST(Backtest, NamesTheLineThatIsNotFromCheck) {
  const auto found = anomalies_of_check_json(check_json(checked_document()) + "\n{\"anomalies\": 3}\n");
  ASSERT_FALSE(found.has_value());
  EXPECT_NE(found.error().message.find("line 2"), std::string::npos);
}

}  // namespace
}  // namespace gouji::command
