#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/eventlog/local/store.h"
#include "tests/support/record_of.h"
#include "tests/support/temp_folder.h"
#include "tests/unit/common/eventlog/local/open_local.h"

namespace gouji::testing {
namespace {

using namespace eventlog;  // NOLINT: the tests are about nothing else
using ::testing::ElementsAre;

constexpr std::int64_t kDay = 86'400'000;
constexpr std::chrono::hours kNoHurry{1};

void commit_offset(EventLog& log, const std::string& topic, std::int64_t offset) {
  auto stage = std::move(*log.open_stage_log({"g", "id-" + topic, {topic}, std::nullopt}));
  ASSERT_EQ(stage->open_producer(), Outcome::kOk);
  ASSERT_EQ(stage->begin(), Outcome::kOk);
  ASSERT_EQ(stage->send_offsets({{{topic, 0}, offset}}), Outcome::kOk);
  ASSERT_EQ(stage->commit(), Outcome::kOk);
}

TEST(Retention, TakesWhatIsOldAndAdvancesTheBeginning) {
  const TempFolder folder;
  const auto log = open_as(folder.file("log.db"), LocalMode::kOwner);
  create(*log, "t", 1, kDay);
  create(*log, "kept");
  append(*log, {to("t", 0, "a"), to("t", 0, "b"), to("kept", 0, "c")});
  const UnixMillis now = wall_clock_millis();
  auto report = maintain_local_log(*log, now + kDay / 2, {100});
  ASSERT_TRUE(report.has_value());
  EXPECT_EQ(report->expired_records, 0);
  report = maintain_local_log(*log, now + 2 * kDay, {100});
  ASSERT_TRUE(report.has_value()) << report.error().message;
  EXPECT_EQ(report->expired_records, 2);
  EXPECT_TRUE(report->is_done);
  EXPECT_TRUE(read_all(*log, {"t", 0}).empty());
  EXPECT_EQ(log->begin_offset({"t", 0}).value(), 2);
  EXPECT_EQ(log->end_offset({"t", 0}, Isolation::kCommitted).value(), 3);
  EXPECT_THAT(values_of(read_all(*log, {"kept", 0})), ElementsAre("c"));
  append(*log, {to("t", 0, "d")});
  EXPECT_EQ(read_all(*log, {"t", 0}).at(0).offset, 3);  // offsets are never used again
}

TEST(Retention, LeavesWhatAGroupHasStillToRead) {
  const TempFolder folder;
  const auto log = open_as(folder.file("log.db"), LocalMode::kOwner);
  create(*log, "t", 1, kDay);
  append(*log, {to("t", 0, "a"), to("t", 0, "b"), to("t", 0, "c")});
  commit_offset(*log, "t", 1);
  ASSERT_TRUE(maintain_local_log(*log, wall_clock_millis() + 2 * kDay, {100}).has_value());
  EXPECT_THAT(values_of(read_all(*log, {"t", 0})), ElementsAre("b", "c"));
}

// A dead letter keeps the time of its record, which may be older than the topic's retention.
TEST(Retention, CountsFromTheAppendAndNotFromTheRecordsTime) {
  const TempFolder folder;
  const auto log = open_as(folder.file("log.db"), LocalMode::kOwner);
  create(*log, "t", 1, kDay);
  append(*log, {{"t", 0, record_of("k", "old", wall_clock_millis() - 100 * kDay)}});
  ASSERT_TRUE(maintain_local_log(*log, wall_clock_millis(), {100}).has_value());
  EXPECT_EQ(read_all(*log, {"t", 0}).size(), 1U);
}

TEST(Retention, StopsAtItsLimitAndGoesOnLater) {
  const TempFolder folder;
  const auto log = open_as(folder.file("log.db"), LocalMode::kOwner);
  create(*log, "t", 1, kDay);
  append(*log, std::vector<Outgoing>(2500, to("t", 0, "x")));
  const UnixMillis later = wall_clock_millis() + 2 * kDay;
  auto report = maintain_local_log(*log, later, {1, kNoHurry});
  ASSERT_TRUE(report.has_value());
  EXPECT_EQ(report->expired_records, 1000);
  EXPECT_FALSE(report->is_done);
  report = maintain_local_log(*log, later, {100});
  EXPECT_EQ(report->expired_records, 1500);
  EXPECT_TRUE(report->is_done);
}

TEST(Compaction, GoesOnWhereItStopped) {
  const TempFolder folder;
  const auto log = open_as(folder.file("log.db"), LocalMode::kOwner);
  TopicSpec spec;
  spec.name = "t";
  spec.compacted = true;
  ASSERT_TRUE(log->create_topic(spec).has_value());
  std::vector<Outgoing> records;
  for (int i = 0; i < 2500; ++i) records.push_back({"t", 0, record_of("key-" + std::to_string(i % 10), std::to_string(i))});
  append(*log, records);
  const UnixMillis now = wall_clock_millis();
  auto report = maintain_local_log(*log, now, {1, kNoHurry});
  ASSERT_TRUE(report.has_value());
  EXPECT_FALSE(report->is_done);
  EXPECT_EQ(report->compacted_records, 990);
  report = maintain_local_log(*log, now, {100});
  EXPECT_TRUE(report->is_done);
  EXPECT_EQ(read_all(*log, {"t", 0}).size(), 10U);
  EXPECT_EQ(values_of(read_all(*log, {"t", 0})).back(), "2499");
}

TEST(Maintenance, LetsTheWriterGoWhenTheTimeOfAChunkIsUpAndGoesOnThere) {
  const TempFolder folder;
  const auto log = open_as(folder.file("log.db"), LocalMode::kOwner);
  create(*log, "old", 1, kDay);
  TopicSpec spec;
  spec.name = "state";
  spec.compacted = true;
  ASSERT_TRUE(log->create_topic(spec).has_value());
  append(*log, std::vector<Outgoing>(5, to("old", 0, "x")));
  std::vector<Outgoing> records;
  for (int i = 0; i < 6; ++i) records.push_back({"state", 0, record_of("key-" + std::to_string(i % 2), std::to_string(i))});
  append(*log, records);
  const UnixMillis later = wall_clock_millis() + 2 * kDay;
  const std::chrono::milliseconds no_time(0);
  auto report = maintain_local_log(*log, later, {2, no_time});
  ASSERT_TRUE(report.has_value());
  EXPECT_FALSE(report->is_done);
  EXPECT_EQ(read_all(*log, {"old", 0}).size(), 3U);
  EXPECT_EQ(log->begin_offset({"old", 0}).value(), 2);
  report = maintain_local_log(*log, later, {100, no_time});
  EXPECT_TRUE(report->is_done);
  EXPECT_TRUE(read_all(*log, {"old", 0}).empty());
  EXPECT_EQ(report->compacted_records, 4);
  EXPECT_THAT(values_of(read_all(*log, {"state", 0})), ElementsAre("4", "5"));
}

TEST(Compaction, RefusesRecordsWithoutAKey) {
  const TempFolder folder;
  const auto log = open_as(folder.file("log.db"), LocalMode::kOwner);
  TopicSpec spec;
  spec.name = "t";
  spec.compacted = true;
  ASSERT_TRUE(log->create_topic(spec).has_value());
  const std::vector<Outgoing> records{{"t", 0, record_of(std::nullopt, "v")}};
  EXPECT_EQ((*log->open_appender())->append(records).error().code, ErrorCode::kBadArgument);
}

TEST(Offsets, ExpireAfterAYearUnlessTheGroupIsAtWork) {
  const TempFolder folder;
  const std::string path = folder.file("log.db");
  auto log = open_as(path, LocalMode::kOwner);
  create(*log, "t");
  append(*log, {to("t", 0, "a")});
  commit_offset(*log, "t", 1);
  const UnixMillis later = wall_clock_millis() + 400 * kDay;
  ASSERT_TRUE(maintain_local_log(*log, later, {100}).has_value());
  EXPECT_EQ(log->committed_offsets()->size(), 1U);  // its stage was opened in this process
  log.reset();
  log = open_as(path, LocalMode::kOwner);
  ASSERT_TRUE(maintain_local_log(*log, later + 400 * kDay, {100}).has_value());
  EXPECT_EQ(log->committed_offsets()->size(), 0U);
}

}  // namespace
}  // namespace gouji::testing
