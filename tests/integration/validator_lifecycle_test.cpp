// The validator over a real log: waivers, late dead letters and newer rules, through transactions,
// the changelog and a restart.
#include <gtest/gtest.h>

#include <map>

#include "common/core/id.h"
#include "common/eventlog/changelog.h"
#include "common/eventlog/stage_runner.h"
#include "common/eventlog/topics.h"
#include "common/events/codec.h"
#include "common/runtime/system_clock.h"
#include "services/validator/core/judge.h"
#include "services/validator/validate_stage.h"
#include "tests/integration/eventlog_conformance.h"

namespace gouji::testing {
namespace {

using namespace eventlog;  // NOLINT: everything here is about it
using validator::Telemetry;
using validator::ValidateStage;

constexpr std::int32_t kPartition = 2;
constexpr const char* kGroup = "gouji-validator";

void make_topics(EventLog& log) {
  for (TopicSpec spec : default_topics()) {
    spec.replication = 1;
    spec.config.clear();
    if (log.partitions(spec.name)) continue;
    ASSERT_TRUE(log.create_topic(spec)) << spec.name;
  }
}

events::ParsedReport report(const std::string& organ, std::int64_t sequence, std::int64_t wrong_by) {
  events::ParsedReport made;
  made.reading.key = {organ, 2022, Scope::kOwn};
  made.reading.organ_name = "甲州市水利局";
  made.reading.year = 2022;
  made.reading.extractor = "x+1";
  made.reading.content_digest = "content " + std::to_string(wrong_by);
  for (const TableId id : kTables) {
    TableReading table;
    table.table = id;
    table.status = TableStatus::kRead;
    table.cells.assign(form(id, Edition::k2021).size(), Cell::number(0));
    table.where.resize(table.cells.size());
    table.raw.resize(table.cells.size());
    table.confidence.assign(table.cells.size(), 950);
    table.witnesses.assign(table.cells.size(), 1);
    made.reading.tables.push_back(std::move(table));
  }
  made.reading.tables[2].cells[0] = Cell::number(wrong_by);
  made.location_id = "location of " + organ;
  made.fetch_sequence = sequence;
  made.evidence = {"http://example.test/", "payload " + std::to_string(wrong_by), "raw " + organ + std::to_string(sequence), 1'700'000'000'000, "x+1", ""};
  return made;
}

struct Validator {
  Validator(EventLog& log, const std::string& transactional_id) : stage(telemetry) {
    StageLogOptions options{kGroup, transactional_id, stage.inputs(), std::nullopt};
    stage_log = std::move(*log.open_stage_log(options));
    StageRunnerOptions of_runner;
    of_runner.group = kGroup;
    of_runner.look_every = std::chrono::milliseconds(20);
    of_runner.transaction_age_max = std::chrono::milliseconds(20);
    runner = std::make_unique<StageRunner>(log, *stage_log, stage, clock, observer, of_runner);
  }
  ~Validator() {
    runner->stop();
    runner->run();
  }
  bool run_until_idle() {
    const auto began = clock.monotonic();
    while (clock.monotonic() - began < std::chrono::seconds(60)) {
      if (!runner->step()) return false;
      if (runner->idle_as_of() > began) return true;
    }
    return false;
  }

  runtime::SystemClock clock;
  telemetry::Metrics metrics;
  Telemetry telemetry{metrics, clock};
  ValidateStage stage;
  StageObserver observer;
  std::unique_ptr<StageLog> stage_log;
  std::unique_ptr<StageRunner> runner;
};

std::vector<Anomaly> anomalies_of(EventLog& log, const std::string& organ) {
  std::vector<Anomaly> found;
  const TopicPartition at{std::string(kAnomalyTopic), kPartition};
  std::int64_t from = *log.begin_offset(at);
  while (from < *log.end_offset(at, Isolation::kCommitted)) {
    const ReadBatch batch = *log.read(at, from, {});
    for (const StoredRecord& stored : batch.records)
      if (stored.record.key == organ) found.push_back(*events::decode_anomaly(stored.record));
    if (batch.next <= from) break;
    from = batch.next;
  }
  return found;
}

std::vector<std::string> names_of(const std::vector<Anomaly>& anomalies) {
  std::vector<std::string> names;
  for (const Anomaly& anomaly : anomalies)
    names.push_back(std::string(to_string(anomaly.transition)) + (anomaly.waiver ? "+waiver" : ""));
  return names;
}
using Names = std::vector<std::string>;

// What is committed shows a moment later where somebody else's transaction is open.
Names names_when(EventLog& log, const std::string& organ, std::size_t count) {
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  Names names = names_of(anomalies_of(log, organ));
  while (names.size() < count && std::chrono::steady_clock::now() < give_up) {
    log.wait_for_append(std::chrono::milliseconds(100));
    names = names_of(anomalies_of(log, organ));
  }
  return names;
}

TEST_P(EventLogConformance, CarriesTheLifecycleOfAnAnomaly) {
  make_topics(*log_);
  const std::string organ = backend_->unique("organ");
  const std::string id = backend_->unique("validator-0");
  const auto send = [&](std::string_view topic, Record record) {
    const std::vector<Outgoing> records{{std::string(topic), kPartition, std::move(record)}};
    ASSERT_TRUE((*log_->open_appender())->append(records));
  };
  Anomaly first;
  {
    Validator validator(*log_, id);
    send(kParsedTopic, events::encode(report(organ, 1, 5)));
    ASSERT_TRUE(validator.run_until_idle()) << validator.runner->end_reason();
    ASSERT_EQ(names_when(*log_, organ, 1), Names{"opened"});
    first = anomalies_of(*log_, organ)[0];
    send(kWaiverTopic, events::encode(Waiver{first.id, first.key, "已核实", "张三", 1, 0, first.cells_digest}));
    ASSERT_TRUE(validator.run_until_idle()) << validator.runner->end_reason();
    ASSERT_EQ(names_when(*log_, organ, 2), (Names{"opened", "changed+waiver"}));
    // Another figure: the waiver was not given for it.
    send(kParsedTopic, events::encode(report(organ, 2, 7)));
    ASSERT_TRUE(validator.run_until_idle()) << validator.runner->end_reason();
    ASSERT_EQ(names_when(*log_, organ, 3), (Names{"opened", "changed+waiver", "changed"}));
    // Withdrawn; a dead letter of before is sent again.
    const auto last = report(organ, 3, 7);
    send(kParsedTopic, events::encode(events::WithdrawnReport{last.reading.key, last.location_id, 3, "WITHDRAWN", last.evidence}));
    send(kParsedTopic, events::encode(report(organ, 2, 7)));
    ASSERT_TRUE(validator.run_until_idle()) << validator.runner->end_reason();
    ASSERT_EQ(names_when(*log_, organ, 4), (Names{"opened", "changed+waiver", "changed", "resolved"}));
    send(kParsedTopic, events::encode(report(organ, 4, 5)));
    ASSERT_TRUE(validator.run_until_idle()) << validator.runner->end_reason();
    ASSERT_EQ(names_when(*log_, organ, 5).size(), 5U);
    ASSERT_EQ(anomalies_of(*log_, organ).back().id, first.id);
    ASSERT_EQ(names_of(anomalies_of(*log_, organ)).back(), "opened+waiver");  // the figures it was given for
  }
  // The ledger as older rules would have left it.
  const TopicPartition changelog{std::string(kValidatorStateTopic), kPartition};
  const std::string key = organ + "/2022/OWN";
  std::optional<LedgerEntry> entry;
  for (std::int64_t from = *log_->begin_offset(changelog); from < *log_->end_offset(changelog, Isolation::kCommitted);) {
    const ReadBatch batch = *log_->read(changelog, from, {});
    for (const StoredRecord& stored : batch.records)
      if (stored.record.key.value_or("").find(key) != std::string::npos && stored.record.value) entry = *events::decode_ledger_entry(*stored.record.value);
    if (batch.next <= from) break;
    from = batch.next;
  }
  ASSERT_TRUE(entry.has_value());
  entry->rule_set = "1+older0000000";
  entry->anomalies.push_back({"of older rules", true, {{"N.T3", "new"}}, "", Severity::kWarning, Fault::kUndecided, "N.T3", 1, 5, "", {}});
  send(kValidatorStateTopic, state_change(changelog, key, events::encode(*entry), 1).record);
  const std::size_t before = anomalies_of(*log_, organ).size();
  for (int start = 0; start < 2; ++start) {
    Validator validator(*log_, id);
    ASSERT_TRUE(validator.run_until_idle()) << validator.runner->end_reason();
    ASSERT_EQ(names_when(*log_, organ, before + 1).size(), before + 1) << "start " << start;
    const auto all = anomalies_of(*log_, organ);
    ASSERT_EQ(all.size(), before + 1) << "start " << start;
    EXPECT_EQ(all.back().transition, Transition::kRetracted);
    EXPECT_EQ(all.back().id, "of older rules");
  }
}

}  // namespace
}  // namespace gouji::testing
