// librdkafka sends the requests that end a transaction again over a new connection when the old one
// dies, and says nothing of it. The first copy may arrive later, inside the next transaction. These
// tests keep such a request back and deliver it there: with the rule that a producer in doubt is
// replaced nothing happens, and without the rule records are doubled or lost.
#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <memory>

#include "tests/support/kafka/frame_proxy.h"
#include "tests/support/kafka/kafka_broker.h"
#include "tests/support/kafka/kafka_workload.h"
#include "tests/support/kafka/pass_through.h"

namespace gouji::eventlog {
namespace {

using namespace gouji::testing;
using std::chrono::milliseconds;

constexpr int kRecordsATransaction = 100;

int rounds() {
  if (const char* given = std::getenv("GOUJI_TEST_ROUNDS")) return std::atoi(given);
  return std::getenv("GOUJI_TEST_LONG") != nullptr ? 100 : 3;
}

std::string address(std::uint16_t port) { return "127.0.0.1:" + std::to_string(port); }

// Which request is held, and what is awaited before it is delivered (see FrameProxy).
struct LateRequest {
  int api_key = 0;
  std::deque<int> until;
  bool is_seen_by_restart = false;  // what it spoils shows when the stage starts again
};

// Between two writes of the next transaction: the output has two partitions.
const LateRequest kLateCommit{kEndTxnApi, {kEndTxnApi, kProduceApi, kProduceApi}};
// Between the offsets of the next transaction and its end: the older offsets win.
const LateRequest kLateOffsets{
    kTxnOffsetCommitApi,
    {kTxnOffsetCommitApi, kEndTxnApi, kTxnOffsetCommitApi, kEndTxnApi},
    true};
const LateRequest kLateAddOffsets{
    kAddOffsetsToTxnApi,
    {kAddOffsetsToTxnApi, kEndTxnApi, kProduceApi, kTxnOffsetCommitApi}};

struct Tally {
  int doubled = 0;
  int lost = 0;
};

bool is_settled(EventLog& log, const TopicPartition& at) {
  return *log.end_offset(at, Isolation::kCommitted) == *log.end_offset(at, Isolation::kUncommitted);
}

// A stage that is fed one transaction's records at a time.
class FedStage {
 public:
  FedStage(const ProxiedKafka& kafka, bool doubts)
      : log_(open_kafka(kafka.bootstrap)),
        options_{address(kafka.proxy_port), new_topic(*log_, 1), new_topic(*log_, 2), new_name("gouji-group")} {
    options_.transaction_records_max = kRecordsATransaction;
    options_.doubts = doubts;
    restart();
  }

  void feed() {
    append_numbers(*log_, options_.input, total_, total_ + kRecordsATransaction);
    total_ += kRecordsATransaction;
    const std::int64_t goal = run_->observer().records_ + kRecordsATransaction;
    run_until([&] { return run_->observer().records_ >= goal; });
  }
  // As a process that is killed between two transactions.
  void restart() {
    if (run_) recreated_ += run_->observer().recreated_;
    run_.reset();
    run_ = std::make_unique<PassRun>(options_);
  }
  void run_to_the_end() {
    const auto now = runtime::SystemClock().monotonic();
    run_until([&] { return run_->runner().idle_as_of() > now; });
  }
  int recreated() const { return recreated_ + run_->observer().recreated_; }
  int total() const { return total_; }

  // When nothing is open any more: what a transaction left behind holds back what comes after it.
  Tally tally() {
    EXPECT_TRUE(becomes_true([&] { return is_settled(*log_, {options_.output, 0}) && is_settled(*log_, {options_.output, 1}); }));
    const std::vector<std::string> found = read_numbers(*log_, options_.output);
    std::vector<std::string> once = found;
    once.erase(std::unique(once.begin(), once.end()), once.end());
    return {static_cast<int>(found.size() - once.size()), total_ - static_cast<int>(once.size())};
  }

 private:
  template <typename Condition>
  void run_until(Condition condition) {
    EXPECT_TRUE(becomes_true([&] { return !run_->runner().step() || condition(); }));
    EXPECT_EQ(run_->runner().end_reason(), "");
  }

  std::unique_ptr<EventLog> log_;
  PassOptions options_;
  std::unique_ptr<PassRun> run_;
  int total_ = 0;
  int recreated_ = 0;
};

Tally tally_of(const ProxiedKafka& kafka, const LateRequest& request, bool doubts) {
  FrameProxy proxy(kafka.proxy_port, kafka.broker_port);
  FedStage stage(kafka, doubts);
  stage.feed();
  proxy.hold(request.api_key, request.until, rounds());
  for (int late = 0, fed = 0; late < rounds() && fed < 10 * rounds(); ++fed) {
    stage.feed();
    if (request.is_seen_by_restart && proxy.delivered_late() > late) stage.restart();
    late = proxy.delivered_late();
  }
  stage.run_to_the_end();
  EXPECT_EQ(proxy.delivered_late(), rounds()) << "too few requests were held: nothing is proved";
  if (doubts) {
    EXPECT_GE(stage.recreated(), rounds());
  }
  const Tally tally = stage.tally();
  std::cout << (doubts ? "with" : "without") << " the rule: " << proxy.delivered_late()
            << " late requests, " << stage.total() << " records, " << tally.doubled << " doubled, "
            << tally.lost << " lost, " << stage.recreated() << " new producers" << std::endl;
  return tally;
}

TEST(KafkaLateRequest, OfACommitDoublesNothing) {
  GOUJI_PROXIED_KAFKA(kafka);
  const Tally tally = tally_of(kafka, kLateCommit, true);
  EXPECT_EQ(tally.doubled, 0);
  EXPECT_EQ(tally.lost, 0);
}

// Which of both depends on whether the next transaction's offsets were there already.
TEST(KafkaLateRequest, OfACommitDoublesOrLosesRecordsWithoutTheRule) {
  GOUJI_PROXIED_KAFKA(kafka);
  const Tally tally = tally_of(kafka, kLateCommit, false);
  EXPECT_GT(tally.doubled + tally.lost, 0);
}

TEST(KafkaLateRequest, OfOffsetsDoublesNothing) {
  GOUJI_PROXIED_KAFKA(kafka);
  const Tally tally = tally_of(kafka, kLateOffsets, true);
  EXPECT_EQ(tally.doubled, 0);
  EXPECT_EQ(tally.lost, 0);
}

TEST(KafkaLateRequest, OfOffsetsDoublesRecordsWithoutTheRule) {
  GOUJI_PROXIED_KAFKA(kafka);
  EXPECT_GT(tally_of(kafka, kLateOffsets, false).doubled, 0);
}

TEST(KafkaLateRequest, ThatAddsOffsetsToATransactionDoublesNothing) {
  GOUJI_PROXIED_KAFKA(kafka);
  const Tally tally = tally_of(kafka, kLateAddOffsets, true);
  EXPECT_EQ(tally.doubled, 0);
  EXPECT_EQ(tally.lost, 0);
}

// A transaction is aborted, and the abort arrives again inside the next one, after its records and
// before its offsets. What that one has written, committed.
std::vector<std::string> written_around_a_late_abort(const ProxiedKafka& kafka, bool doubts) {
  FrameProxy proxy(kafka.proxy_port, kafka.broker_port);
  const auto log = open_kafka(kafka.bootstrap);
  const auto proxied = open_kafka(address(kafka.proxy_port));
  StageLogOptions options{new_name("gouji-group"), new_name("stage"), {new_topic(*log, 1)}, {}, doubts};
  const TopicPartition from{options.inputs[0], 0};
  const TopicPartition to{new_topic(*log, 1), 0};
  append_numbers(*log, from.topic, 0, 1);
  const auto stage = std::move(*proxied->open_stage_log(options));
  EXPECT_EQ(stage->open_producer(), Outcome::kOk) << stage->last_error();
  EXPECT_EQ(poll_until(*stage, 1).size(), 1U);
  const auto end = [&] { return *log->end_offset(to, Isolation::kUncommitted); };
  const auto write = [&](const std::string& value) {
    // The marker of the last transaction comes behind the answer, and would pass for the record.
    EXPECT_TRUE(becomes_true([&] { return is_settled(*log, to); }));
    const std::int64_t before = end();
    EXPECT_EQ(stage->begin(), Outcome::kOk) << stage->last_error();
    EXPECT_EQ(stage->append({to.topic, 0, {"0", value, {}, 1}}), Outcome::kOk);
    EXPECT_TRUE(becomes_true([&] { return end() > before; }));
  };
  write("aborted");
  proxy.hold(kEndTxnApi, {kEndTxnApi, kProduceApi, kAddOffsetsToTxnApi}, 1);
  EXPECT_EQ(stage->abort(), Outcome::kOk) << stage->last_error();
  EXPECT_EQ(stage->in_doubt(), doubts);
  if (stage->in_doubt()) {
    EXPECT_EQ(stage->open_producer(), Outcome::kOk) << stage->last_error();
  }
  write("0");
  EXPECT_EQ(stage->send_offsets({{from, 1}}), Outcome::kOk) << stage->last_error();
  EXPECT_EQ(stage->commit(), Outcome::kOk) << stage->last_error();
  EXPECT_EQ(proxy.delivered_late(), 1);
  EXPECT_TRUE(becomes_true([&] { return *stage->committed({from}) == Offsets{{from, 1}}; }));
  EXPECT_TRUE(becomes_true([&] { return is_settled(*log, to); }));
  return read_numbers(*log, to.topic);
}

TEST(KafkaLateRequest, OfAnAbortLosesNothing) {
  GOUJI_PROXIED_KAFKA(kafka);
  EXPECT_EQ(written_around_a_late_abort(kafka, true), std::vector<std::string>{"0"});
}

TEST(KafkaLateRequest, OfAnAbortLosesWhatWasCommittedWithoutTheRule) {
  GOUJI_PROXIED_KAFKA(kafka);
  EXPECT_EQ(written_around_a_late_abort(kafka, false), std::vector<std::string>{});
}

// That takes far less than a second, so only the count of sockets shows it.
TEST(KafkaLateRequest, PutsACommitInDoubtThatWasSentTwice) {
  GOUJI_PROXIED_KAFKA(kafka);
  FrameProxy proxy(kafka.proxy_port, kafka.broker_port);
  const auto log = open_kafka(address(kafka.proxy_port));
  const std::string output = new_topic(*log, 1);
  auto stage = open_stage(*log, output);
  ASSERT_EQ(stage->open_producer(), Outcome::kOk) << stage->last_error();
  int cuts = 0;
  int quick_ones = 0;
  for (const bool is_cut : {false, true, true, true, false}) {
    ASSERT_EQ(stage->begin(), Outcome::kOk) << stage->last_error();
    ASSERT_EQ(stage->append({output, 0, {"k", "v", {}, 1}}), Outcome::kOk);
    if (is_cut) proxy.cut_next(kEndTxnApi);
    const auto began = std::chrono::steady_clock::now();
    EXPECT_EQ(stage->commit(), Outcome::kOk) << stage->last_error();
    const auto took = std::chrono::steady_clock::now() - began;
    EXPECT_EQ(stage->in_doubt(), is_cut);
    if (!is_cut) continue;
    EXPECT_EQ(proxy.cuts(), ++cuts);
    if (took < milliseconds(1'000)) ++quick_ones;
    ASSERT_EQ(stage->open_producer(), Outcome::kOk) << stage->last_error();
  }
  EXPECT_GT(quick_ones, 0) << "the time alone would have shown all of them: nothing is proved";
  EXPECT_TRUE(becomes_true([&] { return read_numbers(*log, output).size() == 5; }));
}

}  // namespace
}  // namespace gouji::eventlog
