#include "services/validator/validate_stage.h"

#include <gtest/gtest.h>

#include <set>

#include "services/validator/core/rules.h"
#include "tests/support/recording_context.h"
#include "tests/support/simulated_clock.h"

namespace gouji::validator {
namespace {

using eventlog::StoredRecord;
using testing_support::RecordingContext;

events::ParsedReport parsed(const std::string& organ, const std::string& extractor, std::int64_t first_cell) {
  events::ParsedReport report;
  report.reading.key = {organ, 2022, Scope::kOwn};
  report.reading.year = 2022;
  report.reading.extractor = extractor;
  report.reading.content_digest = "c" + std::to_string(first_cell);
  for (const TableId id : kTables) {
    TableReading table;
    table.table = id;
    table.status = TableStatus::kRead;
    table.cells.assign(form(id, Edition::k2021).size(), Cell::number(0));
    const std::size_t n = table.cells.size();
    table.where.resize(n);
    table.raw.resize(n);
    table.confidence.assign(n, 1000);
    table.witnesses.assign(n, 1);
    report.reading.tables.push_back(std::move(table));
  }
  report.reading.tables[1].cells[0] = Cell::number(first_cell);
  report.location_id = "loc";
  report.evidence = {"file:///r", "d" + std::to_string(first_cell), "raw-1", 1'700'000'000'000, extractor, ""};
  return report;
}

template <typename Event>
StoredRecord stored(const Event& event) {
  return {{"gouji.report.parsed.v1", 3}, 0, events::encode(event)};
}

std::multiset<std::string> ids_on(const RecordingContext& context, std::string_view topic) {
  std::multiset<std::string> ids;
  for (const auto& out : context.emitted)
    if (out.topic == topic) ids.insert(events::read_envelope(out.record).id);
  return ids;
}

struct Fixture {
  telemetry::Metrics metrics;
  gouji::testing::SimulatedClock clock;
  Telemetry telemetry{metrics, clock};
  ValidateStage stage{telemetry};
  RecordingContext context;
};

TEST(ValidateStage, TakesADeadLetterThatComesTooLateForNothing) {
  Fixture f;
  events::ParsedReport newer = parsed("organ", "x+1", 0);
  newer.fetch_sequence = 2;
  ASSERT_TRUE(f.stage.process(stored(newer), f.context));
  const std::size_t emitted = f.context.emitted.size();
  events::ParsedReport older = parsed("organ", "x+1", 5);
  older.fetch_sequence = 1;
  ASSERT_TRUE(f.stage.process(stored(older), f.context));
  const events::WithdrawnReport gone{older.reading.key, "loc", 1, "WITHDRAWN", older.evidence};
  ASSERT_TRUE(f.stage.process(stored(gone), f.context));
  EXPECT_EQ(f.context.emitted.size(), emitted);
}

TEST(ValidateStage, SendsVerdictSnapshotAnomalyAndStateToTheInputsPartition) {
  Fixture f;
  ASSERT_TRUE(f.stage.process(stored(parsed("organ", "x+1", 5)), f.context));
  std::set<std::string> topics;
  for (const auto& out : f.context.emitted) {
    EXPECT_EQ(out.partition, 3);
    topics.insert(out.topic);
  }
  EXPECT_EQ(topics, (std::set<std::string>{"gouji.report.verdict.v1", "gouji.report.current.v1", "gouji.anomaly.v1",
                                           "gouji.anomaly.current.v1"}));
  EXPECT_NE(f.context.state().get("organ/2022/OWN"), nullptr);
}

TEST(ValidateStage, SaysNothingTwice) {
  Fixture f;
  ASSERT_TRUE(f.stage.process(stored(parsed("organ", "x+1", 5)), f.context));
  const std::size_t before = f.context.emitted.size();
  ASSERT_TRUE(f.stage.process(stored(parsed("organ", "x+1", 5)), f.context));
  EXPECT_EQ(f.context.emitted.size(), before);
}

// One raw event leads to a withdrawal under the old key and a report under the new one; both lead to
// a verdict, and a subscriber that keeps one event per ce_id must see both.
TEST(ValidateStage, GivesTheVerdictsOnAChangedKeyTwoIds) {
  Fixture f;
  ASSERT_TRUE(f.stage.process(stored(parsed("organ-a", "x+1", 0)), f.context));
  events::ParsedReport moved = parsed("organ-b", "x+1", 0);
  moved.evidence.raw_id = "raw-2";
  const events::WithdrawnReport old{{"organ-a", 2022, Scope::kOwn}, "loc", 2, "KEY_CHANGED", moved.evidence};
  ASSERT_TRUE(f.stage.process(stored(old), f.context));
  ASSERT_TRUE(f.stage.process(stored(moved), f.context));
  const auto ids = ids_on(f.context, "gouji.report.verdict.v1");
  EXPECT_EQ(ids.size(), 3U);
  EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), 3U);
}

TEST(ValidateStage, GivesAReevaluationUnderAnotherReaderAnIdOfItsOwn) {
  Fixture f;
  ASSERT_TRUE(f.stage.process(stored(parsed("organ", "x+1", 0)), f.context));
  events::ParsedReport again = parsed("organ", "x+2", 5);
  again.evidence.raw_digest = "d0";
  ASSERT_TRUE(f.stage.process(stored(again), f.context));
  const auto ids = ids_on(f.context, "gouji.report.verdict.v1");
  EXPECT_EQ(ids.size(), 2U);
  EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), 2U);
}

TEST(ValidateStage, TombstonesTheSnapshotOfAnAnomalyThatIsMended) {
  Fixture f;
  ASSERT_TRUE(f.stage.process(stored(parsed("organ", "x+1", 5)), f.context));
  ASSERT_TRUE(f.stage.process(stored(parsed("organ", "x+1", 0)), f.context));
  const auto& last = f.context.emitted.back();
  EXPECT_EQ(last.topic, "gouji.anomaly.current.v1");
  EXPECT_FALSE(last.record.value);
}

TEST(ValidateStage, TreatsADamagedLedgerAsFatalAndBadInputAsInvalid) {
  Fixture f;
  f.context.state().put("organ/2022/OWN", "\xff\xff");
  EXPECT_EQ(f.stage.process(stored(parsed("organ", "x+1", 5)), f.context).error().kind, ErrorKind::kFatal);
  StoredRecord broken = stored(parsed("organ", "x+1", 5));
  broken.record.value = "\xff\xff";
  EXPECT_EQ(f.stage.process(broken, f.context).error().kind, ErrorKind::kInvalidInput);
}

TEST(ValidateStage, CountsOpenAnomaliesFromCommittedStateOnly) {
  Fixture f;
  const auto open = [&f] {
    std::int64_t sum = 0;
    std::string text = f.metrics.text();
    for (std::size_t at = text.find("gouji_anomalies_open{"); at != std::string::npos; at = text.find("gouji_anomalies_open{", at + 1))
      sum += std::stoll(text.substr(text.find("} ", at) + 2));
    return sum;
  };
  ASSERT_TRUE(f.stage.process(stored(parsed("organ", "x+1", 5)), f.context));
  EXPECT_EQ(open(), 0);
  f.stage.state_committing(3, f.context.state());
  EXPECT_GT(open(), 0);
  f.stage.state_dropped(3);
  EXPECT_EQ(open(), 0);
}

// --- waivers and newer rules ----------------------------------------------------------------------

template <typename Decoded>
std::vector<Decoded> all_on(const RecordingContext& context, std::string_view topic, Result<Decoded> (*decode)(const Record&)) {
  std::vector<Decoded> found;
  for (const auto& out : context.emitted)
    if (out.topic == topic && out.record.value) found.push_back(*decode(out.record));
  return found;
}

StoredRecord on_waivers(Record record) { return {{"gouji.waiver.v1", 3}, 0, std::move(record)}; }

Waiver waiver_for(const Anomaly& anomaly, UnixMillis until = 0) {
  return {anomaly.id, anomaly.key, "已核实", "张三", 1'700'000'000'500, until, anomaly.cells_digest};
}

// The gauge of open anomalies, all series together.
std::int64_t open_anomalies(const Fixture& f) {
  std::int64_t sum = 0;
  const std::string text = f.metrics.text();
  for (std::size_t at = text.find("gouji_anomalies_open{"); at != std::string::npos; at = text.find("gouji_anomalies_open{", at + 1))
    sum += std::stoll(text.substr(text.find("} ", at) + 2));
  return sum;
}

struct Waived : Fixture {
  Waived() {
    StoredRecord report = stored(parsed("organ", "x+1", 5));
    context.stored.push_back(report);
    EXPECT_TRUE(stage.process(report, context));
    anomaly = all_on(context, "gouji.anomaly.v1", events::decode_anomaly).front();
    context.emitted.clear();
  }
  Anomaly anomaly;
};

TEST(ValidateStage, PutsAWaiverOnItsAnomalyAndOutOfTheGauge) {
  Waived f;
  f.stage.state_committing(3, f.context.state());
  const std::int64_t before = open_anomalies(f);
  ASSERT_TRUE(f.stage.process(on_waivers(events::encode(waiver_for(f.anomaly))), f.context));
  const auto changed = all_on(f.context, "gouji.anomaly.v1", events::decode_anomaly);
  ASSERT_EQ(changed.size(), 1U);
  EXPECT_EQ(changed[0].transition, Transition::kChanged);
  EXPECT_EQ(changed[0].waiver->author, "张三");
  EXPECT_EQ(changed[0].results.size(), f.anomaly.results.size());
  const auto current = all_on(f.context, "gouji.anomaly.current.v1", events::decode_anomaly);
  ASSERT_EQ(current.size(), 1U);
  EXPECT_TRUE(current[0].waiver.has_value());
  f.stage.state_committing(3, f.context.state());
  EXPECT_EQ(open_anomalies(f), before - 1);
}

TEST(ValidateStage, CountsAWaivedAnomalyAgainWhenItsTimeIsOver) {
  Waived f;
  ASSERT_TRUE(f.stage.process(on_waivers(events::encode(waiver_for(f.anomaly, 1'700'000'000'001))), f.context));
  f.stage.state_committing(3, f.context.state());
  const std::int64_t waived = open_anomalies(f);
  f.clock.advance(std::chrono::milliseconds(1));
  f.stage.state_committing(3, eventlog::KeyedState());
  EXPECT_EQ(open_anomalies(f), waived + 1);
  f.stage.state_dropped(3);
  EXPECT_EQ(open_anomalies(f), 0);
}

TEST(ValidateStage, TakesAWaiverBack) {
  Waived f;
  ASSERT_TRUE(f.stage.process(on_waivers(events::encode(waiver_for(f.anomaly))), f.context));
  f.context.emitted.clear();
  ASSERT_TRUE(f.stage.process(on_waivers(events::waiver_tombstone(f.anomaly.id, f.anomaly.key, 7)), f.context));
  const auto changed = all_on(f.context, "gouji.anomaly.v1", events::decode_anomaly);
  ASSERT_EQ(changed.size(), 1U);
  EXPECT_FALSE(changed[0].waiver.has_value());
}

TEST(ValidateStage, RefusesAWaiverThatItCannotPlace) {
  Waived f;
  Anomaly other = f.anomaly;
  other.id = "no such anomaly";
  EXPECT_EQ(f.stage.process(on_waivers(events::encode(waiver_for(other))), f.context).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(f.stage.process(on_waivers(Record{"id", std::nullopt, {}, 0}), f.context).error().kind, ErrorKind::kInvalidInput);
  EXPECT_EQ(f.stage.process(on_waivers(Record{"id", "\xff\xff", {}, 0}), f.context).error().kind, ErrorKind::kInvalidInput);
}

TEST(ValidateStage, WorksThroughWhatOlderRulesHaveJudged) {
  Waived f;
  const std::string key = "organ/2022/OWN";
  LedgerEntry entry = *events::decode_ledger_entry(*f.context.state().get(key));
  EXPECT_TRUE(f.stage.keys_to_work_on(f.context.state()).empty());
  entry.rule_set = "1+older0000000";
  entry.anomalies[0].fingerprint = "said otherwise";
  entry.anomalies.push_back({"gone", true, {{"N.T3", "new"}}, "", Severity::kWarning, Fault::kUndecided, "N.T3", 1, 5, "", {}});
  eventlog::KeyedState committed;
  committed.restore(key, events::encode(entry));
  EXPECT_EQ(f.stage.keys_to_work_on(committed), std::vector<std::string>{key});
  f.context.state().put(key, events::encode(entry));
  ASSERT_TRUE(f.stage.work_on(key, 3, f.context));
  std::multiset<std::string> transitions;
  for (const Anomaly& anomaly : all_on(f.context, "gouji.anomaly.v1", events::decode_anomaly)) {
    transitions.insert(std::string(to_string(anomaly.transition)));
    EXPECT_EQ(anomaly.key, f.anomaly.key);
  }
  EXPECT_EQ(transitions, (std::multiset<std::string>{"changed", "retracted"}));
  // The ids follow from the document's own, so they are new with the rules.
  EXPECT_EQ(ids_on(f.context, "gouji.report.verdict.v1").size(), 1U);
  f.context.emitted.clear();
  ASSERT_TRUE(f.stage.work_on(key, 3, f.context));
  EXPECT_TRUE(f.context.emitted.empty());
}

// Severities of a file that comes and goes: the same document under the same rules as once before, with
// other rules in between. A subscriber that keeps one event per ce_id must see both.
TEST(ValidateStage, GivesWhatTheSameRulesSayAgainIdsOfItsOwn) {
  Fixture f;
  const StoredRecord report = stored(parsed("organ", "x+1", 5));
  f.context.stored.push_back(report);
  ASSERT_TRUE(f.stage.process(report, f.context));
  const std::string key = "organ/2022/OWN";
  LedgerEntry entry = *events::decode_ledger_entry(*f.context.state().get(key));
  entry.rule_set = std::to_string(rule_set_number(entry.rule_set)) + "+000000000000";
  entry.evaluation = 2;
  entry.result_digest = "of other severities";
  for (LedgerAnomaly& anomaly : entry.anomalies) anomaly.fingerprint = "of other severities";
  f.context.state().put(key, events::encode(entry));
  ASSERT_TRUE(f.stage.work_on(key, 3, f.context));
  for (const char* topic : {"gouji.report.verdict.v1", "gouji.anomaly.v1"}) {
    const auto ids = ids_on(f.context, topic);
    EXPECT_GE(ids.size(), 2U) << topic;
    EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), ids.size()) << topic;
  }
}

}  // namespace
}  // namespace gouji::validator
