// The Kafka log against a real broker: what the conformance suite, which knows both logs, cannot ask.
#include "common/eventlog/kafka/kafka_log.h"

#include <atomic>

#include "tests/support/kafka/kafka_broker.h"
#include "tests/support/kafka/kafka_workload.h"

namespace gouji::eventlog {
namespace {

using namespace gouji::testing;
using std::chrono::milliseconds;
using ::testing::HasSubstr;

TEST(KafkaLog, ReadsBackWhatAnAppenderWrote) {
  GOUJI_SHARED_KAFKA(bootstrap);
  const auto log = open_kafka(bootstrap);
  const std::string topic = new_topic(*log, 2);
  auto appender = log->open_appender();
  ASSERT_TRUE(appender) << appender.error().message;

  const std::vector<Outgoing> records = {
      {topic, 1, {"key", "value", {{"name", "text"}, {"name", std::nullopt}, {"", ""}}, 1'700'000'000'001}},
      {topic, 1, {std::nullopt, std::nullopt, {}, 1'700'000'000'002}},
      {topic, 1, {"", "", {}, 1'700'000'000'003}}};
  const auto written = (*appender)->append(records);
  ASSERT_TRUE(written) << written.error().message;

  const auto batch = log->read({topic, 1}, 0, {});
  ASSERT_TRUE(batch) << batch.error().message;
  ASSERT_EQ(batch->records.size(), 3U);
  for (std::size_t i = 0; i < records.size(); ++i) {
    EXPECT_EQ(batch->records[i].record, records[i].record) << "record " << i;
    EXPECT_EQ(batch->records[i].offset, static_cast<std::int64_t>(i));
  }
  EXPECT_EQ(batch->next, 3);
  EXPECT_TRUE(log->read({topic, 0}, 0, {})->records.empty());
}

TEST(KafkaLog, ReadsOtherPartitionsWhileARecordOfAPausedOneIsHeldBack) {
  GOUJI_SHARED_KAFKA(bootstrap);
  const auto log = open_kafka(bootstrap);
  const std::string input = new_topic(*log, 2);
  auto appender = std::move(*log->open_appender());
  const std::vector<Outgoing> two = {{input, 0, {"k", std::string(600, '1'), {}, 1}},
                                     {input, 0, {"k", std::string(600, '2'), {}, 1}}};
  ASSERT_TRUE(appender->append(two));
  auto stage = open_stage(*log, input);
  const auto poll_one = [&] {
    std::vector<StoredRecord> records;
    becomes_true([&] {
      auto polled = stage->poll(milliseconds(50), {1000, 700});
      if (polled) records = std::move(*polled);
      return !records.empty();
    });
    return records;
  };
  const auto first = poll_one();
  ASSERT_EQ(first.size(), 1U);
  stage->pause({{input, 0}});
  const std::vector<Outgoing> other = {{input, 1, {"k", "other", {}, 1}}};
  ASSERT_TRUE(appender->append(other));
  const auto second = poll_one();
  ASSERT_EQ(second.size(), 1U);
  EXPECT_EQ(second[0].record.value, "other");
  stage->resume({{input, 0}});
  const auto third = poll_one();
  ASSERT_EQ(third.size(), 1U);
  EXPECT_EQ(third[0].offset, 1);
}

TEST(KafkaLog, PassesAbortedRecordsAndMarkersWhenItReads) {
  GOUJI_SHARED_KAFKA(bootstrap);
  const auto log = open_kafka(bootstrap);
  const std::string input = new_topic(*log, 1);
  const std::string output = new_topic(*log, 1);
  auto stage = open_stage(*log, input);
  ASSERT_EQ(stage->open_producer(), Outcome::kOk) << stage->last_error();
  for (const bool commits : {true, false, true, false}) {
    ASSERT_EQ(stage->begin(), Outcome::kOk) << stage->last_error();
    ASSERT_EQ(stage->append({output, 0, {"k", commits ? "committed" : "aborted", {}, 1}}), Outcome::kOk);
    ASSERT_EQ(commits ? stage->commit() : stage->abort(), Outcome::kOk) << stage->last_error();
    if (stage->in_doubt()) {
      ASSERT_EQ(stage->open_producer(), Outcome::kOk);
    }
  }

  const auto batch = log->read({output, 0}, 0, {});
  ASSERT_TRUE(batch) << batch.error().message;
  ASSERT_EQ(batch->records.size(), 2U);
  for (const StoredRecord& stored : batch->records) EXPECT_EQ(stored.record.value, "committed");
  EXPECT_EQ(batch->next, *log->end_offset({output, 0}, Isolation::kCommitted));
  EXPECT_EQ(batch->next, 8);  // four records and four markers
  const auto rest = log->read({output, 0}, batch->records[1].offset + 1, {});
  ASSERT_TRUE(rest);
  EXPECT_TRUE(rest->records.empty());
  EXPECT_EQ(rest->next, 8);
}

TEST(KafkaLog, ShowsAnOpenTransactionOnlyInTheUncommittedEnd) {
  GOUJI_SHARED_KAFKA(bootstrap);
  const auto log = open_kafka(bootstrap);
  const std::string output = new_topic(*log, 1);
  auto stage = open_stage(*log, new_topic(*log, 1));
  ASSERT_EQ(stage->open_producer(), Outcome::kOk) << stage->last_error();
  ASSERT_EQ(stage->begin(), Outcome::kOk);
  ASSERT_EQ(stage->append({output, 0, {"k", "open", {}, 1}}), Outcome::kOk);
  EXPECT_TRUE(becomes_true([&] { return *log->end_offset({output, 0}, Isolation::kUncommitted) == 1; }));
  EXPECT_EQ(*log->end_offset({output, 0}, Isolation::kCommitted), 0);
  EXPECT_TRUE(log->read({output, 0}, 0, {})->records.empty());
  EXPECT_EQ(stage->abort(), Outcome::kOk) << stage->last_error();
}

TEST(KafkaLog, ReadsInPiecesOfTheGivenSize) {
  GOUJI_SHARED_KAFKA(bootstrap);
  const auto log = open_kafka(bootstrap);
  const std::string topic = new_topic(*log, 1);
  append_numbers(*log, topic, 0, 100);

  std::vector<std::string> values;
  std::int64_t next = 0;
  for (int reads = 0; reads < 200 && values.size() < 100; ++reads) {
    const auto batch = log->read({topic, 0}, next, {.records_max = 7, .bytes_max = 30});
    ASSERT_TRUE(batch) << batch.error().message;
    ASSERT_FALSE(batch->records.empty());
    std::size_t bytes = 0;
    for (const StoredRecord& stored : batch->records) {
      bytes += byte_size(stored.record);
      values.push_back(*stored.record.value);
    }
    EXPECT_TRUE(bytes <= 30 || batch->records.size() == 1) << bytes;
    EXPECT_LE(batch->records.size(), 7U);
    next = batch->next;
  }
  EXPECT_EQ(values, numbers(0, 100));
}

TEST(KafkaLog, ReadsNothingBeyondTheEnd) {
  GOUJI_SHARED_KAFKA(bootstrap);
  const auto log = open_kafka(bootstrap);
  const std::string topic = new_topic(*log, 1);
  append_numbers(*log, topic, 0, 3);
  const auto batch = log->read({topic, 0}, 50, {});
  ASSERT_TRUE(batch) << batch.error().message;
  EXPECT_TRUE(batch->records.empty());
  EXPECT_EQ(batch->next, 50);
}

TEST(KafkaLog, FindsOffsetsByTime) {
  GOUJI_SHARED_KAFKA(bootstrap);
  const auto log = open_kafka(bootstrap);
  const std::string topic = new_topic(*log, 1);
  auto appender = log->open_appender();
  std::vector<Outgoing> records;
  for (const UnixMillis time : {1'700'000'000'000, 1'700'000'001'000, 1'700'000'002'000}) {
    records.push_back({topic, 0, {"k", "v", {}, time}});
  }
  ASSERT_TRUE((*appender)->append(records));
  const auto at = [&](UnixMillis time) { return *log->offset_at({topic, 0}, time); };
  EXPECT_EQ(at(0), 0);
  EXPECT_EQ(at(1'700'000'000'001), 1);
  EXPECT_EQ(at(1'700'000'002'000), 2);
  EXPECT_EQ(at(1'700'000'002'001), 3);
  EXPECT_EQ(*log->begin_offset({topic, 0}), 0);
}

TEST(KafkaLog, DescribesTopicsAsTheyAre) {
  GOUJI_SHARED_KAFKA(bootstrap);
  const auto log = open_kafka(bootstrap);
  TopicSpec spec;
  spec.name = new_name("topic");
  spec.partitions = 3;
  spec.compacted = true;
  spec.delete_retention_ms = 12'345;
  spec.message_bytes_max = 2'000'000;
  spec.config = {{"segment.ms", "77777"}};
  const auto created = log->create_topic(spec);
  ASSERT_TRUE(created) << created.error().message;

  const auto topics = log->topics();
  ASSERT_TRUE(topics) << topics.error().message;
  const auto found = std::find_if(topics->begin(), topics->end(), [&](const TopicSpec& t) { return t.name == spec.name; });
  ASSERT_NE(found, topics->end());
  EXPECT_EQ(found->partitions, 3);
  EXPECT_EQ(found->replication, 1);
  EXPECT_TRUE(found->compacted);
  EXPECT_EQ(found->retention_ms, -1);
  EXPECT_EQ(found->delete_retention_ms, 12'345);
  EXPECT_EQ(found->message_bytes_max, 2'000'000);
  EXPECT_EQ(found->config.at("segment.ms"), "77777");
  EXPECT_EQ(found->config.at("min.insync.replicas"), "1");
  EXPECT_EQ(*log->partitions(spec.name), 3);
  for (const TopicSpec& topic : *topics) EXPECT_FALSE(topic.name.starts_with("__")) << topic.name;

  const auto again = log->create_topic(spec);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::kBadArgument);
  EXPECT_THAT(again.error().message, HasSubstr(spec.name));
}

TEST(KafkaLog, NamesATopicThatIsNotThere) {
  GOUJI_SHARED_KAFKA(bootstrap);
  const auto log = open_kafka(bootstrap);
  const auto partitions = log->partitions("gouji.nowhere");
  ASSERT_FALSE(partitions);
  EXPECT_EQ(partitions.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(partitions.error().message, HasSubstr("gouji.nowhere"));
  auto appender = log->open_appender();
  const std::vector<Outgoing> records = {{"gouji.nowhere", 0, {"k", "v", {}, 1}}};
  EXPECT_EQ((*appender)->append(records).error().code, ErrorCode::kNotFound);
}

TEST(KafkaLog, ListsTheCommittedOffsetsOfItsOwnGroups) {
  GOUJI_SHARED_KAFKA(bootstrap);
  const auto log = open_kafka(bootstrap);
  const std::string input = new_topic(*log, 1);
  append_numbers(*log, input, 0, 5);
  for (const std::string& group : {new_name("gouji-listed"), new_name("other")}) {
    auto stage = open_stage(*log, input, group);
    ASSERT_EQ(stage->open_producer(), Outcome::kOk);
    const auto records = poll_until(*stage, 5);
    ASSERT_EQ(records.size(), 5U);
    ASSERT_EQ(stage->begin(), Outcome::kOk);
    ASSERT_EQ(stage->send_offsets({{{input, 0}, 5}}), Outcome::kOk) << stage->last_error();
    ASSERT_EQ(stage->commit(), Outcome::kOk) << stage->last_error();
    EXPECT_EQ(stage->committed({{input, 0}})->at({input, 0}), 5);
    stage->close();
  }
  const auto all = log->committed_offsets();
  ASSERT_TRUE(all) << all.error().message;
  int own = 0;
  for (const CommittedOffset& committed : *all) {
    EXPECT_TRUE(committed.group.starts_with("gouji-")) << committed.group;
    if (committed.at.topic == input) {
      ++own;
      EXPECT_EQ(committed.offset, 5);
    }
  }
  EXPECT_EQ(own, 1);
}

TEST(KafkaLog, WakesUpWhenSomethingIsAppended) {
  GOUJI_SHARED_KAFKA(bootstrap);
  const auto log = open_kafka(bootstrap);
  const std::string topic = new_topic(*log, 1);
  ASSERT_TRUE(log->read({topic, 0}, 0, {})->records.empty());
  append_numbers(*log, topic, 0, 1);
  const auto began = std::chrono::steady_clock::now();
  log->wait_for_append(milliseconds(20'000));
  EXPECT_LT(std::chrono::steady_clock::now() - began, milliseconds(10'000));
}

TEST(KafkaLog, RefusesARecordOverTheLimitBeforeItIsSent) {
  GOUJI_SHARED_KAFKA(bootstrap);
  const auto log = open_kafka(bootstrap);
  const std::string topic = new_topic(*log, 1);
  const Outgoing largest{topic, 0, {"k", std::string(kRecordBytesMax - 1, 'x'), {}, 1}};
  const Outgoing larger{topic, 0, {"k", std::string(kRecordBytesMax, 'x'), {}, 1}};

  auto appender = log->open_appender();
  ASSERT_TRUE((*appender)->append({&largest, 1}));
  const auto refused = (*appender)->append({&larger, 1});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kTooLarge);
  EXPECT_EQ(refused.error().kind, ErrorKind::kInvalidInput);

  auto stage = open_stage(*log, topic);
  ASSERT_EQ(stage->open_producer(), Outcome::kOk);
  ASSERT_EQ(stage->begin(), Outcome::kOk);
  EXPECT_EQ(stage->append(largest), Outcome::kOk) << stage->last_error();
  EXPECT_EQ(stage->append(larger), Outcome::kAbortable);
  EXPECT_THAT(stage->last_error(), HasSubstr("1000001"));
  EXPECT_EQ(stage->abort(), Outcome::kOk) << stage->last_error();
  EXPECT_EQ(log->read({topic, 0}, 0, {})->records.size(), 1U);
}

TEST(KafkaLog, SaysWithinSecondsThatNoBrokerIsThere) {
  const auto log = open_kafka("127.0.0.1:1");
  const auto began = std::chrono::steady_clock::now();
  const auto partitions = log->partitions("gouji.any");
  ASSERT_FALSE(partitions);
  EXPECT_EQ(partitions.error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(partitions.error().code, ErrorCode::kLogUnavailable);
  EXPECT_THAT(partitions.error().message, HasSubstr("127.0.0.1:1"));
  EXPECT_THAT(partitions.error().message, HasSubstr("refused"));

  auto stage = open_stage(*log, "gouji.any");
  EXPECT_TRUE(becomes_true([&] {
    const auto polled = stage->poll(milliseconds(200), {});
    return !polled && polled.error().kind == ErrorKind::kUnavailable;
  }));
  EXPECT_EQ(stage->open_producer(), Outcome::kRetriable);
  EXPECT_THAT(stage->last_error(), HasSubstr("refused"));

  auto appender = log->open_appender();
  const std::vector<Outgoing> records = {{"gouji.any", 0, {"k", "v", {}, 1}}};
  EXPECT_EQ((*appender)->append(records).error().kind, ErrorKind::kUnavailable);
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(45));
}

}  // namespace
}  // namespace gouji::eventlog
