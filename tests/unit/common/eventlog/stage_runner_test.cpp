#include "common/eventlog/stage_runner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "common/eventlog/changelog.h"
#include "tests/support/record_of.h"
#include "tests/unit/common/eventlog/counting_stage.h"

namespace gouji::testing {
namespace {

using namespace eventlog;  // NOLINT: the tests are about nothing else
using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(StageRunner, TransformsEachRecordOnceAndInOrder) {
  Rig rig;
  for (int i = 0; i < 10; ++i) rig.append(i % 2, "v" + std::to_string(i));
  rig.start();
  ASSERT_TRUE(rig.run_until_idle());
  EXPECT_EQ(rig.broken_promise(), "");
  EXPECT_EQ(rig.observer.consumed_records, 10);
  EXPECT_EQ(rig.observer.produced_records["out"], 10);
  EXPECT_THAT(rig.observer.lags, ElementsAre(std::pair(0, 0), std::pair(1, 0)));
}

TEST(StageRunner, IsIdleOnlyWhenAllOfItsInputIsCommitted) {
  Rig rig;
  rig.start();
  ASSERT_TRUE(rig.run_until_idle());
  rig.append(0, "v");
  while (rig.out(0).empty()) {
    ASSERT_TRUE(rig.step());
    EXPECT_TRUE(!rig.out(0).empty() || !rig.runner->is_idle());
  }
  EXPECT_TRUE(rig.run_until_idle());
}

// How old the transaction of these records becomes when nothing follows them. By this clock only waiting takes time.
std::chrono::nanoseconds age_at_commit(int records) {
  Rig rig;
  rig.options.transaction_records_max = 1000;
  for (int i = 0; i < records; ++i) rig.append(0, "v");
  rig.start();
  const auto began = rig.clock.monotonic();
  while (rig.out(0).empty() && rig.step()) {
  }
  EXPECT_EQ(rig.out(0).size(), static_cast<std::size_t>(records));
  return rig.clock.monotonic() - began;
}

TEST(StageRunner, CommitsByAge) { EXPECT_EQ(age_at_commit(600), StageRunnerOptions().transaction_age_max); }

TEST(StageRunner, CommitsFewRecordsSoonerWhereNothingWaits) { EXPECT_LE(age_at_commit(1), milliseconds(10)); }

TEST(StageRunner, CommitsByCount) {
  Rig rig;
  for (int i = 0; i < 7; ++i) rig.append(0, "v");
  rig.start();
  ASSERT_TRUE(rig.step());
  EXPECT_EQ(rig.out(0).size(), 6U);
  EXPECT_EQ(rig.observer.transactions[TransactionResult::kCommitted], 2);
}

TEST(StageRunner, CommitsByBytes) {
  Rig rig;
  rig.options.transaction_records_max = 1000;
  rig.options.transaction_bytes_max = 1;
  rig.append(0, "a");
  rig.append(0, "b");
  rig.start();
  ASSERT_TRUE(rig.step());
  EXPECT_EQ(rig.observer.transactions[TransactionResult::kCommitted], 2);
}

TEST(StageRunner, PreparesASmallBatchAtATimeWhileTheTransactionBeforeEnds) {
  Rig rig;
  rig.options.transaction_records_max = 1000;
  for (int i = 0; i < 5; ++i) rig.append(0, "v");
  rig.start();
  std::vector<std::size_t> prepared;  // records; the transaction before may be ending on another thread
  rig.stage->on_prepare = [&](std::size_t records) { prepared.push_back(records); };
  ASSERT_TRUE(rig.run_until_idle());
  EXPECT_THAT(prepared, ElementsAre(2U, 2U, 1U));
  EXPECT_EQ(rig.broken_promise(), "");
}

TEST(StageRunner, PutsPoisonIntoTheDeadLetterTopicWithAllThatItWas) {
  Rig rig;
  rig.append(0, "a");
  rig.append(0, "poison");
  rig.append(0, "b");
  rig.start();
  ASSERT_TRUE(rig.run_until_idle());
  EXPECT_EQ(rig.broken_promise(), "");
  const auto letters = read_all(rig.log, {"in.dlq.g", partition_of("key", 2)});
  ASSERT_EQ(letters.size(), 1U);
  const Record& letter = letters[0].record;
  const auto original = read_all(rig.log, {"in", 0})[1];
  EXPECT_EQ(letter.key, original.record.key);
  EXPECT_EQ(letter.value, original.record.value);
  EXPECT_EQ(letter.timestamp, original.record.timestamp);
  EXPECT_EQ(letter.headers.front(), original.record.headers.front());
  const std::map<std::string, std::string> expected{
      {"dlq_topic", "in"}, {"dlq_partition", "0"}, {"dlq_offset", std::to_string(original.offset)},
      {"dlq_group", "g"}, {"dlq_stage", "counting"}, {"dlq_class", "poison"}, {"dlq_error_code", "MALFORMED"},
      {"dlq_error_message", "poison of the test"}, {"dlq_attempts", "1"}, {"dlq_service_version", "1.2.3"},
      {"__connect.errors.topic", "in"}, {"__connect.errors.exception.message", "poison of the test"}};
  for (const auto& [name, value] : expected) EXPECT_EQ(find_header(letter, name).value_or("<none>"), value) << name;
  EXPECT_THAT(std::string(find_header(letter, "dlq_first_failed_at").value()), HasSubstr("2023-11-14T22:13:2"));
  EXPECT_EQ(rig.observer.dead_letters[ErrorCode::kMalformed], 1);
}

TEST(StageRunner, ClassesWhatIsNoReportApart) {
  Rig rig;
  rig.append(0, "stray");
  rig.start();
  ASSERT_TRUE(rig.run_until_idle());
  const auto letters = read_all(rig.log, {"in.dlq.g", partition_of("key", 2)});
  ASSERT_EQ(letters.size(), 1U);
  EXPECT_EQ(find_header(letters[0].record, "dlq_class"), "not_a_report");
}

TEST(StageRunner, TurnsARecordWithAnOversizeOutputOrStateIntoADeadLetter) {
  Rig rig;
  rig.append(0, "large");
  rig.append(0, "state");
  rig.append(0, "b");
  rig.start();
  ASSERT_TRUE(rig.run_until_idle());
  EXPECT_EQ(rig.broken_promise(), "");
  EXPECT_EQ(rig.observer.dead_letters[ErrorCode::kTooLarge], 2);
}

TEST(StageRunner, HoldsOnlyThePartitionOfARecordThatMeetsSomethingUnavailable) {
  Rig rig;
  for (const char* value : {"a", "needy", "b"}) rig.append(0, value);
  for (const char* value : {"x", "y"}) rig.append(1, value);
  rig.start();
  rig.stage->is_down = true;
  for (int turn = 0; turn < 50; ++turn) ASSERT_TRUE(rig.step());
  EXPECT_THAT(rig.out(0), ElementsAre("a#1"));  // committed before the pause, nothing behind
  EXPECT_THAT(rig.out(1), ElementsAre("x#1", "y#2"));
  EXPECT_FALSE(rig.runner->is_idle());
  EXPECT_GT(rig.observer.retries, 1);
  rig.stage->is_down = false;
  rig.clock.advance(rig.options.retry_wait_max);
  ASSERT_TRUE(rig.run_until_idle());
  EXPECT_EQ(rig.broken_promise(), "");
}

TEST(StageRunner, WaitsLongerAfterEachVainTry) {
  Rig rig;
  rig.append(0, "needy");
  rig.start();
  rig.stage->is_down = true;
  const auto tries_within = [&](milliseconds time) {
    const auto until = rig.clock.monotonic() + time;
    const std::size_t before = rig.stage->seen.size();
    while (rig.clock.monotonic() < until) EXPECT_TRUE(rig.step());
    return rig.stage->seen.size() - before;
  };
  const auto early = tries_within(milliseconds(2000));
  tries_within(milliseconds(60'000));
  const auto late = tries_within(milliseconds(2000));
  EXPECT_GE(early, 3U);
  EXPECT_LE(late, 1U);
}

TEST(StageRunner, GivesUpOnSomethingUnavailableAfterTheLimitWithItsOwnCode) {
  Rig rig;
  rig.append(0, "needy");
  rig.append(0, "b");
  rig.start();
  rig.stage->is_down = true;
  const auto until = rig.clock.monotonic() + rig.options.unavailable_max + 2 * rig.options.retry_wait_max;
  while (rig.clock.monotonic() < until) ASSERT_TRUE(rig.step());
  EXPECT_THAT(rig.dead(), ElementsAre("needy"));
  EXPECT_THAT(rig.out(0), ElementsAre("b#1"));
  EXPECT_EQ(rig.observer.dead_letters[ErrorCode::kBlobMissing], 1);
  const auto letters = read_all(rig.log, {"in.dlq.g", partition_of("key", 2)});
  EXPECT_GT(std::stoi(std::string(*find_header(letters[0].record, "dlq_attempts"))), 100);
}

TEST(StageRunner, EndsWithoutATransactionWhenTheStageCannotGoOn) {
  Rig rig;
  rig.append(0, "a");
  rig.append(0, "fatal");
  rig.start();
  EXPECT_EQ(rig.runner->run(), RunnerEnd::kFatal);
  EXPECT_EQ(rig.runner->end_reason(), "the stage cannot go on");
  EXPECT_TRUE(rig.out(0).empty());
}

TEST(StageRunner, CommitsWhatItHasWhenAskedToStop) {
  Rig rig;
  rig.options.transaction_records_max = 1000;
  rig.append(0, "a");
  rig.start();
  ASSERT_TRUE(rig.step());
  rig.runner->stop();
  EXPECT_EQ(rig.runner->run(), RunnerEnd::kStopped);
  EXPECT_THAT(rig.out(0), ElementsAre("a#1"));
}

TEST(StageRunner, RestoresItsStateBeforeItGoesOn) {
  Rig rig;
  for (int i = 0; i < 4; ++i) rig.append(0, "v");
  rig.start();
  ASSERT_TRUE(rig.run_until_idle());
  rig.append(0, "w");
  rig.start();
  ASSERT_TRUE(rig.run_until_idle());
  EXPECT_EQ(rig.out(0).back(), "w#5");
  EXPECT_GT(rig.observer.restored_max, 0);
}

TEST(StageRunner, GoesOnFromTheChangelogWhenTheGroupsOffsetsHaveExpired) {
  Rig rig;
  for (int i = 0; i < 4; ++i) rig.append(i % 2, "v");
  rig.start();
  ASSERT_TRUE(rig.run_until_idle());
  rig.log.forget_offsets();
  rig.append(1, "w");
  rig.start();
  ASSERT_TRUE(rig.run_until_idle());
  EXPECT_EQ(rig.broken_promise(), "");
}

TEST(StageRunner, RefusesTopicsWhosePartitionsDoNotAgree) {
  Rig rig;
  MemoryLog log(rig.clock);
  for (const auto& [name, partitions] : std::map<std::string, std::int32_t>{{"in", 2}, {"out", 2}, {"state", 3}, {"in.dlq.g", 1}}) {
    TopicSpec spec;
    spec.name = name;
    spec.partitions = partitions;
    ASSERT_TRUE(log.create_topic(spec).has_value());
  }
  CountingStage stage;
  auto stage_log = std::move(*log.open_stage_log({"g", "t", {"in"}, std::nullopt}));
  StageRunner runner(log, *stage_log, stage, rig.clock, rig.observer, rig.options);
  EXPECT_EQ(runner.run(), RunnerEnd::kFatal);
  EXPECT_THAT(runner.end_reason(), HasSubstr("topic state has 3 partitions, in has 2"));
}

TEST(StageRunner, RefusesToStartWithoutItsDeadLetterTopic) {
  Rig rig;
  rig.options.group = "other";
  rig.start();
  EXPECT_EQ(rig.runner->run(), RunnerEnd::kFatal);
  EXPECT_THAT(rig.runner->end_reason(), HasSubstr("in.dlq.other"));
}

TEST(StageRunner, CommitsWhatIsDoneWhenItsPartitionsAreRevoked) {
  Rig rig;
  rig.options.transaction_records_max = 1000;
  rig.append(0, "a");
  rig.start();
  ASSERT_TRUE(rig.step());
  rig.log.rebalance_lost = false;
  ASSERT_TRUE(rig.step());
  EXPECT_THAT(rig.out(0), ElementsAre("a#1"));
  rig.append(0, "b");
  ASSERT_TRUE(rig.run_until_idle());
  EXPECT_EQ(rig.broken_promise(), "");
}

TEST(StageRunner, AbortsWhenItsPartitionsAreLost) {
  Rig rig;
  rig.options.transaction_records_max = 1000;
  rig.append(0, "a");
  rig.start();
  ASSERT_TRUE(rig.step());
  rig.log.rebalance_lost = true;
  ASSERT_TRUE(rig.step());
  EXPECT_EQ(rig.observer.transactions[TransactionResult::kAborted], 1);
  ASSERT_TRUE(rig.run_until_idle());
  EXPECT_EQ(rig.broken_promise(), "");
}

TEST(StageRunner, OpensTheProducerAgainAfterACommitInDoubt) {
  Rig rig;
  for (int i = 0; i < 6; ++i) rig.append(0, "v");
  int commits = 0;
  rig.log.on_call = [&](LogCall call) -> std::optional<LogFault> {
    if (call != LogCall::kCommit || ++commits != 1) return std::nullopt;
    return LogFault{.is_in_doubt = true};
  };
  rig.start();
  ASSERT_TRUE(rig.run_until_idle());
  EXPECT_EQ(rig.broken_promise(), "");
  EXPECT_EQ(rig.observer.producers_recreated, 1);
}

// A record that no transaction can hold: every one with its output is refused.
TEST(StageRunner, IsolatesARecordThatEveryTransactionIsAbortedFor) {
  Rig rig;
  rig.options.transaction_records_max = 10;
  const std::string bad(70'000, 'x');
  for (const std::string& value : {std::string("a"), std::string("b"), bad, std::string("c"), std::string("d")})
    rig.append(0, value);
  bool holds_bad = false;
  rig.log.on_call = [&](LogCall call) -> std::optional<LogFault> {
    if (call == LogCall::kBegin) holds_bad = false;
    if (call == LogCall::kAppend && rig.stage->seen.back() == bad) holds_bad = true;
    const bool is_letter = rig.observer.transactions[TransactionResult::kAborted] >= 6;
    if (call == LogCall::kCommit && holds_bad && !is_letter) return LogFault{.outcome = Outcome::kAbortable};
    return std::nullopt;
  };
  rig.start();
  ASSERT_TRUE(rig.run_until_idle()) << rig.runner->end_reason();
  EXPECT_THAT(rig.dead(), ElementsAre(bad));
  EXPECT_THAT(rig.out(0), ElementsAre("a#1", "b#2", "c#3", "d#4"));
  EXPECT_EQ(rig.observer.dead_letters[ErrorCode::kTooLarge], 1);
  EXPECT_EQ(rig.log.violations, std::vector<std::string>());
}

// A permission that is missing on an output is no record's fault.
TEST(StageRunner, EndsRatherThanBuryASmallRecordThatEveryTransactionIsAbortedFor) {
  Rig rig;
  rig.append(0, "a");
  int aborted = 0;
  rig.log.on_call = [&](LogCall call) -> std::optional<LogFault> {
    if (call == LogCall::kCommit && ++aborted <= 6) return LogFault{.outcome = Outcome::kAbortable};
    return std::nullopt;
  };
  rig.start();
  EXPECT_EQ(rig.runner->run(), RunnerEnd::kUnavailable);
  EXPECT_TRUE(rig.dead().empty());
}

TEST(StageRunner, EndsWhenEvenTheDeadLetterIsAborted) {
  Rig rig;
  rig.append(0, std::string(70'000, 'x'));
  rig.log.on_call = [&](LogCall call) -> std::optional<LogFault> {
    if (call == LogCall::kCommit) return LogFault{.outcome = Outcome::kAbortable};
    return std::nullopt;
  };
  rig.start();
  EXPECT_EQ(rig.runner->run(), RunnerEnd::kUnavailable);
  EXPECT_TRUE(rig.out(0).empty());
  EXPECT_TRUE(rig.dead().empty());
}

TEST(StageRunner, EndsWhenTheLogStaysAway) {
  Rig rig;
  rig.log.on_call = [](LogCall call) -> std::optional<LogFault> {
    if (call == LogCall::kPoll) return LogFault{.outcome = Outcome::kRetriable};
    return std::nullopt;
  };
  rig.start();
  EXPECT_EQ(rig.runner->run(), RunnerEnd::kUnavailable);
}

TEST(Changelog, RefusesARecordThatIsNotOfItsForm) {
  Rig rig;
  const std::vector<Outgoing> stranger{{"state", 0, record_of("who knows", "x")}};
  ASSERT_TRUE((*rig.log.open_appender())->append(stranger).has_value());
  const auto restored = restore_state(rig.log, {"state", 0}, rig.clock, rig.observer);
  ASSERT_FALSE(restored.has_value());
  EXPECT_EQ(restored.error().code, ErrorCode::kLogCorrupt);
  EXPECT_THAT(restored.error().message, HasSubstr("topic state partition 0 offset 0"));
}

// Each batch of a changelog that is read takes a second.
struct SlowObserver final : StageObserver {
  explicit SlowObserver(SimulatedClock& its_clock) : clock(its_clock) {}
  void restoring(std::int32_t, std::int64_t, std::int64_t) override { clock.advance(std::chrono::seconds(1)); }
  void note(std::string_view message) override { notes.emplace_back(message); }
  SimulatedClock& clock;
  std::vector<std::string> notes;
};

TEST(RestoredState, SaysHowFarItIsWhereItTakesItsTime) {
  Rig rig;
  auto appender = std::move(*rig.log.open_appender());
  const auto fill = [&](int count) {
    std::vector<Outgoing> changes;
    for (int i = 0; i < count; ++i) changes.push_back(state_change({"state", 0}, "k" + std::to_string(i), "v", 0));
    ASSERT_TRUE(appender->append(changes).has_value());
  };
  fill(35'000);
  SlowObserver observer(rig.clock);
  ASSERT_TRUE(restore_state(rig.log, {"state", 0}, rig.clock, observer).has_value());
  EXPECT_THAT(observer.notes, ElementsAre("state partition 0: 10000 of 35001 records restored after 2 s",
                                          "state partition 0: 30000 of 35001 records restored after 4 s",
                                          "state partition 0: 35001 of 35001 records restored after 5 s"));
  SlowObserver quick(rig.clock);
  ASSERT_TRUE(restore_state(rig.log, {"state", 1}, rig.clock, quick).has_value());
  EXPECT_TRUE(quick.notes.empty());
}

}  // namespace
}  // namespace gouji::testing
