// A report over time: what other rules, copies, withdrawals and waivers do to its anomalies.
#include <gtest/gtest.h>

#include <algorithm>

#include "common/events/codec.h"
#include "services/validator/core/judge.h"
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

Arrival fetched(const Reading& reading, const std::string& content, std::int64_t sequence) {
  Arrival arrival;
  arrival.reading = reading;
  arrival.reading.content_digest = "content of " + content;
  arrival.payload_digest = "payload of " + content;
  arrival.fetch_sequence = sequence;
  return arrival;
}

Arrival gone(const ReportKey& key, std::int64_t sequence) {
  Arrival arrival;
  arrival.reading.key = key;
  arrival.withdrawn = true;
  arrival.fetch_sequence = sequence;
  return arrival;
}

// --- addresses ------------------------------------------------------------------------------------

// A dead letter that is sent again after the withdrawal must not bring the report back.
TEST(Lifecycle, DoesNotReviveAWithdrawnReportByWhatIsOlder) {
  Office office;
  const Reading reading = with_error();
  office.take(fetched(reading, "A", 2), "here");
  office.take(gone(reading.key, 3), "here");
  EXPECT_TRUE(is_empty(office.take(fetched(reading, "A", 2), "here")));
  EXPECT_TRUE(office.at(reading.key).locations.empty());
  EXPECT_EQ(office.take(fetched(reading, "A", 4), "here").verdicts.size(), 1u);
  EXPECT_TRUE(office.at(reading.key).departed.empty());
}

TEST(Lifecycle, RemembersAWithdrawalThatCameBeforeItsReport) {
  Office office;
  const Reading reading = clean_reading();
  EXPECT_TRUE(is_silent(office.take(gone(reading.key, 2), "here")));
  EXPECT_TRUE(is_empty(office.take(fetched(reading, "A", 1), "here")));
  EXPECT_EQ(office.take(fetched(reading, "A", 3), "here").verdicts[0].version, 1);
}

TEST(Lifecycle, TakesTheFiguresOfTheCopyThatTakesOver) {
  Office office;
  const Reading wrong = with_error();
  const Reading right = clean_reading();
  office.arrive(wrong, "A", "page");
  office.arrive(right, "B", "pdf");
  const Judgement judgement = office.withdraw(right.key, "page");
  ASSERT_EQ(judgement.verdicts.size(), 1u);
  EXPECT_EQ(judgement.verdicts[0].version, 1);
  EXPECT_EQ(transitions(judgement), (Names{"resolved", "resolved"}));  // the sums, and that the copies differ
  EXPECT_EQ(judgement.transitions[0].resolved_by, "withdrawn");
  EXPECT_EQ(office.at(right.key).tables[1].cells, right.tables[1].cells);
}

TEST(Lifecycle, ComparesCopiesAgainWhenThePrimaryChanges) {
  Office office;
  office.arrive(clean_reading(), "A", "page");
  office.arrive(clean_reading(), "B", "pdf");
  const Judgement changed = office.arrive(with_error(), "C", "page");
  EXPECT_EQ(transitions(changed), (Names{"opened", "opened"}));
  const Judgement mended = office.arrive(with_error(), "D", "pdf");
  ASSERT_EQ(transitions(mended), Names{"resolved"});
  EXPECT_EQ(mended.transitions[0].findings[0].rule, "S.COPY");
}

// --- other rules ----------------------------------------------------------------------------------

TEST(Lifecycle, OpensAndRetractsByNewRulesWithoutANewDocument) {
  Office office;
  const Reading reading = with_error();
  office.arrive(reading, "A");
  LedgerEntry& entry = office.at(reading.key);
  entry.rule_set = "1+older0000000";
  entry.anomalies.clear();
  entry.anomalies.push_back({"gone", true, {{"N.T3", "new"}}, "", Severity::kWarning, Fault::kUndecided, "N.T3", 1, 5, "", {}});
  EXPECT_TRUE(is_behind_rules(entry));
  const Judgement judgement = office.judge_again(reading.key);
  EXPECT_EQ(transitions(judgement), (Names{"retracted", "opened"}));
  EXPECT_EQ(judgement.transitions[0].resolved_by, "rules");
  EXPECT_EQ(judgement.verdicts.at(0).version, 1);
  EXPECT_EQ(judgement.verdicts.at(0).evaluation, 2);
  EXPECT_FALSE(is_behind_rules(office.at(reading.key)));
  EXPECT_TRUE(is_empty(office.judge_again(reading.key)));
}

TEST(Lifecycle, AnnouncesNothingAgainWhenNewRulesSayTheSame) {
  Office office;
  office.arrive(with_error(), "A");
  office.at(with_error().key).rule_set = "1+older0000000";
  EXPECT_TRUE(is_silent(office.judge_again(with_error().key)));
  EXPECT_EQ(office.at(with_error().key).rule_set, rule_set_version());
}

TEST(Lifecycle, JudgesCellsAloneWhereTheDocumentIsLost) {
  Office office;
  Reading reading = with_error();
  reading.sections.pop_back();  // S.SECTION
  office.arrive(reading, "A");
  LedgerEntry& entry = office.at(reading.key);
  entry.rule_set = "1+older0000000";
  entry.anomalies.push_back({"gone", true, {{"T2.ITEMS", "fees"}}, "", Severity::kError, Fault::kUndecided, "T2.ITEMS", 1, 5, "", {}});
  office.lose_documents();
  const Judgement judgement = office.judge_again(reading.key);
  EXPECT_EQ(transitions(judgement), Names{"retracted"});
  EXPECT_EQ(judgement.transitions[0].id, "gone");
}

TEST(Lifecycle, ClosesInTheWordsOfTheRuleAndWithItsIdWhereTheRuleIsGone) {
  const auto closed = [](const std::string& rule_id, const std::string& instance) {
    Office office;
    const Reading reading = clean_reading();
    office.arrive(reading, "A");
    LedgerEntry& entry = office.at(reading.key);
    entry.rule_set = "1+older0000000";
    entry.anomalies.push_back({"gone", true, {{rule_id, instance}}, "", Severity::kError, Fault::kUndecided, rule_id, 1, 5, "", {}});
    return office.judge_again(reading.key).transitions.at(0);
  };
  const Anomaly known = closed("T3.OUTCOME_SUM", "total");
  EXPECT_EQ(known.message_zh, "“总计”一列各项办理结果之和等于（七）总计：所指的问题撤回，规则已更正。");
  EXPECT_EQ(known.message_en, "column “总计”: all outcomes add up to （七）总计: what this found is retracted: the rules have been corrected.");
  EXPECT_EQ(closed("T9.GONE", "").message_zh, "T9.GONE：所指的问题撤回，规则已更正。");
}

TEST(Lifecycle, LeavesToNewerRulesWhatTheyHaveJudged) {
  Office office;
  office.arrive(with_error(), "A");
  LedgerEntry& entry = office.at(with_error().key);
  entry.rule_set = "999+abcdefabcdef";
  EXPECT_FALSE(is_behind_rules(entry));
  EXPECT_TRUE(is_empty(office.judge_again(with_error().key)));
}

TEST(Lifecycle, SaysThatTheReturnOfAYearSettlesAndDoesNotCorrectTheReader) {
  Office office;
  Reading before = clean_reading(2021);
  Reading after = clean_reading(2022, 2);
  before.key.scope = Scope::kUnknown;
  const auto out = cell(before, "t3.carried_out.total").value;
  cell(after, "t3.carried_in.total").value = out + 3;
  office.arrive(before, "A");
  office.arrive(after, "B");
  office.withdraw(before.key);
  const Judgement back = office.arrive(before, "A");
  for (const Anomaly& anomaly : back.transitions) EXPECT_NE(anomaly.transition, Transition::kRetracted) << anomaly.message_zh;
}

// --- waivers --------------------------------------------------------------------------------------

LedgerWaiver accepted(const Anomaly& anomaly, UnixMillis until = 0) { return {"已与机关核实", "张三", 100, until, anomaly.cells_digest}; }

TEST(Waiver, IsSeenOnTheAnomalyAndNotCountedAsOpen) {
  Office office;
  const Anomaly anomaly = office.arrive(with_error(), "A").transitions[0];
  ASSERT_FALSE(anomaly.cells_digest.empty());
  const auto waived = office.waive(anomaly.key, anomaly.id, accepted(anomaly));
  ASSERT_TRUE(waived.has_value());
  ASSERT_EQ(transitions(*waived), Names{"changed"});
  ASSERT_TRUE(waived->transitions[0].waiver.has_value());
  EXPECT_EQ(waived->transitions[0].waiver->author, "张三");
  EXPECT_EQ(waived->transitions[0].message_zh, anomaly.message_zh);
  EXPECT_EQ(waived->verdicts[0].anomalies_open, 0);
  EXPECT_EQ(waived->verdicts[0].anomalies_waived, 1);
  EXPECT_TRUE(is_silent(*office.waive(anomaly.key, anomaly.id, accepted(anomaly))));
}

TEST(Waiver, EndsWhenItIsTakenBackOrAValueChanges) {
  Office office;
  const Anomaly anomaly = office.arrive(with_error(), "A").transitions[0];
  ASSERT_TRUE(office.waive(anomaly.key, anomaly.id, accepted(anomaly)).has_value());
  const auto back = office.waive(anomaly.key, anomaly.id, std::nullopt);
  EXPECT_FALSE(back->transitions.at(0).waiver.has_value());
  EXPECT_EQ(back->verdicts[0].anomalies_open, 1);
  ASSERT_TRUE(office.waive(anomaly.key, anomaly.id, accepted(anomaly)).has_value());
  const Judgement revised = office.arrive(with_error("t3.granted.natural_person", 8), "B");
  ASSERT_EQ(transitions(revised), Names{"changed"});
  EXPECT_FALSE(revised.transitions[0].waiver.has_value());
  EXPECT_EQ(revised.verdicts[0].anomalies_open, 1);
}

TEST(Waiver, StaysThroughRereadingAndRules) {
  Office office;
  const Anomaly anomaly = office.arrive(with_error(), "A").transitions[0];
  ASSERT_TRUE(office.waive(anomaly.key, anomaly.id, accepted(anomaly)).has_value());
  Reading again = with_error();
  again.extractor = "reader-2";
  EXPECT_TRUE(is_silent(office.arrive(again, "A")));
  office.at(anomaly.key).rule_set = "1+older0000000";
  EXPECT_TRUE(is_silent(office.judge_again(anomaly.key)));
  EXPECT_TRUE(office.at(anomaly.key).anomalies[0].is_waived(50));
}

TEST(Waiver, Expires) {
  Office office;
  const Anomaly anomaly = office.arrive(with_error(), "A").transitions[0];
  ASSERT_TRUE(office.waive(anomaly.key, anomaly.id, accepted(anomaly, 5'000)).has_value());
  const LedgerAnomaly& known = office.at(anomaly.key).anomalies[0];
  EXPECT_TRUE(known.is_waived(4'999));
  EXPECT_FALSE(known.is_waived(5'000));
}

TEST(Waiver, OfAnUnknownAnomalyIsRefused) {
  Office office;
  office.arrive(with_error(), "A");
  const auto refused = office.waive(with_error().key, "no such id", LedgerWaiver{});
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind, ErrorKind::kInvalidInput);
  EXPECT_TRUE(is_empty(*office.waive(with_error().key, "no such id", std::nullopt)));
}

TEST(Waiver, OfTooManyWordsIsRefused) {
  Office office;
  const Anomaly anomaly = office.arrive(with_error(), "A").transitions[0];
  LedgerWaiver wordy = accepted(anomaly);
  wordy.reason = std::string(kWaiverBytesMax, 'r');
  EXPECT_EQ(office.waive(anomaly.key, anomaly.id, wordy).error().code, ErrorCode::kTooLarge);
}

TEST(Waiver, IsKeptByTheLedgersCodec) {
  Office office;
  const Anomaly anomaly = office.arrive(with_error(), "A").transitions[0];
  ASSERT_TRUE(office.waive(anomaly.key, anomaly.id, accepted(anomaly, 9)).has_value());
  office.take(gone(anomaly.key, 4), "elsewhere");
  const LedgerEntry entry = office.at(anomaly.key);
  const auto read = events::decode_ledger_entry(events::encode(entry));
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(events::encode(*read), events::encode(entry));
  EXPECT_EQ(read->anomalies[0].waiver->expires_at, 9);
  EXPECT_EQ(read->departed.at(0).fetch_sequence, 4);
}

}  // namespace
}  // namespace gouji::validator
