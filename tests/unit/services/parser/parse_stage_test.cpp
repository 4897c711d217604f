#include "services/parser/parse_stage.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "common/core/digest.h"
#include "tests/support/recording_context.h"

namespace gouji::parser {
namespace {

using eventlog::StoredRecord;
using testing_support::RecordingContext;

Reading reading_of(const std::string& organ) {
  Reading reading;
  reading.key = {organ, 2020, Scope::kUnknown};
  reading.year = 2020;
  for (const TableId table : kTables) {
    reading.tables.emplace_back();
    reading.tables.back().table = table;
  }
  return reading;
}

RawReport raw(std::int64_t sequence, const std::string& body = "body") {
  RawReport report;
  report.location_id = "loc";
  report.source_id = "files";
  report.fetch_sequence = sequence;
  report.url = "file:///r";
  report.body.bytes = body;
  report.body.size = static_cast<std::int64_t>(body.size());
  report.body.sha256 = to_hex(sha256(body));
  report.payload_digest = payload_digest(report.body, {});
  return report;
}

RawWithdrawn gone(std::int64_t sequence) { return {"loc", "files", sequence, "file:///r", 5, WithdrawalReason::kGone}; }

template <typename Event>
StoredRecord stored(const Event& event) {
  return {{"gouji.report.raw.v1", 0}, 0, events::encode(event)};
}

struct Fixture {
  telemetry::Metrics metrics;
  Telemetry telemetry{metrics};
  Result<ReadOutcome> answer = ReadOutcome(reading_of("organ-a"));
  int reads = 0;
  RecordingContext context;

  ParseStage stage(const std::string& extractor = "x+1") {
    return ParseStage([this](const events::ReadRequest&) { ++reads; return answer; },
                      [](const std::string&) -> Result<std::string> { return unavailable(ErrorCode::kBlobMissing, "gone"); },
                      telemetry, {extractor, 1});
  }
};

TEST(ParseStage, PublishesWhatWasRead) {
  Fixture f;
  auto stage = f.stage();
  ASSERT_TRUE(stage.process(stored(raw(1)), f.context));
  ASSERT_EQ(f.context.emitted.size(), 1U);
  const auto event = events::decode_parsed(f.context.emitted[0].record);
  ASSERT_TRUE(event) << event.error().message;
  const auto& parsed = std::get<events::ParsedReport>(*event);
  EXPECT_EQ(parsed.evidence.raw_id, events::raw_id(raw(1)));
  EXPECT_EQ(parsed.evidence.raw_digest, raw(1).payload_digest);
  EXPECT_EQ(f.context.emitted[0].topic, "gouji.report.parsed.v1");
  EXPECT_EQ(f.context.emitted[0].record.key, "organ-a");
}

TEST(ParseStage, TakesNoSequenceTwice) {
  Fixture f;
  auto stage = f.stage();
  ASSERT_TRUE(stage.process(stored(raw(2)), f.context));
  ASSERT_TRUE(stage.process(stored(raw(2)), f.context));
  ASSERT_TRUE(stage.process(stored(raw(1)), f.context));
  EXPECT_EQ(f.context.emitted.size(), 1U);
  EXPECT_EQ(f.reads, 1);
}

TEST(ParseStage, ReadsAnEqualSequenceAgainUnderAnotherExtractor) {
  Fixture f;
  auto first = f.stage("x+1");
  ASSERT_TRUE(first.process(stored(raw(2)), f.context));
  auto second = f.stage("x+2");
  ASSERT_TRUE(second.process(stored(raw(2)), f.context));
  ASSERT_TRUE(second.process(stored(raw(1)), f.context));
  EXPECT_EQ(f.context.emitted.size(), 2U);
}

TEST(ParseStage, WithdrawsTheOldKeyBeforeItPublishesTheNew) {
  Fixture f;
  auto stage = f.stage();
  ASSERT_TRUE(stage.process(stored(raw(1)), f.context));
  f.answer = ReadOutcome(reading_of("organ-b"));
  ASSERT_TRUE(stage.process(stored(raw(2)), f.context));
  ASSERT_EQ(f.context.emitted.size(), 3U);
  const auto withdrawn = events::decode_parsed(f.context.emitted[1].record);
  ASSERT_TRUE(withdrawn);
  EXPECT_EQ(std::get<events::WithdrawnReport>(*withdrawn).key.organ_id, "organ-a");
  EXPECT_EQ(std::get<events::WithdrawnReport>(*withdrawn).reason, "KEY_CHANGED");
  EXPECT_EQ(f.context.emitted[2].record.key, "organ-b");
}

TEST(ParseStage, WithdrawsOnceAndTakesTheReportAgainWhenItComesBack) {
  Fixture f;
  auto stage = f.stage();
  ASSERT_TRUE(stage.process(stored(raw(1)), f.context));
  ASSERT_TRUE(stage.process(stored(gone(2)), f.context));
  ASSERT_TRUE(stage.process(stored(gone(2)), f.context));
  ASSERT_EQ(f.context.emitted.size(), 2U);
  const auto event = events::decode_parsed(f.context.emitted[1].record);
  ASSERT_TRUE(event);
  EXPECT_EQ(std::get<events::WithdrawnReport>(*event).reason, "WITHDRAWN");
  ASSERT_TRUE(stage.process(stored(raw(3)), f.context));
  EXPECT_EQ(f.context.emitted.size(), 3U);
}

TEST(ParseStage, SaysNothingWhenALocationGoesThatNeverHadAReport) {
  Fixture f;
  auto stage = f.stage();
  ASSERT_TRUE(stage.process(stored(gone(1)), f.context));
  EXPECT_TRUE(f.context.emitted.empty());
}

TEST(ParseStage, RefusesALookAlikeAsNotAReportAndKeepsTheState) {
  Fixture f;
  auto stage = f.stage();
  ASSERT_TRUE(stage.process(stored(raw(1)), f.context));
  f.answer = ReadOutcome(Refusal{RefusalClass::kNotAReport, {"NOTICE", "a notice about reports"}});
  const auto refused = stage.process(stored(raw(2)), f.context);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::kInvalidInput);
  EXPECT_EQ(refused.error().code, ErrorCode::kNotAReport);
  EXPECT_EQ(f.context.emitted.size(), 1U);
  const auto state = events::decode_parser_location(*f.context.state().get("loc"));
  ASSERT_TRUE(state);
  EXPECT_EQ(state->fetch_sequence, 1);
}

TEST(ParseStage, WaitsForABlobThatIsNotThere) {
  Fixture f;
  auto stage = f.stage();
  RawReport report = raw(1);
  report.body.reference = "cas://sha256/" + report.body.sha256;
  report.body.bytes.clear();
  const auto result = stage.process(stored(report), f.context);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(result.error().code, ErrorCode::kBlobMissing);
}

TEST(ParseStage, RefusesADocumentOverTheLimitWithoutLoadingIt) {
  Fixture f;
  auto stage = f.stage();
  RawReport report = raw(1);
  report.body.reference = "cas://sha256/" + report.body.sha256;
  report.body.bytes.clear();
  report.body.size = 60LL * 1024 * 1024;
  const auto result = stage.process(stored(report), f.context);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, ErrorKind::kInvalidInput);
  EXPECT_NE(result.error().message.find("TOO_LARGE"), std::string::npos);
}

TEST(ParseStage, UsesAnswersThatWerePreparedInParallel) {
  Fixture f;
  ParseStage stage([&f](const events::ReadRequest&) { return f.answer; }, nullptr, f.telemetry, {"x+1", 2});
  std::vector<StoredRecord> batch;
  for (std::int64_t i = 0; i < 20; ++i) {
    RawReport report = raw(1);
    report.location_id = "loc-" + std::to_string(i);
    batch.push_back(stored(report));
    batch.back().offset = i;
  }
  stage.prepare(batch);
  for (const StoredRecord& record : batch) ASSERT_TRUE(stage.process(record, f.context));
  EXPECT_EQ(f.context.emitted.size(), 20U);
}

TEST(ParseStage, TakesLargerBatchesWhileDocumentsAreQuickAndBatchesAreFull) {
  Fixture f;
  ParseStage stage([&f](const events::ReadRequest&) { return f.answer; }, nullptr, f.telemetry, {"x+1", 2});
  const auto batch_of = [](std::size_t records) {
    std::vector<StoredRecord> batch;
    for (std::size_t i = 0; i < records; ++i) {
      batch.push_back(stored(raw(1)));
      batch.back().offset = static_cast<std::int64_t>(i);
    }
    return batch;
  };
  EXPECT_EQ(stage.prepares_at_once(), 4U);
  stage.prepare(batch_of(3));
  EXPECT_EQ(stage.prepares_at_once(), 4U);
  std::vector<std::size_t> sizes;
  for (int i = 0; i < 4; ++i) {
    stage.prepare(batch_of(stage.prepares_at_once()));
    sizes.push_back(stage.prepares_at_once());
  }
  EXPECT_EQ(sizes, (std::vector<std::size_t>{8, 16, 32, 32}));
}

TEST(ParseStage, HoldsNoTwoLargeDocumentsAtOnce) {
  Fixture f;
  std::atomic<int> inside{0}, most{0};
  const auto reader = [&](const events::ReadRequest&) {
    const int now = ++inside;
    if (now > most) most = now;
    for (int i = 0; i < 200; ++i) std::this_thread::yield();  // time for the others to come in
    --inside;
    return f.answer;
  };
  ParseStage stage(reader, [](const std::string&) -> Result<std::string> { return std::string(); }, f.telemetry, {"x+1", 4});
  std::vector<StoredRecord> batch;
  for (std::int64_t i = 0; i < 12; ++i) {
    RawReport report = raw(1);
    report.location_id = "loc-" + std::to_string(i);
    report.body.reference = "cas://sha256/" + report.body.sha256;
    report.body.bytes.clear();
    report.body.size = 21LL * 1024 * 1024;
    batch.push_back(stored(report));
    batch.back().offset = i;
  }
  stage.prepare(batch);
  EXPECT_EQ(most, 1);
}

TEST(ParseStage, ReadsARecordAgainThatFoundNothingWhenItWasPrepared) {
  Fixture f;
  f.answer = unavailable(ErrorCode::kBlobMissing, "not yet");
  std::vector<StoredRecord> batch{stored(raw(1)), stored(gone(1))};
  batch[1].offset = 1;
  ParseStage parallel([&](const events::ReadRequest&) { ++f.reads; return f.answer; },
                      [](const std::string&) -> Result<std::string> { return std::string(); }, f.telemetry, {"x+1", 2});
  parallel.prepare(batch);
  const auto first = parallel.process(batch[0], f.context);
  ASSERT_FALSE(first);
  EXPECT_EQ(first.error().kind, ErrorKind::kUnavailable);
  f.answer = ReadOutcome(reading_of("organ-a"));
  EXPECT_TRUE(parallel.process(batch[0], f.context));
  EXPECT_EQ(f.context.emitted.size(), 1U);
}

TEST(ParseStage, TreatsDamagedStateAsFatal) {
  Fixture f;
  auto stage = f.stage();
  f.context.state().put("loc", "\xff\xff");
  const auto result = stage.process(stored(raw(1)), f.context);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, ErrorKind::kFatal);
}

}  // namespace
}  // namespace gouji::parser
