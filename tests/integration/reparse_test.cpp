// `gouji reparse` on both logs: which records it appends, and that only the evaluation follows.
#include <gtest/gtest.h>

#include <algorithm>

#include "common/core/digest.h"
#include "common/eventlog/topics.h"
#include "common/events/codec.h"
#include "common/runtime/system_clock.h"
#include "services/gouji/reparse.h"
#include "services/parser/parse_stage.h"
#include "services/validator/service.h"
#include "tests/integration/eventlog_conformance.h"
#include "tests/support/record_of.h"
#include "tests/support/recording_context.h"

namespace gouji::testing {
namespace {

using command::ReparseItem;
using command::ReparseOrder;
using command::ReparseSummary;
using eventlog::EventLog;
using eventlog::StoredRecord;

constexpr std::int32_t kPartitions = 2;

// The corrected parser, x+2, reads a table that the older one did not see.
Reading reading_of(const std::string& organ, bool is_corrected) {
  Reading reading;
  reading.key = {organ, 2022, Scope::kOwn};
  reading.year = 2022;
  for (const TableId id : kTables) {
    TableReading table;
    table.table = id;
    if (is_corrected) {
      const std::size_t cells = form(id, table.edition).size();
      table.status = TableStatus::kRead;
      table.cells.assign(cells, Cell::number(0));
      table.where.resize(cells);
      table.raw.assign(cells, "0");
      table.confidence.assign(cells, 1000);
      table.witnesses.assign(cells, 2);
    }
    reading.tables.push_back(std::move(table));
  }
  return reading;
}

RawReport raw_report(const std::string& location, std::int64_t sequence, UnixMillis fetched_at) {
  RawReport report;
  report.location_id = location;
  report.source_id = "files";
  report.fetch_sequence = sequence;
  report.url = "file:///" + location;
  report.fetched_at = fetched_at;
  report.body.bytes = "body " + std::to_string(sequence);
  report.body.size = static_cast<std::int64_t>(report.body.bytes.size());
  report.body.sha256 = to_hex(sha256(report.body.bytes));
  report.payload_digest = payload_digest(report.body, {});
  return report;
}

// A parser and a validator, driven by hand over what stands in the log, with their state in it.
class Pipeline {
 public:
  Pipeline(EventLog& log, std::string group, std::string organ) : log_(log), group_(std::move(group)), organ_(std::move(organ)) {
    for (const std::string_view topic : {eventlog::kRawTopic, eventlog::kParserStateTopic}) {
      eventlog::TopicSpec spec;
      spec.name = topic;
      spec.partitions = kPartitions;
      spec.compacted = topic == eventlog::kParserStateTopic;
      const bool is_there = log_.partitions(topic).has_value();  // tests may share a log
      EXPECT_TRUE(is_there || log_.create_topic(spec));
    }
    appender_ = std::move(*log_.open_appender());
    validator_ = validator::make_stage(metrics_, clock_);
    const std::int32_t partitions = log_.partitions(eventlog::kRawTopic).value_or(0);
    for (std::int32_t partition = 0; partition < partitions; ++partition) next_[partition] = end_of(partition);
  }

  void publish(const RawReport& report) { append(eventlog::kRawTopic, 0, events::encode(report)); }

  // The parser of this extractor takes everything that is new; how many documents it read.
  int parse(const std::string& extractor) {
    int reads = 0;
    parser::ParseStage stage([&](const events::ReadRequest&) -> Result<ReadOutcome> { return ++reads, ReadOutcome(reading_of(organ_, extractor == "x+2")); },
                             [](const std::string&) -> Result<std::string> { return unavailable(ErrorCode::kBlobMissing, "gone"); }, telemetry_, {extractor, 1});
    for (auto& [partition, next] : next_) {
      const eventlog::TopicPartition at{std::string(eventlog::kRawTopic), partition};
      for (const StoredRecord& record : read_all(log_, at)) {
        const auto event = record.offset >= next ? events::decode_raw(record.record) : Result<events::RawEvent>(invalid_input(ErrorCode::kMalformed, "old"));
        if (!event || !std::get<RawReport>(*event).location_id.starts_with(organ_)) continue;
        EXPECT_TRUE(stage.process(record, parser_state_));
      }
      next = end_of(partition);
    }
    take_parsed();
    commit_offsets();
    return reads;
  }

  const std::vector<Verdict>& verdicts() const { return verdicts_; }

 private:
  std::int64_t end_of(std::int32_t partition) {
    return log_.end_offset({std::string(eventlog::kRawTopic), partition}, eventlog::Isolation::kCommitted).value_or(0);
  }

  void append(std::string_view topic, std::int32_t partition, Record record) {
    record.timestamp = 1'700'000'000'000;
    const eventlog::Outgoing outgoing{std::string(topic), partition, std::move(record)};
    EXPECT_TRUE(appender_->append(std::span(&outgoing, 1)));
  }

  // What the parser emitted goes to the validator, and its state into the log.
  void take_parsed() {
    for (const eventlog::Outgoing& out : parser_state_.emitted) {
      EXPECT_TRUE(validator_->process({{out.topic, 0}, 0, out.record}, validator_state_));
      const auto event = events::decode_parsed(out.record);
      if (const auto* parsed = std::get_if<events::ParsedReport>(&*event)) {
        const std::string* state = parser_state_.state().get(parsed->location_id);
        append(eventlog::kParserStateTopic, 0, {"state:" + parsed->location_id, *state, {}, 0});
      }
    }
    parser_state_.emitted.clear();
    for (const eventlog::Outgoing& out : validator_state_.emitted)
      if (out.topic == eventlog::kVerdictTopic) verdicts_.push_back(*events::decode_verdict(out.record));
    validator_state_.emitted.clear();
  }

  // As the stage's runner does: offsets of the group in a transaction.
  void commit_offsets() {
    auto stage_log = log_.open_stage_log({group_, group_ + "-0", {std::string(eventlog::kRawTopic)}, std::nullopt});
    ASSERT_TRUE(stage_log);
    eventlog::Offsets offsets;
    for (const auto& [partition, next] : next_) offsets[{std::string(eventlog::kRawTopic), partition}] = next;
    ASSERT_EQ((*stage_log)->open_producer(), eventlog::Outcome::kOk);
    class Ignore : public eventlog::RebalanceListener {
      void assigned(const std::vector<eventlog::TopicPartition>&) override {}
      void revoked(const std::vector<eventlog::TopicPartition>&, bool) override {}
    } listener;
    (*stage_log)->set_listener(listener);
    for (int i = 0; i < 400 && (*stage_log)->assignment().size() < next_.size(); ++i) ASSERT_TRUE((*stage_log)->poll(std::chrono::milliseconds{50}, {1, 1}));
    ASSERT_EQ((*stage_log)->begin(), eventlog::Outcome::kOk);
    ASSERT_EQ((*stage_log)->send_offsets(offsets), eventlog::Outcome::kOk);
    ASSERT_EQ((*stage_log)->commit(), eventlog::Outcome::kOk);
    (*stage_log)->close();
  }

  EventLog& log_;
  std::string group_, organ_;
  runtime::SystemClock clock_;
  telemetry::Metrics metrics_;
  parser::Telemetry telemetry_{metrics_};
  testing_support::RecordingContext parser_state_, validator_state_;
  std::unique_ptr<eventlog::Stage> validator_;
  std::unique_ptr<eventlog::Appender> appender_;
  std::map<std::int32_t, std::int64_t> next_;
  std::vector<Verdict> verdicts_;
};

class Told {
 public:
  Told(EventLog& log, ReparseOrder order) : order_(std::move(order)) {
    const auto summary = command::reparse_documents(log, order_, [this](const ReparseItem& item) { urls_.push_back(item.url); });
    EXPECT_TRUE(summary) << summary.error().message;
    summary_ = summary.value_or(ReparseSummary{});
    std::sort(urls_.begin(), urls_.end());
  }
  const std::vector<std::string>& urls() const { return urls_; }
  const ReparseSummary& summary() const { return summary_; }

 private:
  ReparseOrder order_;
  std::vector<std::string> urls_;
  ReparseSummary summary_;
};

TEST_P(EventLogConformance, ReparsedDocumentsKeepTheirVersionAndAreEvaluatedAgain) {
  const std::string organ = backend_->unique("organ"), group = backend_->unique("reparse");
  Pipeline pipeline(*log_, group, organ);
  pipeline.publish(raw_report(organ, 1, 1'000));
  pipeline.publish(raw_report(organ, 2, 2'000));
  EXPECT_EQ(pipeline.parse("x+1"), 2);
  ReparseOrder order;
  order.group = group;
  order.selection.organ = organ;

  order.extractor = "x+1";  // nothing was corrected
  const Told same(*log_, order);
  EXPECT_EQ(same.summary().current, 1);
  EXPECT_TRUE(same.urls().empty());

  order.extractor = "x+2";
  order.dry_run = true;
  EXPECT_EQ(Told(*log_, order).summary().appended, 1);
  EXPECT_EQ(pipeline.parse("x+1"), 0);  // it wrote nothing

  order.dry_run = false;
  EXPECT_EQ(Told(*log_, order).urls(), std::vector<std::string>{"file:///" + organ});
  const Told again(*log_, order);  // it waits already
  EXPECT_EQ(again.summary().waiting, 1);
  EXPECT_TRUE(again.urls().empty());

  const Verdict before = pipeline.verdicts().back();
  EXPECT_EQ(pipeline.parse("x+2"), 1);  // the newest record only
  const Verdict& after = pipeline.verdicts().back();
  EXPECT_EQ(after.version, before.version);
  EXPECT_EQ(after.evaluation, before.evaluation + 1);
  EXPECT_EQ(Told(*log_, order).summary().current, 1);
  EXPECT_EQ(pipeline.parse("x+2"), 0);
}

TEST_P(EventLogConformance, ReparseSelectsByOrganYearAndTime) {
  const std::string organ = backend_->unique("organ"), group = backend_->unique("reparse");
  Pipeline pipeline(*log_, group, organ);
  pipeline.publish(raw_report(organ + "-a", 1, 1'000));
  pipeline.publish(raw_report(organ + "-b", 1, 5'000));
  EXPECT_EQ(pipeline.parse("x+1"), 2);
  const auto urls = [&](const command::ReparseSelection& selection) { return Told(*log_, {selection, "x+2", group, true}).urls(); };
  const std::string a = "file:///" + organ + "-a", b = "file:///" + organ + "-b";
  EXPECT_EQ(urls({organ, {}, {}, {}}), (std::vector{a, b}));
  EXPECT_EQ(urls({organ, 2022, {}, {}}), (std::vector{a, b}));
  EXPECT_EQ(urls({organ, 2021, {}, {}}), std::vector<std::string>{});
  EXPECT_EQ(urls({organ, {}, 1'001, {}}), std::vector{b});
  EXPECT_EQ(urls({organ, {}, {}, 5'000}), std::vector{a});
  EXPECT_EQ(urls({organ + "?", {}, {}, {}}), std::vector<std::string>{});
}

}  // namespace
}  // namespace gouji::testing
