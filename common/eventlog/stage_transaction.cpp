// What a runner does with one record and with one transaction. The only place that decides what an
// Error or an Outcome means.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "common/eventlog/dead_letter.h"
#include "common/eventlog/stage_runner_impl.h"

namespace gouji::eventlog {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

namespace {

constexpr milliseconds kAgeAtRestMin{10};
// A stage that takes so many at once is behind, or fast: larger transactions cost it less.
constexpr std::int64_t kRecordsOfAnEarlyEnd = 500;

}  // namespace

// --- one record -----------------------------------------------------------------------------------

void StageRunner::Impl::take(const StoredRecord& stored, Blocked* blocked) {
  if (aborts_.is_condemned(stored)) {
    return bury(stored, invalid_input(ErrorCode::kTooLarge, "every transaction with this record was aborted: " +
                                                                stage_log_.last_error()), blocked);
  }
  KeyedState& state = states_[stored.at.partition];
  state.mark();
  RecordContext context(state, log_);
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
  transaction_.take(stored.at, stored.offset, stored.offset + 1, clock_.monotonic());
  positions_[stored.at] = stored.offset + 1;
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
  transaction_.appending(outgoing);
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
  const std::string what = fmt::format("{} partition {} offset {} becomes a dead letter: {}: {}", stored.at.topic,
                                       stored.at.partition, stored.offset, to_string(error.code), error.message);
  if (error.code == ErrorCode::kNotAReport)
    observer_.note(what);
  else
    observer_.warn(what);
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
  if (breaker_ && breaker_->is_open(clock_.monotonic(), transaction_.records(), transaction_.poison())) return true;
  return has_single || static_cast<std::size_t>(transaction_.records()) >= options_.transaction_records_max ||
         transaction_.bytes() >= options_.transaction_bytes_max ||
         clock_.monotonic() - transaction_.began_at() >= options_.transaction_age_max;
}

// How old a transaction becomes when nothing more waits: the cheaper its end is, the sooner, so that ending them
// takes a third of the time at most.
nanoseconds StageRunner::Impl::age_at_rest() const {
  if (transaction_.records() >= kRecordsOfAnEarlyEnd) return options_.transaction_age_max;
  return std::clamp<nanoseconds>(2 * commit_took_, std::min(kAgeAtRestMin, options_.transaction_age_max), options_.transaction_age_max);
}

bool StageRunner::Impl::is_due_at_rest() const {
  return pending_.empty() && clock_.monotonic() - transaction_.began_at() >= age_at_rest();
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
  const nanoseconds began = clock_.monotonic();
  if (!append_state(clock_.unix_millis())) return false;
  const Outcome sent = patiently([this] { return stage_log_.send_offsets(transaction_.next()); });
  if (sent != Outcome::kOk) return settle_outcome(sent, "sending offsets"), false;
  transaction_.commit_called();
  const Outcome committed = patiently([this] { return stage_log_.commit(); });
  if (committed != Outcome::kOk) return settle_outcome(committed, "committing"), false;
  const bool in_doubt = stage_log_.in_doubt();
  commit_took_ = clock_.monotonic() - began;
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
  work_taken_.clear();
  aborts_.committed(transaction_);
  if (breaker_) breaker_->add(clock_.monotonic(), transaction_.records(), transaction_.poison());
  transaction_.clear();
  if (breaker_ && breaker_->is_open(clock_.monotonic()))
    finish(RunnerEnd::kPoison,
           fmt::format("more than {} % of the records of the last {} s became dead letters: the stage stops before it drains "
                       "its input into them; look with gouji dlq list, mend the cause, start again, replay with gouji dlq replay",
                       options_.breaker->poison_percent, options_.breaker->window.count()));
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
  std::size_t telling = 0;
  Offsets back = transaction_.first();
  for (auto& [at, offset] : back) {
    const auto known = committed->find(at);
    if (known == committed->end()) {
      ++telling;
      continue;
    }
    const auto next = transaction_.next().find(at);
    // Work on the state alone moves no offset, so its partition tells nothing.
    const bool tells = next == transaction_.next().end() || next->second != offset;
    telling += tells ? 1 : 0;
    if (tells && next != transaction_.next().end() && known->second == next->second) ++moved;
    offset = known->second;
  }
  if (telling == 0 && transaction_.was_commit_called()) return finish(RunnerEnd::kUnavailable, fmt::format("{}: only a restart can tell", what));
  if (transaction_.was_commit_called() && moved == telling) return after_commit();
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
  return_work();
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
  for (const auto& [at, offset] : positions) positions_[at] = offset;
  if (const auto moved = stage_log_.seek(positions); !moved) return finish(RunnerEnd::kUnavailable, moved.error().message);
  const milliseconds pause = aborts_.pause();
  if (pause.count() > 0) {
    held_until_ = clock_.monotonic() + pause;
    stage_log_.pause(stage_log_.assignment());
  } else if (!freed.empty()) {
    stage_log_.resume(freed);
  }
}

}  // namespace gouji::eventlog
