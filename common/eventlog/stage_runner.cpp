#include "common/eventlog/stage_runner.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "common/eventlog/abort_policy.h"
#include "common/eventlog/changelog.h"
#include "common/eventlog/dead_letter.h"
#include "common/eventlog/input_progress.h"
#include "common/eventlog/open_transaction.h"
#include "common/eventlog/pending_records.h"

namespace gouji::eventlog {

namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

// A call on the log that stays retriable for longer is given up, and so is the runner.
constexpr std::chrono::seconds kRetriableMax{60};
constexpr int kRetriesMax = 1000;
constexpr milliseconds kRetryPause{100};
constexpr std::chrono::seconds kUnreachableMax{300};
constexpr milliseconds kHeartbeatEvery{500};

class RecordContext final : public StageContext {
 public:
  explicit RecordContext(KeyedState& state) : state_(state) {}
  void emit(Outgoing outgoing) override { outputs_.push_back(std::move(outgoing)); }
  KeyedState& state() override { return state_; }
  const std::vector<Outgoing>& outputs() const { return outputs_; }

 private:
  KeyedState& state_;
  std::vector<Outgoing> outputs_;
};

// A record that met something unavailable; its partition is paused behind it.
struct Blocked {
  StoredRecord stored;
  int attempts = 1;
  UnixMillis first_failed_at = 0;
  nanoseconds since{0};
  nanoseconds next_try{0};
  milliseconds wait{0};
};

}  // namespace

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
        aborts_(options_.aborts_before_single_records) {}

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
  void settle_assignment();
  Result<void> check_assignment() const;
  Result<void> settle(const std::vector<TopicPartition>& partitions);
  Result<void> restore(std::int32_t partition, std::map<std::string, std::int64_t>& next);
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

  // The transaction.
  bool is_due() const;
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
  PendingRecords pending_;
  std::map<TopicPartition, Blocked> blocked_;
  OpenTransaction transaction_;
  InputProgress progress_;
  AbortPolicy aborts_;
  bool is_polling_ = false;      // inside poll(): positions cannot be changed now
  Offsets go_back_after_poll_;
  nanoseconds held_until_{0};    // nothing is taken until then; zero: not held
  nanoseconds unreachable_since_{0};
  nanoseconds last_look_{0};
  nanoseconds last_heartbeat_{0};
};

// --- start ----------------------------------------------------------------------------------------

void StageRunner::Impl::start() {
  is_started_ = true;
  stage_log_.set_listener(*this);
  const auto checked = patiently_ask([this] { return check_topics(); });
  if (!checked) {
    const bool is_away = checked.error().kind == ErrorKind::kUnavailable;
    return finish(is_away ? RunnerEnd::kUnavailable : RunnerEnd::kFatal, checked.error().message);
  }
  open_producer();
}

Result<void> StageRunner::Impl::check_partitions(const std::string& topic, std::int32_t wanted) {
  GOUJI_ASSIGN(const std::int32_t partitions, log_.partitions(topic));
  if (partitions == wanted) return ok();
  return fatal(ErrorCode::kTopicMismatch,
               fmt::format("topic {} has {} partitions, {} has {}: the inputs, the state and the outputs of a stage must "
                           "have the same number, because a key's records stay in one partition",
                           topic, partitions, stage_.inputs().front(), wanted));
}

Result<void> StageRunner::Impl::check_topics() {
  GOUJI_ASSIGN(const std::int32_t wanted, log_.partitions(stage_.inputs().front()));
  for (const std::string& input : stage_.inputs()) {
    if (state_topic_ || !stage_.copartitioned_outputs().empty()) GOUJI_TRY(check_partitions(input, wanted));
    GOUJI_TRY(log_.partitions(dead_letter_topic(input, options_.group)));
  }
  if (state_topic_) GOUJI_TRY(check_partitions(*state_topic_, wanted));
  for (const std::string& output : stage_.copartitioned_outputs()) GOUJI_TRY(check_partitions(output, wanted));
  return ok();
}

// --- input ----------------------------------------------------------------------------------------

void StageRunner::Impl::assigned(const std::vector<TopicPartition>& partitions) {
  newly_assigned_.insert(newly_assigned_.end(), partitions.begin(), partitions.end());
}

void StageRunner::Impl::revoked(const std::vector<TopicPartition>& partitions, bool lost) {
  if (!has_ended_ && !transaction_.is_empty()) {
    if (lost) {
      abort("partitions were lost");
    } else {
      commit();
    }
  }
  for (const TopicPartition& at : partitions) {
    std::erase(newly_assigned_, at);
    pending_.drop_if([&](const StoredRecord& stored) { return stored.at == at; });
    blocked_.erase(at);
    go_back_after_poll_.erase(at);
    progress_.revoked(at);
    aborts_.revoked(at);
    if (states_.erase(at.partition) > 0) stage_.state_dropped(at.partition);
  }
}

Result<void> StageRunner::Impl::restore(std::int32_t partition, std::map<std::string, std::int64_t>& next) {
  if (states_.contains(partition)) return ok();
  if (!state_topic_) {
    states_.try_emplace(partition);
    return ok();
  }
  GOUJI_ASSIGN(auto restored, restore_state(log_, {*state_topic_, partition}, clock_, observer_));
  const auto state = states_.insert_or_assign(partition, std::move(restored.state)).first;
  next = std::move(restored.next);
  stage_.state_restored(partition, state->second);
  return ok();
}

// One state belongs to partition p of all inputs: its owner must have all of them.
Result<void> StageRunner::Impl::check_assignment() const {
  if (!state_topic_ || stage_.inputs().size() < 2) return ok();
  const std::vector<TopicPartition> assignment = stage_log_.assignment();
  const std::set<TopicPartition> mine(assignment.begin(), assignment.end());
  for (const TopicPartition& at : assignment) {
    for (const std::string& input : stage_.inputs()) {
      if (mine.contains({input, at.partition})) continue;
      return fatal(ErrorCode::kTopicMismatch,
                   fmt::format("partition {} of {} is assigned without that of {}: set "
                               "partition.assignment.strategy=range for all members of group {}",
                               at.partition, at.topic, input, options_.group));
    }
  }
  return ok();
}

// Committed offsets first, the changelog after: what is committed is then in the changelog, too.
Result<void> StageRunner::Impl::settle(const std::vector<TopicPartition>& partitions) {
  GOUJI_TRY(check_assignment());
  GOUJI_ASSIGN(Offsets known, stage_log_.committed(partitions));
  std::map<std::int32_t, std::map<std::string, std::int64_t>> noted;
  Offsets to;
  for (const TopicPartition& at : partitions) {
    GOUJI_TRY(restore(at.partition, noted[at.partition]));
    const auto& next = noted[at.partition];
    if (const auto note = next.find(at.topic); note != next.end() && !known.contains(at)) {
      observer_.warn(fmt::format("{} partition {}: the group has no committed offset, the changelog says {}", at.topic,
                                 at.partition, note->second));
      to.emplace(at, note->second);
      known.emplace(at, note->second);
    }
    const auto position = known.find(at);
    progress_.assigned(at, position == known.end() ? std::nullopt : std::optional(position->second));
  }
  if (to.empty()) return ok();
  pending_.drop_if([&](const StoredRecord& stored) { return to.contains(stored.at); });
  return stage_log_.seek(to);
}

void StageRunner::Impl::settle_assignment() {
  if (newly_assigned_.empty()) return;
  const std::vector<TopicPartition> partitions = std::exchange(newly_assigned_, {});
  const auto settled = patiently_ask([&] { return settle(partitions); });
  if (!settled) {
    const bool is_away = settled.error().kind == ErrorKind::kUnavailable;
    return finish(is_away ? RunnerEnd::kUnavailable : RunnerEnd::kFatal, settled.error().message);
  }
  if (held_until_.count() != 0) stage_log_.pause(partitions);
  observer_.rebalanced(static_cast<std::int64_t>(stage_log_.assignment().size()));
}

void StageRunner::Impl::poll() {
  const nanoseconds now = clock_.monotonic();
  nanoseconds wait = options_.poll_wait;
  if (!transaction_.is_empty()) {
    wait = std::min(wait, transaction_.began_at() + options_.transaction_age_max - now);
  }
  if (held_until_.count() != 0) wait = std::min(wait, held_until_ - now);
  for (const auto& [at, blocked] : blocked_) wait = std::min(wait, blocked.next_try - now);
  // Rounded up, so that a rest of less than a millisecond is not spent spinning.
  const auto whole = std::chrono::ceil<milliseconds>(std::max(wait, nanoseconds(0)));
  is_polling_ = true;
  auto polled = stage_log_.poll(whole, {});
  is_polling_ = false;
  if (has_ended_) return;
  if (!polled) return meet_poll_error(polled.error());
  unreachable_since_ = nanoseconds(0);
  accept(std::move(*polled));
}

void StageRunner::Impl::accept(std::vector<StoredRecord> records) {
  const Offsets back = std::exchange(go_back_after_poll_, {});
  std::erase_if(records, [&](const StoredRecord& stored) {
    return back.contains(stored.at) || blocked_.contains(stored.at);
  });
  if (!records.empty()) idle_as_of_.store(0, std::memory_order_release);
  pending_.add(std::move(records));
  if (!back.empty()) go_back(back);
  if (!has_ended_) settle_assignment();
  if (has_ended_ || pending_.empty()) return;
  stage_.prepare(pending_.all());
}

void StageRunner::Impl::meet_poll_error(const Error& error) {
  if (error.kind == ErrorKind::kFatal) {
    return finish(error.code == ErrorCode::kFenced ? RunnerEnd::kFenced : RunnerEnd::kFatal, error.message);
  }
  const nanoseconds now = clock_.monotonic();
  if (unreachable_since_.count() == 0) {
    unreachable_since_ = now;
    observer_.warn(error.message);
  }
  if (now - unreachable_since_ > kUnreachableMax) return finish(RunnerEnd::kUnavailable, error.message);
  log_.wait_for_append(kRetryPause);
}

void StageRunner::Impl::take_pending() {
  while (!has_ended_ && !pending_.empty() && !stop_.load(std::memory_order_relaxed) && held_until_.count() == 0) {
    const nanoseconds now = clock_.monotonic();
    if (now - last_heartbeat_ > kHeartbeatEvery) {
      observer_.heartbeat();
      last_heartbeat_ = now;
    }
    if (aborts_.is_single(pending_.front().at) && !transaction_.is_empty()) {
      commit();
      continue;
    }
    const StoredRecord stored = pending_.take();
    take(stored, nullptr);
    if (!has_ended_ && !transaction_.is_empty() && is_due()) commit();
  }
}

void StageRunner::Impl::retry_blocked() {
  std::vector<TopicPartition> due;
  const nanoseconds now = clock_.monotonic();
  for (const auto& [at, blocked] : blocked_) {
    if (now >= blocked.next_try) due.push_back(at);
  }
  for (const TopicPartition& at : due) {
    const auto found = blocked_.find(at);
    if (has_ended_ || found == blocked_.end()) continue;
    if (aborts_.is_single(at) && !transaction_.is_empty()) {
      commit();  // the record has its turn next time
      continue;
    }
    const StoredRecord stored = found->second.stored;
    take(stored, &found->second);
  }
}

// After an abort everything rests for a while, but the group still hears from this member.
bool StageRunner::Impl::is_held() {
  if (held_until_.count() == 0) return false;
  if (clock_.monotonic() < held_until_) return true;
  held_until_ = nanoseconds(0);
  std::vector<TopicPartition> free = stage_log_.assignment();
  std::erase_if(free, [&](const TopicPartition& at) { return blocked_.contains(at); });
  stage_log_.resume(free);
  return false;
}

void StageRunner::Impl::look() {
  const nanoseconds now = clock_.monotonic();
  if (now - last_look_ < options_.look_every && last_look_.count() != 0) return;
  last_look_ = now;
  const bool is_at_rest = transaction_.is_empty() && pending_.empty() && blocked_.empty() && held_until_.count() == 0;
  bool is_idle = false;
  if (is_at_rest) {
    const auto is_all_read = progress_.look_for_records();
    is_idle = is_all_read && *is_all_read && !stage_log_.assignment().empty();
  } else {
    static_cast<void>(progress_.look_at_ends());  // the next look tries again
  }
  idle_as_of_.store(is_idle ? std::max<std::int64_t>(now.count(), 1) : 0, std::memory_order_release);
}

// --- one record -----------------------------------------------------------------------------------

void StageRunner::Impl::take(const StoredRecord& stored, Blocked* blocked) {
  if (aborts_.is_condemned(stored)) {
    return bury(stored, invalid_input(ErrorCode::kTooLarge, "every transaction with this record was aborted: " +
                                                                stage_log_.last_error()), blocked);
  }
  KeyedState& state = states_[stored.at.partition];
  state.mark();
  RecordContext context(state);
  const nanoseconds began = clock_.monotonic();
  auto result = stage_.process(stored, context);
  observer_.processed(clock_.monotonic() - began);
  if (result) {
    if (auto error = oversize(context, state)) result = std::move(*error);
  }
  if (result) {
    produce(stored, context.outputs());
    return;
  }
  state.roll_back_to_mark();
  switch (result.error().kind) {
    case ErrorKind::kInvalidInput: return bury(stored, result.error(), blocked);
    case ErrorKind::kUnavailable: return hold_back(stored, result.error(), blocked);
    case ErrorKind::kFatal: return finish(RunnerEnd::kFatal, result.error().message);
  }
}

std::optional<Error> StageRunner::Impl::oversize(const RecordContext& context, const KeyedState& state) const {
  std::size_t largest = state.largest_since_mark();
  if (largest > 0) largest += kStateKeyOverhead;
  for (const Outgoing& outgoing : context.outputs()) largest = std::max(largest, byte_size(outgoing.record));
  if (largest <= kRecordBytesMax) return std::nullopt;
  return invalid_input(ErrorCode::kTooLarge,
                       fmt::format("an output of {} bytes: the largest record is {}", largest, kRecordBytesMax));
}

// Puts the record's outputs into the transaction. A record that was held back leaves its partition free.
bool StageRunner::Impl::produce(const StoredRecord& stored, const std::vector<Outgoing>& outputs) {
  transaction_.take(stored, clock_.monotonic());
  if (!transaction_.is_begun()) {
    const Outcome begun = patiently([this] { return stage_log_.begin(); });
    if (begun != Outcome::kOk) return settle_outcome(begun, "beginning a transaction"), false;
    transaction_.begun();
  }
  for (const Outgoing& outgoing : outputs) {
    if (!append(outgoing)) return false;
  }
  transaction_.finished(stored);
  if (blocked_.erase(stored.at) == 0) return true;
  if (const auto moved = stage_log_.seek({{stored.at, stored.offset + 1}}); !moved) {
    finish(RunnerEnd::kUnavailable, moved.error().message);
    return false;
  }
  stage_log_.resume({stored.at});
  return true;
}

bool StageRunner::Impl::append(const Outgoing& outgoing) {
  const Outcome appended = patiently([&] { return stage_log_.append(outgoing); });
  if (appended != Outcome::kOk) return settle_outcome(appended, "appending"), false;
  transaction_.appended(outgoing);
  return true;
}

void StageRunner::Impl::bury(const StoredRecord& stored, const Error& error, const Blocked* blocked) {
  const DeadLetterFacts facts{options_.group, stage_.name(), options_.service_version,
                              blocked == nullptr ? 1 : blocked->attempts + 1,
                              blocked == nullptr ? clock_.unix_millis() : blocked->first_failed_at};
  const Outgoing letter = dead_letter_of(stored, error, facts);
  if (!produce(stored, {letter})) return;
  transaction_.dead_lettered(letter.topic, error.code);
  observer_.warn(fmt::format("{} partition {} offset {} becomes a dead letter: {}: {}", stored.at.topic,
                             stored.at.partition, stored.offset, to_string(error.code), error.message));
}

void StageRunner::Impl::hold_back(const StoredRecord& stored, const Error& error, Blocked* blocked) {
  const nanoseconds now = clock_.monotonic();
  observer_.retried(error.code);
  if (blocked != nullptr) {
    if (now - blocked->since >= options_.unavailable_max) return bury(stored, error, blocked);
    ++blocked->attempts;
    blocked->wait = std::min(blocked->wait * 2, options_.retry_wait_max);
    blocked->next_try = now + blocked->wait;
    return;
  }
  observer_.warn(fmt::format("{} partition {} offset {} waits: {}", stored.at.topic, stored.at.partition, stored.offset,
                             error.message));
  const milliseconds wait = options_.retry_wait_min;
  blocked_.insert_or_assign(stored.at, Blocked{stored, 1, clock_.unix_millis(), now, now + wait, wait});
  pending_.drop_if([&](const StoredRecord& behind) { return behind.at == stored.at; });
  stage_log_.pause({stored.at});
  if (!transaction_.is_empty()) commit();
}

// --- the transaction ------------------------------------------------------------------------------

bool StageRunner::Impl::is_due() const {
  const bool has_single = std::any_of(transaction_.next().begin(), transaction_.next().end(),
                                      [&](const auto& entry) { return aborts_.is_single(entry.first); });
  return has_single || static_cast<std::size_t>(transaction_.records()) >= options_.transaction_records_max ||
         transaction_.bytes() >= options_.transaction_bytes_max ||
         clock_.monotonic() - transaction_.began_at() >= options_.transaction_age_max;
}

bool StageRunner::Impl::append_state(UnixMillis now) {
  if (!state_topic_) return true;
  for (const auto& [partition, state] : states_) {
    for (const auto& [key, value] : state.staged()) {
      if (!append(state_change({*state_topic_, partition}, key, value, now))) return false;
    }
  }
  // A copy: an abort inside append() empties the transaction.
  const Offsets next = transaction_.next();
  for (const auto& [at, offset] : next) {
    if (!append(next_offset_note({*state_topic_, at.partition}, at.topic, offset, now))) return false;
  }
  return true;
}

bool StageRunner::Impl::commit() {
  if (!append_state(clock_.unix_millis())) return false;
  const Outcome sent = patiently([this] { return stage_log_.send_offsets(transaction_.next()); });
  if (sent != Outcome::kOk) return settle_outcome(sent, "sending offsets"), false;
  transaction_.commit_called();
  const Outcome committed = patiently([this] { return stage_log_.commit(); });
  if (committed != Outcome::kOk) return settle_outcome(committed, "committing"), false;
  const bool in_doubt = stage_log_.in_doubt();
  observer_.transaction(TransactionResult::kCommitted, transaction_.records(),
                        clock_.monotonic() - transaction_.began_at());
  after_commit();
  return !in_doubt || reopen_producer("a request of the last commit may have been sent twice");
}

void StageRunner::Impl::after_commit() {
  transaction_.report(observer_, clock_.unix_millis());
  for (auto& [partition, state] : states_) {
    if (state.staged().empty()) continue;
    stage_.state_committing(partition, state);
    state.apply_staged();
  }
  progress_.committed(transaction_.next());
  aborts_.committed(transaction_);
  transaction_.clear();
}

// The one place that decides what an Outcome means.
void StageRunner::Impl::settle_outcome(Outcome outcome, std::string_view what) {
  const std::string reason = fmt::format("{}: {}", what, stage_log_.last_error());
  switch (outcome) {
    case Outcome::kOk: return;
    case Outcome::kRetriable:
      return finish(RunnerEnd::kUnavailable, fmt::format("{}: given up after many tries", reason));
    case Outcome::kAbortable: return abort(reason);
    case Outcome::kFenced: observer_.fenced(); return finish(RunnerEnd::kFenced, reason);
    case Outcome::kUnknown: return recover_unknown(reason);
    case Outcome::kFatal: return finish(RunnerEnd::kFatal, reason);
  }
}

void StageRunner::Impl::abort(std::string_view why) {
  observer_.warn(fmt::format("transaction aborted: {}", why));
  const Outcome aborted = patiently([this] { return stage_log_.abort(); });
  const bool in_doubt = stage_log_.in_doubt();
  if (aborted != Outcome::kOk) {
    // An abort that cannot be aborted leaves the log in a state that only a new producer ends.
    return settle_outcome(aborted == Outcome::kAbortable ? Outcome::kUnknown : aborted, "aborting");
  }
  observer_.transaction(TransactionResult::kAborted, transaction_.records(),
                        clock_.monotonic() - transaction_.began_at());
  aborts_.aborted(transaction_);
  const Offsets first = transaction_.first();
  discard_transaction();
  if (in_doubt && !reopen_producer("a request of the last abort may have been sent twice")) return;
  if (aborts_.is_hopeless()) {
    return finish(RunnerEnd::kUnavailable, fmt::format("transactions are aborted again and again: {}", why));
  }
  go_back(first);
}

void StageRunner::Impl::recover_unknown(std::string_view what) {
  observer_.transaction(TransactionResult::kUnknown, transaction_.records(),
                        clock_.monotonic() - transaction_.began_at());
  if (!reopen_producer(what)) return;
  if (transaction_.is_empty()) return;
  std::vector<TopicPartition> partitions;
  for (const auto& [at, offset] : transaction_.first()) partitions.push_back(at);
  const auto committed = patiently_ask([&] { return stage_log_.committed(partitions); });
  if (!committed) return finish(RunnerEnd::kUnavailable, committed.error().message);

  // Offsets travel in the transaction, so they say whether it happened: all of them, or none.
  std::size_t moved = 0;
  Offsets back = transaction_.first();
  for (auto& [at, offset] : back) {
    const auto known = committed->find(at);
    if (known == committed->end()) continue;
    const auto next = transaction_.next().find(at);
    if (next != transaction_.next().end() && known->second == next->second) ++moved;
    offset = known->second;
  }
  if (transaction_.was_commit_called() && moved == back.size()) return after_commit();
  if (moved > 0) return finish(RunnerEnd::kUnavailable, fmt::format("{}: committed in part", what));
  aborts_.unsettled();
  discard_transaction();
  if (aborts_.is_hopeless()) return finish(RunnerEnd::kUnavailable, fmt::format("again and again: {}", what));
  go_back(back);
}

bool StageRunner::Impl::reopen_producer(std::string_view why) {
  observer_.producer_recreated(why);
  return open_producer();
}

bool StageRunner::Impl::open_producer() {
  const Outcome opened = patiently([this] { return stage_log_.open_producer(); });
  if (opened == Outcome::kOk) return true;
  // Neither can be settled from here: there is no transaction to abort and no producer to ask.
  const bool needs_restart = opened == Outcome::kAbortable || opened == Outcome::kUnknown;
  settle_outcome(needs_restart ? Outcome::kRetriable : opened, "opening the producer");
  return false;
}

void StageRunner::Impl::discard_transaction() {
  for (auto& [partition, state] : states_) state.discard_staged();
  transaction_.clear();
}

// Reads on from `to`, and from the first of the records that were polled and not taken.
void StageRunner::Impl::go_back(const Offsets& to) {
  if (is_polling_) {
    for (const auto& [at, offset] : to) go_back_after_poll_[at] = offset;
    return;
  }
  Offsets positions = to;
  for (const StoredRecord& stored : pending_.all()) positions.try_emplace(stored.at, stored.offset);
  pending_.clear();
  std::vector<TopicPartition> freed;
  for (const auto& [at, offset] : positions) {
    if (blocked_.erase(at) > 0) freed.push_back(at);
  }
  if (const auto moved = stage_log_.seek(positions); !moved) return finish(RunnerEnd::kUnavailable, moved.error().message);
  const milliseconds pause = aborts_.pause();
  if (pause.count() > 0) {
    held_until_ = clock_.monotonic() + pause;
    stage_log_.pause(stage_log_.assignment());
  } else if (!freed.empty()) {
    stage_log_.resume(freed);
  }
}

template <typename Call>
Outcome StageRunner::Impl::patiently(Call call) {
  const nanoseconds began = clock_.monotonic();
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
  const nanoseconds began = clock_.monotonic();
  for (int tries = 0;; ++tries) {
    auto result = call();
    if (result || result.error().kind != ErrorKind::kUnavailable) return result;
    if (tries >= kRetriesMax || clock_.monotonic() - began > kRetriableMax) return result;
    observer_.heartbeat();
    log_.wait_for_append(kRetryPause);
  }
}

void StageRunner::Impl::finish(RunnerEnd end, std::string reason) {
  if (has_ended_) return;
  has_ended_ = true;
  end_ = end;
  end_reason_ = std::move(reason);
  idle_as_of_.store(0, std::memory_order_release);
}

// --- turns ----------------------------------------------------------------------------------------

bool StageRunner::Impl::step() {
  if (has_ended_) return false;
  observer_.heartbeat();
  last_heartbeat_ = clock_.monotonic();
  if (!is_started_) start();
  if (has_ended_) return false;
  const bool held = is_held();
  if (!held) retry_blocked();
  if (!has_ended_ && (held || pending_.empty())) poll();
  if (!has_ended_ && !held) take_pending();
  if (!has_ended_ && !transaction_.is_empty() && is_due()) commit();
  if (!has_ended_) look();
  return !has_ended_;
}

RunnerEnd StageRunner::Impl::shut_down() {
  if (!has_ended_ && !transaction_.is_empty()) commit();
  const bool may_abort = !has_ended_ || (end_ != RunnerEnd::kFenced && transaction_.is_begun());
  if (may_abort && !transaction_.is_empty()) {
    stage_log_.abort();
    discard_transaction();
  }
  finish(RunnerEnd::kStopped, "asked to stop");
  stage_log_.close();
  return end_;
}

StageRunner::StageRunner(EventLog& log, StageLog& stage_log, Stage& stage, const Clock& clock, StageObserver& observer,
                         StageRunnerOptions options)
    : impl_(std::make_unique<Impl>(Impl::Parts{log, stage_log, stage, clock, observer}, std::move(options), stop_,
                                   idle_as_of_)) {}

StageRunner::~StageRunner() = default;

RunnerEnd StageRunner::run() {
  while (!stop_.load(std::memory_order_relaxed) && impl_->step()) {
  }
  return impl_->shut_down();
}

bool StageRunner::step() { return impl_->step(); }
RunnerEnd StageRunner::end() const { return impl_->end(); }
const std::string& StageRunner::end_reason() const { return impl_->end_reason(); }

}  // namespace gouji::eventlog
