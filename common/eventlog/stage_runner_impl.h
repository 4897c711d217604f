// The inside of StageRunner, in one class over three files: stage_runner.cpp takes records in,
// stage_transaction.cpp carries them through a transaction, stage_work.cpp works on keys of the
// state without a record. Nothing else includes this header.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/eventlog/abort_policy.h"
#include "common/eventlog/changelog.h"
#include "common/eventlog/input_progress.h"
#include "common/eventlog/open_transaction.h"
#include "common/eventlog/pending_records.h"
#include "common/eventlog/stage_runner.h"

namespace gouji::eventlog {

// A call on the log that stays retriable for longer is given up, and so is the runner.
inline constexpr std::chrono::seconds kRetriableMax{60};
inline constexpr int kRetriesMax = 1000;
inline constexpr std::chrono::milliseconds kRetryPause{100};

// What a stage may do with one record or one key.
class RecordContext final : public StageContext {
 public:
  RecordContext(KeyedState& state, EventLog& log) : state_(state), log_(log) {}
  void emit(Outgoing outgoing) override { outputs_.push_back(std::move(outgoing)); }
  KeyedState& state() override { return state_; }
  Result<std::optional<StoredRecord>> read(const TopicPartition& at, std::int64_t offset) override;
  const std::vector<Outgoing>& outputs() const { return outputs_; }

 private:
  KeyedState& state_;
  EventLog& log_;
  std::vector<Outgoing> outputs_;
};

// A record that met something unavailable; its partition is paused behind it.
struct Blocked {
  StoredRecord stored;
  int attempts = 1;
  UnixMillis first_failed_at = 0;
  std::chrono::nanoseconds since{0};
  std::chrono::nanoseconds next_try{0};
  std::chrono::milliseconds wait{0};
};

// A key of the state that the stage wants to work on.
struct StateWork {
  std::int32_t partition = 0;
  std::string key;
};

class StageRunner::Impl final : public RebalanceListener {
 public:
  struct Parts {
    EventLog& log;
    StageLog& stage_log;
    Stage& stage;
    const Clock& clock;
    StageObserver& observer;
  };

  Impl(const Parts& parts, StageRunnerOptions options, const std::atomic<bool>& stop,
       std::atomic<std::int64_t>& idle_as_of)
      : log_(parts.log),
        stage_log_(parts.stage_log),
        stage_(parts.stage),
        clock_(parts.clock),
        observer_(parts.observer),
        options_(std::move(options)),
        stop_(stop),
        idle_as_of_(idle_as_of),
        state_topic_(stage_.state_topic()),
        progress_(log_, observer_),
        aborts_(options_.aborts_before_single_records),
        breaker_(options_.breaker ? std::optional<PoisonBreaker>(*options_.breaker) : std::nullopt) {}

  bool step();
  RunnerEnd shut_down();
  RunnerEnd end() const { return end_; }
  const std::string& end_reason() const { return end_reason_; }

  void assigned(const std::vector<TopicPartition>& partitions) override;
  void revoked(const std::vector<TopicPartition>& partitions, bool lost) override;

 private:
  // Start.
  void start();
  Result<void> check_topics();
  Result<void> check_partitions(const std::string& topic, std::int32_t wanted);

  // Input.
  void poll();
  void accept(std::vector<StoredRecord> records);
  void prepare();
  void settle_assignment();
  Result<void> check_assignment() const;
  Result<void> settle(const std::vector<TopicPartition>& partitions);
  Result<void> restore(std::int32_t partition);
  void meet_poll_error(const Error& error);
  void take_pending();
  void retry_blocked();
  bool is_held();
  void look();

  // One record.
  void take(const StoredRecord& stored, Blocked* blocked);
  bool produce(const StoredRecord& stored, const std::vector<Outgoing>& outputs);
  bool append(const Outgoing& outgoing);
  void bury(const StoredRecord& stored, const Error& error, const Blocked* blocked);
  void hold_back(const StoredRecord& stored, const Error& error, Blocked* blocked);
  std::optional<Error> oversize(const RecordContext& context, const KeyedState& state) const;

  // Work on the state (stage_work.cpp).
  void note_work(std::int32_t partition);
  void work();
  bool work_on(const StateWork& item);
  void forget_work(std::int32_t partition);
  void return_work();

  // The transaction.
  bool is_due() const;
  bool is_due_at_rest() const;
  std::chrono::nanoseconds age_at_rest() const;
  bool commit();
  bool append_state(UnixMillis now);
  void after_commit();
  void settle_outcome(Outcome outcome, std::string_view what);
  void abort(std::string_view why);
  void recover_unknown(std::string_view what);
  bool reopen_producer(std::string_view why);
  bool open_producer();
  void go_back(const Offsets& to);
  void discard_transaction();
  template <typename Call>
  Outcome patiently(Call call);
  template <typename Call>
  auto patiently_ask(Call call) -> decltype(call());
  void finish(RunnerEnd end, std::string reason);

  EventLog& log_;
  StageLog& stage_log_;
  Stage& stage_;
  const Clock& clock_;
  StageObserver& observer_;
  const StageRunnerOptions options_;
  const std::atomic<bool>& stop_;
  std::atomic<std::int64_t>& idle_as_of_;
  const std::optional<std::string> state_topic_;

  bool is_started_ = false;
  bool has_ended_ = false;
  RunnerEnd end_ = RunnerEnd::kStopped;
  std::string end_reason_;

  std::vector<TopicPartition> newly_assigned_;  // not restored yet
  std::map<std::int32_t, KeyedState> states_;
  std::map<std::int32_t, std::map<std::string, std::int64_t>> noted_;  // offsets that the changelog told, by input
  PendingRecords pending_;
  std::map<TopicPartition, Blocked> blocked_;
  OpenTransaction transaction_;
  InputProgress progress_;
  AbortPolicy aborts_;
  std::deque<StateWork> work_;           // to be done
  std::vector<StateWork> work_taken_;    // in the open transaction
  Offsets positions_;                    // per partition the next record to take
  std::chrono::nanoseconds work_after_{0};
  std::optional<PoisonBreaker> breaker_;
  bool is_polling_ = false;      // inside poll(): positions cannot be changed now
  Offsets go_back_after_poll_;
  std::chrono::nanoseconds commit_took_{0};   // the last one
  std::chrono::nanoseconds held_until_{0};    // nothing is taken until then; zero: not held
  std::chrono::nanoseconds unreachable_since_{0};
  std::chrono::nanoseconds last_look_{0};
  std::chrono::nanoseconds last_heartbeat_{0};
};

template <typename Call>
Outcome StageRunner::Impl::patiently(Call call) {
  const std::chrono::nanoseconds began = clock_.monotonic();
  for (int tries = 0;; ++tries) {
    const Outcome outcome = call();
    if (outcome != Outcome::kRetriable) return outcome;
    if (tries >= kRetriesMax || clock_.monotonic() - began > kRetriableMax) return outcome;
    observer_.heartbeat();
    log_.wait_for_append(kRetryPause);
  }
}

template <typename Call>
auto StageRunner::Impl::patiently_ask(Call call) -> decltype(call()) {
  const std::chrono::nanoseconds began = clock_.monotonic();
  for (int tries = 0;; ++tries) {
    auto result = call();
    if (result || result.error().kind != ErrorKind::kUnavailable) return result;
    if (tries >= kRetriesMax || clock_.monotonic() - began > kRetriableMax) return result;
    observer_.heartbeat();
    log_.wait_for_append(kRetryPause);
  }
}

}  // namespace gouji::eventlog
