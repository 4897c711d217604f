#include "tests/integration/eventlog_conformance.h"

#include <algorithm>
#include <chrono>
#include <set>

#include "tests/support/record_of.h"

namespace gouji::testing {

using namespace eventlog;  // NOLINT: the suite is about nothing else

namespace {

// Polls until `count` records have come, or for a time that is far longer than it takes.
std::vector<StoredRecord> poll_until(StageLog& stage, std::size_t count) {
  std::vector<StoredRecord> all;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (all.size() < count && std::chrono::steady_clock::now() < deadline) {
    auto polled = stage.poll(std::chrono::milliseconds(100), {});
    if (!polled) {
      ADD_FAILURE() << polled.error().message;
      break;
    }
    for (auto& stored : *polled) all.push_back(std::move(stored));
  }
  return all;
}

// One transaction, and the first outcome in it that is not kOk.
Outcome transact(StageLog& stage, const std::vector<Outgoing>& records, const Offsets& next = {}) {
  Outcome outcome = stage.begin();
  for (const Outgoing& outgoing : records) {
    if (outcome == Outcome::kOk) outcome = stage.append(outgoing);
  }
  if (outcome == Outcome::kOk && !next.empty()) outcome = stage.send_offsets(next);
  return outcome == Outcome::kOk ? stage.commit() : outcome;
}

struct Assignments final : RebalanceListener {
  void assigned(const std::vector<TopicPartition>& partitions) override { count += partitions.size(); }
  void revoked(const std::vector<TopicPartition>& partitions, bool) override { count -= partitions.size(); }
  std::size_t count = 0;
};

}  // namespace

std::string EventLogConformance::topic(std::int32_t partitions, bool compacted) {
  static int number = 0;
  TopicSpec spec;
  spec.name = backend_->unique("topic-" + std::to_string(++number));
  spec.partitions = partitions;
  spec.compacted = compacted;
  spec.delete_retention_ms = 60'000;
  const auto created = log_->create_topic(spec);
  EXPECT_TRUE(created.has_value()) << (created ? "" : created.error().message);
  return spec.name;
}

std::unique_ptr<Appender> EventLogConformance::appender() {
  auto appender = log_->open_appender();
  if (!appender) ADD_FAILURE() << appender.error().message;
  return std::move(*appender);
}

void EventLogConformance::append(const std::vector<Outgoing>& records) {
  const auto appended = appender()->append(records);
  ASSERT_TRUE(appended.has_value()) << appended.error().message;
}

std::unique_ptr<StageLog> EventLogConformance::stage_log(const std::string& group, const std::string& transactional_id,
                                                         const std::string& input) {
  StageLogOptions options;
  options.group = backend_->unique(group);
  options.transactional_id = backend_->unique(transactional_id);
  options.inputs = {input};
  auto stage = log_->open_stage_log(options);
  if (!stage) ADD_FAILURE() << stage.error().message;
  return std::move(*stage);
}

void EventLogConformance::reopen() {
  log_.reset();
  log_ = backend_->open();
  ASSERT_NE(log_, nullptr);
}

std::vector<std::string> EventLogConformance::settled_values(const TopicPartition& at) {
  backend_->settle(*log_, at);
  return values_of(read_all(*log_, at));
}

TEST_P(EventLogConformance, KeepsTheOrderOfAPartitionAndRisingOffsets) {
  const std::string name = topic();
  append({to(name, 0, "a"), to(name, 1, "x"), to(name, 0, "b")});
  append({to(name, 0, "c")});
  const auto records = read_all(*log_, {name, 0});
  EXPECT_EQ(values_of(records), (std::vector<std::string>{"a", "b", "c"}));
  for (std::size_t i = 1; i < records.size(); ++i) EXPECT_LT(records[i - 1].offset, records[i].offset);
  EXPECT_EQ(values_of(read_all(*log_, {name, 1})), std::vector<std::string>{"x"});
}

TEST_P(EventLogConformance, PutsAKeyWhereJavasPartitionerPutsIt) {
  const std::string name = topic(5);
  append({{name, std::nullopt, record_of("foobar", "by key")}});
  EXPECT_EQ(values_of(read_all(*log_, {name, partition_of("foobar", 5)})), std::vector<std::string>{"by key"});
}

TEST_P(EventLogConformance, TellsNullFromEmptyAndKeepsHeadersInOrder) {
  const std::string name = topic(1);
  const Record full{"key", "value", {{"b", "1"}, {"a", std::nullopt}, {"b", ""}}, 1'700'000'000'123};
  const Record empty{"", "", {}, 1'700'000'000'124};
  const Record null{std::nullopt, std::nullopt, {}, 1'700'000'000'125};
  append({{name, 0, full}, {name, 0, empty}, {name, 0, null}});
  const auto records = read_all(*log_, {name, 0});
  ASSERT_EQ(records.size(), 3U);
  EXPECT_EQ(records[0].record, full);
  EXPECT_EQ(records[1].record, empty);
  EXPECT_EQ(records[2].record, null);
}

TEST_P(EventLogConformance, TakesTheLargestRecordAndRefusesOneByteMore) {
  const std::string name = topic(1);
  const std::string largest(kRecordBytesMax - 1, 'v');
  append({{name, 0, record_of("k", largest)}});
  const auto refused = appender()->append(std::vector<Outgoing>{{name, 0, record_of("k", largest + "v")}});
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::kTooLarge);

  const auto stage = stage_log("g", "t", name);
  ASSERT_EQ(stage->open_producer(), Outcome::kOk);
  ASSERT_EQ(stage->begin(), Outcome::kOk);
  EXPECT_EQ(stage->append({name, 0, record_of("k", largest + "v")}), Outcome::kAbortable);
  EXPECT_NE(stage->last_error(), "");
  EXPECT_EQ(stage->abort(), Outcome::kOk);
  EXPECT_EQ(read_all(*log_, {name, 0}).size(), 1U);
  stage->close();
}

TEST_P(EventLogConformance, GivesEachGroupEveryRecord) {
  const std::string name = topic(1);
  append({to(name, 0, "a"), to(name, 0, "b")});
  for (const char* group : {"first", "second"}) {
    const auto stage = stage_log(group, group, name);
    ASSERT_EQ(stage->open_producer(), Outcome::kOk);
    EXPECT_EQ(values_of(poll_until(*stage, 2)), (std::vector<std::string>{"a", "b"})) << group;
    stage->close();
  }
}

TEST_P(EventLogConformance, ShowsATransactionAsAWholeOrNotAtAll) {
  const std::string name = topic(2);
  const auto stage = stage_log("g", "t", name);
  ASSERT_EQ(stage->open_producer(), Outcome::kOk);
  ASSERT_EQ(stage->begin(), Outcome::kOk);
  ASSERT_EQ(stage->append(to(name, 0, "a")), Outcome::kOk);
  ASSERT_EQ(stage->append(to(name, 1, "b")), Outcome::kOk);
  EXPECT_TRUE(read_all(*log_, {name, 0}).empty());
  ASSERT_EQ(stage->commit(), Outcome::kOk);
  EXPECT_EQ(settled_values({name, 0}), std::vector<std::string>{"a"});
  EXPECT_EQ(settled_values({name, 1}), std::vector<std::string>{"b"});

  ASSERT_EQ(stage->begin(), Outcome::kOk);
  ASSERT_EQ(stage->append(to(name, 0, "aborted")), Outcome::kOk);
  ASSERT_EQ(stage->abort(), Outcome::kOk);
  ASSERT_EQ(transact(*stage, {to(name, 0, "c")}), Outcome::kOk);
  EXPECT_EQ(settled_values({name, 0}), (std::vector<std::string>{"a", "c"}));
  stage->close();
}

TEST_P(EventLogConformance, CommitsOffsetsWithTheRecordsThatCameOfThem) {
  const std::string input = topic(1);
  const std::string output = topic(1);
  append({to(input, 0, "a"), to(input, 0, "b"), to(input, 0, "c")});
  const TopicPartition at{input, 0};
  auto stage = stage_log("g", "t", input);
  ASSERT_EQ(stage->open_producer(), Outcome::kOk);
  const auto records = poll_until(*stage, 3);
  ASSERT_EQ(records.size(), 3U);
  ASSERT_EQ(transact(*stage, {to(output, 0, "A")}, {{at, records[0].offset + 1}}), Outcome::kOk);
  ASSERT_EQ(stage->begin(), Outcome::kOk);
  ASSERT_EQ(stage->append(to(output, 0, "B")), Outcome::kOk);
  ASSERT_EQ(stage->send_offsets({{at, records[1].offset + 1}}), Outcome::kOk);
  ASSERT_EQ(stage->abort(), Outcome::kOk);
  const auto committed = stage->committed({at});
  ASSERT_TRUE(committed.has_value());
  EXPECT_EQ(*committed, (Offsets{{at, records[0].offset + 1}}));
  stage->close();
  stage.reset();

  stage = stage_log("g", "t", input);
  ASSERT_EQ(stage->open_producer(), Outcome::kOk);
  EXPECT_EQ(values_of(poll_until(*stage, 2)), (std::vector<std::string>{"b", "c"}));
  EXPECT_EQ(settled_values({output, 0}), std::vector<std::string>{"A"});
  stage->close();
}

TEST_P(EventLogConformance, HasNoCommittedOffsetsBeforeTheFirstCommit) {
  const std::string input = topic(2);
  const auto stage = stage_log("fresh", "t", input);
  const auto committed = stage->committed({{input, 0}, {input, 1}});
  ASSERT_TRUE(committed.has_value());
  EXPECT_TRUE(committed->empty());
  stage->close();
}

TEST_P(EventLogConformance, FencesAnOlderIncarnationAndLeavesNothingOfItsTransaction) {
  const std::string name = topic(1);
  const auto old = stage_log("g", "same", name);
  ASSERT_EQ(old->open_producer(), Outcome::kOk);
  for (int polls = 0; old->assignment().empty() && polls < 300; ++polls) {
    ASSERT_TRUE(old->poll(std::chrono::milliseconds(100), {}).has_value());
  }
  ASSERT_EQ(old->begin(), Outcome::kOk);
  ASSERT_EQ(old->append(to(name, 0, "zombie")), Outcome::kOk);
  const auto young = stage_log("g2", "same", name);
  ASSERT_EQ(young->open_producer(), Outcome::kOk);
  Outcome outcome = old->send_offsets({{{name, 0}, 0}});
  if (outcome == Outcome::kOk) outcome = old->commit();
  EXPECT_EQ(outcome, Outcome::kFenced) << to_string(outcome) << " " << old->last_error();
  ASSERT_EQ(transact(*young, {to(name, 0, "alive")}), Outcome::kOk);
  EXPECT_EQ(settled_values({name, 0}), std::vector<std::string>{"alive"});
  young->close();
}

TEST_P(EventLogConformance, OpensTheProducerAgainAndGoesOn) {
  const std::string name = topic(1);
  const auto stage = stage_log("g", "t", name);
  ASSERT_EQ(stage->open_producer(), Outcome::kOk);
  ASSERT_EQ(stage->begin(), Outcome::kOk);
  ASSERT_EQ(stage->append(to(name, 0, "left behind")), Outcome::kOk);
  ASSERT_EQ(stage->open_producer(), Outcome::kOk);
  ASSERT_EQ(transact(*stage, {to(name, 0, "kept")}), Outcome::kOk);
  EXPECT_EQ(settled_values({name, 0}), std::vector<std::string>{"kept"});
  stage->close();
}

TEST_P(EventLogConformance, TellsTheListenerOfItsPartitionsDuringPoll) {
  const std::string name = topic(3);
  append({to(name, 2, "a")});
  Assignments assignments;
  const auto stage = stage_log("g", "t", name);
  stage->set_listener(assignments);
  ASSERT_EQ(stage->open_producer(), Outcome::kOk);
  EXPECT_EQ(assignments.count, 0U);
  poll_until(*stage, 1);
  EXPECT_EQ(assignments.count, 3U);
  EXPECT_EQ(stage->assignment().size(), 3U);
  stage->close();
}

TEST_P(EventLogConformance, SeeksBackAndForth) {
  const std::string name = topic(1);
  append({to(name, 0, "a"), to(name, 0, "b"), to(name, 0, "c")});
  const auto stage = stage_log("g", "t", name);
  ASSERT_EQ(stage->open_producer(), Outcome::kOk);
  const auto records = poll_until(*stage, 3);
  ASSERT_EQ(records.size(), 3U);
  ASSERT_TRUE(stage->seek({{{name, 0}, records[1].offset}}).has_value());
  EXPECT_EQ(values_of(poll_until(*stage, 2)), (std::vector<std::string>{"b", "c"}));
  stage->close();
}

TEST_P(EventLogConformance, GivesNothingOfAPausedPartitionUntilItIsResumed) {
  const std::string name = topic(2);
  append({to(name, 0, "a"), to(name, 1, "x")});
  const auto stage = stage_log("g", "t", name);
  ASSERT_EQ(stage->open_producer(), Outcome::kOk);
  ASSERT_EQ(poll_until(*stage, 2).size(), 2U);
  stage->pause({{name, 0}});
  append({to(name, 0, "b"), to(name, 1, "y")});
  EXPECT_EQ(values_of(poll_until(*stage, 1)), std::vector<std::string>{"y"});
  stage->resume({{name, 0}});
  EXPECT_EQ(values_of(poll_until(*stage, 1)), std::vector<std::string>{"b"});
  stage->close();
}

TEST_P(EventLogConformance, GoesOnWhereItStoppedAfterARestart) {
  const std::string input = topic(1);
  const std::string output = topic(1);
  append({to(input, 0, "a"), to(input, 0, "b")});
  const TopicPartition at{input, 0};
  auto stage = stage_log("g", "t", input);
  ASSERT_EQ(stage->open_producer(), Outcome::kOk);
  const auto records = poll_until(*stage, 2);
  ASSERT_EQ(records.size(), 2U);
  ASSERT_EQ(transact(*stage, {to(output, 0, "A")}, {{at, records[0].offset + 1}}), Outcome::kOk);
  ASSERT_EQ(stage->begin(), Outcome::kOk);
  ASSERT_EQ(stage->append(to(output, 0, "B, torn")), Outcome::kOk);
  stage.reset();  // as a crash would
  reopen();

  stage = stage_log("g", "t", input);
  ASSERT_EQ(stage->open_producer(), Outcome::kOk);
  EXPECT_EQ(values_of(poll_until(*stage, 1)), std::vector<std::string>{"b"});
  EXPECT_EQ(settled_values({output, 0}), std::vector<std::string>{"A"});
  bool found = false;
  const auto offsets = log_->committed_offsets();
  ASSERT_TRUE(offsets.has_value());
  for (const CommittedOffset& offset : *offsets) {
    found = found || (offset.group == backend_->unique("g") && offset.at == at && offset.offset == records[0].offset + 1);
  }
  EXPECT_TRUE(found);
  stage->close();
}

TEST_P(EventLogConformance, PutsADeadLetterAndTheOffsetIntoOneTransaction) {
  const std::string input = topic(1);
  const std::string dead = topic(1);
  append({to(input, 0, "poison")});
  const TopicPartition at{input, 0};
  const auto stage = stage_log("g", "t", input);
  ASSERT_EQ(stage->open_producer(), Outcome::kOk);
  const auto records = poll_until(*stage, 1);
  ASSERT_EQ(records.size(), 1U);
  Outgoing letter{dead, 0, records[0].record};
  letter.record.headers.push_back({"dlq_offset", std::to_string(records[0].offset)});
  ASSERT_EQ(transact(*stage, {letter}, {{at, records[0].offset + 1}}), Outcome::kOk);
  backend_->settle(*log_, {dead, 0});
  const auto letters = read_all(*log_, {dead, 0});
  ASSERT_EQ(letters.size(), 1U);
  EXPECT_EQ(letters[0].record, letter.record);
  EXPECT_EQ(stage->committed({at}).value(), (Offsets{{at, records[0].offset + 1}}));
  stage->close();
}

TEST_P(EventLogConformance, ReadsFromAnyOffsetWithinItsLimits) {
  const std::string name = topic(1);
  for (const char* value : {"a", "b", "c", "d"}) append({to(name, 0, value)});
  const TopicPartition at{name, 0};
  const auto all = read_all(*log_, at);
  ASSERT_EQ(all.size(), 4U);
  auto batch = log_->read(at, all[1].offset, {2, 1'000'000});
  ASSERT_TRUE(batch.has_value());
  EXPECT_EQ(values_of(batch->records), (std::vector<std::string>{"b", "c"}));
  EXPECT_GT(batch->next, all[2].offset);
  EXPECT_LE(batch->next, all[3].offset);
  batch = log_->read(at, all[1].offset, {100, 1});
  ASSERT_TRUE(batch.has_value());
  EXPECT_EQ(values_of(batch->records), std::vector<std::string>{"b"});  // one, whatever its size

  const auto end = log_->end_offset(at, Isolation::kCommitted);
  ASSERT_TRUE(end.has_value());
  EXPECT_GT(*end, all[3].offset);
  batch = log_->read(at, *end, {});
  ASSERT_TRUE(batch.has_value());
  EXPECT_TRUE(batch->records.empty());
  EXPECT_EQ(batch->next, *end);
  EXPECT_LE(log_->begin_offset(at).value(), all[0].offset);
}

TEST_P(EventLogConformance, ReadsPastTheGapBehindTheLastRecord) {
  const std::string name = topic(1);
  const auto stage = stage_log("g", "t", name);
  ASSERT_EQ(stage->open_producer(), Outcome::kOk);
  ASSERT_EQ(transact(*stage, {to(name, 0, "a")}), Outcome::kOk);
  const TopicPartition at{name, 0};
  backend_->settle(*log_, at);
  const auto end = log_->end_offset(at, Isolation::kCommitted);
  ASSERT_TRUE(end.has_value());
  std::int64_t from = 0;
  std::size_t records = 0;
  for (int reads = 0; from < *end && reads < 100; ++reads) {
    const auto batch = log_->read(at, from, {});
    ASSERT_TRUE(batch.has_value());
    records += batch->records.size();
    from = batch->next;
  }
  EXPECT_EQ(from, *end);
  EXPECT_EQ(records, 1U);
  stage->close();
}

TEST_P(EventLogConformance, FindsTheFirstOffsetThatIsNotBeforeATime) {
  const std::string name = topic(1);
  const UnixMillis base = 1'700'000'000'000;
  for (const int seconds : {10, 20, 15, 30}) {
    append({{name, 0, record_of("k", std::to_string(seconds), base + seconds * 1000)}});
  }
  const TopicPartition at{name, 0};
  const auto all = read_all(*log_, at);
  ASSERT_EQ(all.size(), 4U);
  EXPECT_EQ(log_->offset_at(at, base).value(), all[0].offset);
  EXPECT_EQ(log_->offset_at(at, base + 10'000).value(), all[0].offset);
  EXPECT_EQ(log_->offset_at(at, base + 10'001).value(), all[1].offset);
  EXPECT_EQ(log_->offset_at(at, base + 15'000).value(), all[1].offset);
  EXPECT_EQ(log_->offset_at(at, base + 30'000).value(), all[3].offset);
  EXPECT_EQ(log_->offset_at(at, base + 30'001).value(), log_->end_offset(at, Isolation::kCommitted).value());
}

TEST_P(EventLogConformance, KeepsRepeatsOfAnAppenderSideBySide) {
  const std::string name = topic(1);
  const auto writer = appender();
  const std::vector<Outgoing> records{to(name, 0, "a"), to(name, 0, "b")};
  ASSERT_TRUE(writer->append(records).has_value());
  ASSERT_TRUE(writer->append(records).has_value());
  EXPECT_EQ(values_of(read_all(*log_, {name, 0})), (std::vector<std::string>{"a", "b", "a", "b"}));
}

TEST_P(EventLogConformance, ListsTopicsAsTheyWereCreated) {
  const std::string name = topic(3, true);
  const auto topics = log_->topics();
  ASSERT_TRUE(topics.has_value());
  const auto found =
      std::find_if(topics->begin(), topics->end(), [&](const TopicSpec& spec) { return spec.name == name; });
  ASSERT_NE(found, topics->end());
  EXPECT_EQ(found->partitions, 3);
  EXPECT_TRUE(found->compacted);
  EXPECT_EQ(log_->partitions(name).value(), 3);
  EXPECT_EQ(log_->partitions(name + "-not-there").error().code, ErrorCode::kNotFound);
  TopicSpec again = *found;
  EXPECT_EQ(log_->create_topic(again).error().code, ErrorCode::kBadArgument);
}

TEST_P(EventLogConformance, KeepsTheNewestOfEachKeyAndDropsTombstonesInTime) {
  const std::string name = topic(1, true);
  append({{name, 0, record_of("a", "1")}, {name, 0, record_of("b", "1")}, {name, 0, record_of("a", "2")}});
  append({{name, 0, record_of("b", std::nullopt)}, {name, 0, record_of("c", "1")}});
  const UnixMillis now = 1'900'000'000'000;
  if (!backend_->maintain(*log_, now)) GTEST_SKIP() << "this log compacts in its own time";
  const TopicPartition at{name, 0};
  EXPECT_EQ(values_of(read_all(*log_, at)), (std::vector<std::string>{"2", "<null>", "1"}));
  backend_->maintain(*log_, now + 59'000);
  EXPECT_EQ(read_all(*log_, at).size(), 3U);
  backend_->maintain(*log_, now + 61'000);
  EXPECT_EQ(values_of(read_all(*log_, at)), (std::vector<std::string>{"2", "1"}));
  append({{name, 0, record_of("a", "3")}});
  backend_->maintain(*log_, now + 62'000);
  EXPECT_EQ(values_of(read_all(*log_, at)), (std::vector<std::string>{"1", "3"}));
}

TEST_P(EventLogConformance, WakesAWaitingReaderWhenSomethingIsAppended) {
  const std::string name = topic(1);
  const auto stage = stage_log("g", "t", name);
  ASSERT_EQ(stage->open_producer(), Outcome::kOk);
  ASSERT_TRUE(stage->poll(std::chrono::milliseconds(200), {}).has_value());
  append({to(name, 0, "a")});
  EXPECT_EQ(values_of(poll_until(*stage, 1)), std::vector<std::string>{"a"});
  log_->wait_for_append(std::chrono::milliseconds(1));
  stage->close();
}

}  // namespace gouji::testing
