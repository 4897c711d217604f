// Versions, evaluations, locations and transitions: the sentences of the architecture on keys,
// order and identity that concern the validator.
#include "services/validator/core/judge.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "common/core/id.h"
#include "services/validator/core/rules.h"
#include "tests/unit/services/validator/report_fixture.h"

namespace gouji::validator {
namespace {

using testing::cell;
using testing::clean_reading;
using testing::is_empty;
using testing::is_silent;
using testing::Names;
using testing::Office;
using testing::transitions;
using testing::with_error;

TEST(Judge, PublishesOneVerdictForAFirstReport) {
  Office office;
  const Judgement judgement = office.arrive(clean_reading(), "A");
  ASSERT_EQ(judgement.verdicts.size(), 1u);
  const Verdict& verdict = judgement.verdicts[0];
  EXPECT_EQ(verdict.version, 1);
  EXPECT_EQ(verdict.evaluation, 1);
  EXPECT_EQ(verdict.rule_set, rule_set_version());
  EXPECT_EQ(verdict.anomalies_open, 0);
  EXPECT_EQ(verdict.evidence.extractor, "reader-1");
  EXPECT_EQ(verdict.evidence.rule_set, rule_set_version());
  EXPECT_EQ(verdict.tables.size(), 3u);
  EXPECT_TRUE(verdict.changed_cells.empty());
  EXPECT_TRUE(judgement.transitions.empty());
}

TEST(Judge, OpensOneAnomalyForOneWrongCell) {
  Office office;
  const Judgement judgement = office.arrive(with_error(), "A");
  ASSERT_EQ(transitions(judgement), Names{"opened"});
  const Anomaly& anomaly = judgement.transitions[0];
  EXPECT_EQ(anomaly.findings, (std::vector<Finding>{{"T3.OUTCOME_SUM", "natural_person"}, {"T3.ROW_SUM", "granted"}}));
  EXPECT_EQ(anomaly.results.size(), 2u);
  EXPECT_TRUE(anomaly.unique);
  EXPECT_TRUE(anomaly.exhaustive);
  EXPECT_EQ(anomaly.severity, Severity::kError);
  EXPECT_EQ(anomaly.category, Category::kArithmetic);
  EXPECT_EQ(anomaly.version, 1);
  EXPECT_EQ(anomaly.id, hash_id({"organ/2021/OWN", "T3.OUTCOME_SUM", "natural_person"}));
  EXPECT_EQ(judgement.verdicts[0].anomalies_open, 1);
  EXPECT_EQ(judgement.verdicts[0].broken, 1);
}

TEST(Judge, PublishesNothingWhenAnArrivalIsRepeated) {
  Office office;
  office.arrive(with_error(), "A");
  EXPECT_TRUE(is_empty(office.arrive(with_error(), "A")));
}

TEST(Judge, CountsAVersionWhenPayloadAndContentBothDiffer) {
  Office office;
  office.arrive(with_error(), "A");
  EXPECT_EQ(office.arrive(clean_reading(), "B").verdicts[0].version, 2);
  const Judgement again = office.arrive(with_error(), "A");
  EXPECT_EQ(again.verdicts[0].version, 3);
  EXPECT_EQ(again.verdicts[0].evaluation, 1);
}

TEST(Judge, CountsNoVersionWhenOnlyOneDigestDiffers) {
  for (const bool is_payload_new : {true, false}) {
    Office office;
    office.arrive(clean_reading(), "A");
    Arrival arrival;
    arrival.reading = clean_reading();
    arrival.payload_digest = is_payload_new ? "payload of B" : "payload of A";
    arrival.reading.content_digest = is_payload_new ? "content of A" : "content of B";
    const ReportKey key = arrival.reading.key;
    EXPECT_TRUE(is_silent(office.take(std::move(arrival), "here")));
    EXPECT_EQ(office.at(key).version, 1);
    EXPECT_EQ(office.at(key).evaluation, 1);
  }
}

TEST(Judge, ResolvesByTheVersionThatMends) {
  Office office;
  const std::string id = office.arrive(with_error(), "A").transitions[0].id;
  const Judgement mended = office.arrive(clean_reading(), "B");
  ASSERT_EQ(transitions(mended), Names{"resolved"});
  EXPECT_EQ(mended.transitions[0].id, id);
  EXPECT_EQ(mended.transitions[0].resolved_by, "version:2");
  EXPECT_EQ(mended.transitions[0].version, 2);
  EXPECT_EQ(mended.closed, std::vector<std::string>{id});
  EXPECT_EQ(mended.verdicts[0].mended, 1);
  EXPECT_EQ(mended.verdicts[0].broken, 0);
  EXPECT_EQ(mended.verdicts[0].anomalies_open, 0);
  ASSERT_EQ(mended.verdicts[0].changed_cells.size(), 1u);
  const CellChange& change = mended.verdicts[0].changed_cells[0];
  EXPECT_EQ(change.cell, "t3.granted.natural_person");
  EXPECT_EQ(change.before.value, change.after.value + 7);
}

TEST(Judge, ReopensUnderTheSameId) {
  Office office;
  const std::string id = office.arrive(with_error(), "A").transitions[0].id;
  office.arrive(clean_reading(), "B");
  const Judgement again = office.arrive(with_error(), "C");
  ASSERT_EQ(transitions(again), Names{"opened"});
  EXPECT_EQ(again.transitions[0].id, id);
  EXPECT_EQ(again.transitions[0].version, 3);
  EXPECT_TRUE(again.closed.empty());
}

TEST(Judge, KeepsTheIdWhenFindingsOverlap) {
  Office office;
  const Anomaly first = office.arrive(with_error(), "A").transitions[0];
  // Another outcome of the same column: OUTCOME_SUM natural_person is shared, the row is not.
  const Judgement moved = office.arrive(with_error("t3.partly_granted.natural_person"), "B");
  ASSERT_EQ(transitions(moved), Names{"changed"});
  EXPECT_EQ(moved.transitions[0].id, first.id);
  EXPECT_EQ(moved.transitions[0].opened_at, first.opened_at);
  EXPECT_NE(moved.transitions[0].findings, first.findings);
  EXPECT_EQ(moved.verdicts[0].mended, 0);
}

TEST(Judge, GivesTwoCausesTwoIds) {
  Office office;
  Reading reading = with_error();
  cell(reading, "t3.denied.2.research_institution").value += 100;
  const Judgement judgement = office.arrive(reading, "A");
  ASSERT_EQ(transitions(judgement), (Names{"opened", "opened"}));
  EXPECT_NE(judgement.transitions[0].id, judgement.transitions[1].id);
  for (const Anomaly& anomaly : judgement.transitions) EXPECT_EQ(anomaly.findings.size(), 2u);
}

// An anomaly that has moved on to other findings keeps its id, so a new one on its first finding
// must take another.
TEST(Judge, NeverGivesOneIdToTwoOpenAnomalies) {
  Office office;
  const std::string first = office.arrive(with_error(), "A").transitions[0].id;
  Reading moved = clean_reading();
  cell(moved, "t3.granted.commercial_enterprise").value += 7;
  office.arrive(moved, "B");
  Reading both = moved;
  cell(both, "t3.partly_granted.natural_person").value += 1'000;
  const Judgement judgement = office.arrive(both, "C");
  ASSERT_EQ(transitions(judgement), Names{"opened"});
  EXPECT_NE(judgement.transitions[0].id, first);
  EXPECT_EQ(judgement.verdicts[0].anomalies_open, 2);
}

TEST(Judge, ReEvaluatesTheSamePayloadUnderANewReader) {
  Office office;
  office.arrive(with_error(), "A");
  Reading corrected = clean_reading();
  corrected.extractor = "reader-2";
  const Judgement judgement = office.arrive(corrected, "A");
  ASSERT_EQ(judgement.verdicts.size(), 1u);
  EXPECT_EQ(judgement.verdicts[0].version, 1);
  EXPECT_EQ(judgement.verdicts[0].evaluation, 2);
  EXPECT_TRUE(judgement.verdicts[0].changed_cells.empty());
  ASSERT_EQ(transitions(judgement), Names{"retracted"});
  EXPECT_EQ(judgement.transitions[0].resolved_by, "extractor");
  EXPECT_EQ(judgement.verdicts[0].mended, 0);
  EXPECT_EQ(judgement.closed.size(), 1u);
}

TEST(Judge, SaysNothingWhenANewReaderReadsTheSame) {
  Office office;
  office.arrive(with_error(), "A");
  Reading same = with_error();
  same.extractor = "reader-2";
  const Judgement judgement = office.arrive(same, "A");
  EXPECT_TRUE(is_silent(judgement));
  EXPECT_EQ(office.at(same.key).extractor, "reader-2");
  EXPECT_EQ(office.at(same.key).evaluation, 1);
  EXPECT_TRUE(is_empty(office.arrive(same, "A")));
}

TEST(Judge, RetractsByRulesWhenOnlyTheRulesAreNew) {
  Office office;
  office.arrive(with_error(), "A");
  LedgerEntry& entry = office.at(with_error().key);
  entry.rule_set = "0+000000000000";
  entry.anomalies.push_back({"old-id", true, {{"T9.GONE", ""}}, "", Severity::kWarning, Fault::kUndecided, "T9.GONE", 1, 5, "", {}});
  const Judgement judgement = office.arrive(with_error(), "A");
  ASSERT_EQ(transitions(judgement), Names{"retracted"});
  EXPECT_EQ(judgement.transitions[0].id, "old-id");
  EXPECT_EQ(judgement.transitions[0].resolved_by, "rules");
  EXPECT_EQ(judgement.transitions[0].opened_at, 5);
  EXPECT_EQ(judgement.verdicts[0].evaluation, 2);
}

TEST(Judge, NeverRechecksWhatNewerRulesHaveJudged) {
  Office office;
  office.arrive(clean_reading(), "A");
  office.at(clean_reading().key).rule_set = "999+000000000000";
  Reading again = with_error();
  again.extractor = "reader-2";
  EXPECT_TRUE(is_empty(office.arrive(again, "A")));
  EXPECT_EQ(office.arrive(with_error(), "B").verdicts[0].version, 2);
}

TEST(Judge, TakesAReturnedReportAlthoughNewerRulesHadJudgedIt) {
  Office office;
  office.arrive(clean_reading(), "A");
  office.withdraw(clean_reading().key);
  office.at(clean_reading().key).rule_set = "999+000000000000";
  const Judgement back = office.arrive(clean_reading(), "A");
  ASSERT_EQ(back.verdicts.size(), 1u);
  EXPECT_FALSE(back.verdicts[0].withdrawn);
  EXPECT_EQ(office.at(clean_reading().key).locations.size(), 1u);
}

Arrival fetched(const Reading& reading, const std::string& content, std::int64_t sequence) {
  Arrival arrival;
  arrival.reading = reading;
  arrival.reading.content_digest = "content of " + content;
  arrival.payload_digest = "payload of " + content;
  arrival.fetch_sequence = sequence;
  return arrival;
}

TEST(Judge, TakesNothingThatIsOlderThanWhatItsAddressHasSent) {
  Office office;
  office.take(fetched(clean_reading(), "B", 2), "here");
  EXPECT_TRUE(is_empty(office.take(fetched(with_error(), "A", 1), "here")));
  Arrival gone = fetched(clean_reading(), "", 1);
  gone.withdrawn = true;
  EXPECT_TRUE(is_empty(office.take(gone, "here")));
  EXPECT_EQ(office.at(clean_reading().key).locations.size(), 1u);
}

TEST(Judge, NotesThatTheSameDocumentWasFetchedAgain) {
  Office office;
  office.take(fetched(clean_reading(), "A", 1), "here");
  EXPECT_TRUE(is_silent(office.take(fetched(clean_reading(), "A", 3), "here")));
  EXPECT_TRUE(is_empty(office.take(fetched(with_error(), "B", 2), "here")));
}

TEST(Judge, ComparesCopiesAndNeverVersionsThem) {
  Office office;
  office.arrive(clean_reading(), "A", "html");
  const Judgement copy = office.arrive(with_error(), "B", "pdf");
  ASSERT_EQ(copy.ledger.size(), 1u);
  EXPECT_EQ(copy.ledger[0].entry->locations.size(), 2u);
  EXPECT_EQ(copy.ledger[0].entry->version, 1);
  ASSERT_EQ(transitions(copy), Names{"opened"});
  EXPECT_EQ(copy.transitions[0].findings, (std::vector<Finding>{{"S.COPY", ""}}));
  EXPECT_EQ(copy.transitions[0].severity, Severity::kInfo);
  EXPECT_EQ(copy.transitions[0].results[0].operands[0].cell, "copy:t3.granted.natural_person");
  EXPECT_TRUE(is_empty(office.arrive(with_error(), "B", "pdf")));
  EXPECT_TRUE(is_silent(office.arrive(clean_reading(), "C", "doc")));
}

TEST(Judge, LetsTheOldestCopyTakeOver) {
  Office office;
  const Reading reading = with_error();
  office.arrive(reading, "A", "first");
  office.arrive(reading, "B", "second");
  office.arrive(reading, "C", "third");
  const Judgement gone = office.withdraw(reading.key, "first");
  EXPECT_TRUE(is_silent(gone));
  EXPECT_EQ(office.at(reading.key).payload_digest, "payload of B");
  EXPECT_EQ(transitions(office.arrive(clean_reading(), "D", "third")), Names{"opened"});  // S.COPY
  const Judgement next = office.arrive(clean_reading(), "E", "second");
  EXPECT_EQ(next.verdicts[0].version, 2);
  EXPECT_EQ(transitions(next), (Names{"resolved", "resolved"}));
}

TEST(Judge, ResolvesByWithdrawalOnlyWhenTheLastLocationGoes) {
  Office office;
  const Reading reading = with_error();
  office.arrive(reading, "A", "first");
  office.arrive(reading, "B", "second");
  EXPECT_TRUE(office.withdraw(reading.key, "second").transitions.empty());
  const Judgement gone = office.withdraw(reading.key, "first");
  ASSERT_EQ(transitions(gone), Names{"resolved"});
  EXPECT_EQ(gone.transitions[0].resolved_by, "withdrawn");
  ASSERT_EQ(gone.verdicts.size(), 1u);
  EXPECT_TRUE(gone.verdicts[0].withdrawn);
  EXPECT_EQ(gone.closed.size(), 1u);
  EXPECT_TRUE(is_silent(office.withdraw(reading.key, "first")));
}

TEST(Judge, IgnoresTheWithdrawalOfWhatItDoesNotKnow) {
  Office office;
  EXPECT_TRUE(is_silent(office.withdraw({"organ", 2021, Scope::kOwn})));
  office.arrive(clean_reading(), "A");
  EXPECT_TRUE(is_silent(office.withdraw(clean_reading().key, "elsewhere")));
}

TEST(Judge, TakesAReturnedReportForTheVersionItWas) {
  Office office;
  const Reading reading = with_error();
  const std::string id = office.arrive(reading, "A").transitions[0].id;
  office.withdraw(reading.key);
  const Judgement back = office.arrive(reading, "A");
  EXPECT_EQ(back.verdicts[0].version, 1);
  EXPECT_EQ(back.verdicts[0].evaluation, 3);
  ASSERT_EQ(transitions(back), Names{"opened"});
  EXPECT_EQ(back.transitions[0].id, id);
  office.withdraw(reading.key);
  EXPECT_EQ(office.arrive(clean_reading(), "B").verdicts[0].version, 2);
}

TEST(Judge, ChecksAReportWithoutOrganOrYear) {
  Office office;
  Reading reading = with_error();
  reading.key = unidentified_key("0123", Scope::kUnknown);
  const Judgement judgement = office.arrive(reading, "A");
  EXPECT_EQ(transitions(judgement), Names{"opened"});
  int cross_year = 0;
  for (const RuleResult& result : judgement.verdicts[0].results)
    if (result.rule.starts_with("X.")) {
      ++cross_year;
      EXPECT_EQ(result.status, RuleStatus::kNotApplicable);
      EXPECT_EQ(result.reason, "UNIDENTIFIED");
    }
  EXPECT_EQ(cross_year, 4);
}

TEST(Judge, TakesAContradictoryTableForUnreadable) {
  Office office;
  Reading reading = clean_reading();
  reading.tables[1].cells.resize(9);
  const Judgement judgement = office.arrive(reading, "A");
  for (const RuleResult& result : judgement.verdicts[0].results)
    if (result.rule == "T3.ROW_SUM") {
      EXPECT_EQ(result.reason, "TABLE_UNREADABLE");
    }
  reading.tables.clear();
  EXPECT_EQ(office.arrive(reading, "B").verdicts[0].version, 2);
}

TEST(Judge, ReportsAllCellsThatARevisionChanged) {
  Office office;
  office.arrive(clean_reading(2021, 1), "A");
  Reading revised = clean_reading(2021, 1);
  cell(revised, "t2.fees.amount") = {CellState::kBlank, 0};
  cell(revised, "t4.reconsideration.upheld").value += 1;
  cell(revised, "t4.reconsideration.total").value += 1;
  const Judgement judgement = office.arrive(revised, "B");
  std::vector<std::string> cells;
  for (const CellChange& change : judgement.verdicts[0].changed_cells) cells.push_back(change.cell);
  EXPECT_EQ(cells, (std::vector<std::string>{"t2.fees.amount", "t4.reconsideration.upheld", "t4.reconsideration.total"}));
}

TEST(Judge, KeepsTheLedgerBounded) {
  Office office;
  Reading reading = clean_reading();
  for (std::int64_t round = 1; round <= 60; ++round) {
    for (TableReading& table : reading.tables)
      for (Cell& each : table.cells) each.value = (each.value * 31 + round) % 977;
    office.arrive(reading, std::to_string(round));
    office.arrive(reading, std::to_string(round), "copy-" + std::to_string(round));
  }
  const LedgerEntry& entry = office.at(reading.key);
  EXPECT_LE(entry.locations.size(), 16u);
  EXPECT_LE(std::count_if(entry.anomalies.begin(), entry.anomalies.end(), [](const auto& each) { return !each.open; }), 24);
}

}  // namespace
}  // namespace gouji::validator
