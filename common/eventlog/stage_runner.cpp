#include "common/eventlog/stage_runner.h"

#include <algorithm>
#include <future>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "common/eventlog/stage_runner_impl.h"

namespace gouji::eventlog {

namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

constexpr std::chrono::seconds kUnreachableMax{300};
constexpr milliseconds kHeartbeatEvery{500};

}  // namespace

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
                           "have the same number, because a key's records stay in one partition; `gouji topics check` says how to migrate",
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
    positions_.erase(at);
    forget_work(at.partition);
    noted_.erase(at.partition);
    if (states_.erase(at.partition) > 0) stage_.state_dropped(at.partition);
  }
}

Result<void> StageRunner::Impl::restore(std::int32_t partition) {
  if (states_.contains(partition)) return ok();
  if (!state_topic_) {
    states_.try_emplace(partition);
    return ok();
  }
  GOUJI_ASSIGN(auto restored, restore_state(log_, {*state_topic_, partition}, clock_, observer_));
  const auto state = states_.insert_or_assign(partition, std::move(restored.state)).first;
  noted_[partition] = std::move(restored.next);
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

// Committed offsets first, the changelog after: what is committed is then in the changelog, too. Any
// of it may fail half-way and is then done again, so nothing but the state is kept before all is known.
Result<void> StageRunner::Impl::settle(const std::vector<TopicPartition>& partitions) {
  GOUJI_TRY(check_assignment());
  GOUJI_ASSIGN(Offsets known, stage_log_.committed(partitions));
  Offsets to;
  for (const TopicPartition& at : partitions) {
    GOUJI_TRY(restore(at.partition));
    const auto& noted = noted_[at.partition];
    const auto note = noted.find(at.topic);
    if (note == noted.end() || known.contains(at)) continue;
    observer_.warn(fmt::format("{} partition {}: the group has no committed offset, the changelog says {}", at.topic,
                               at.partition, note->second));
    to.emplace(at, note->second);
  }
  if (!to.empty()) {
    pending_.drop_if([&](const StoredRecord& stored) { return to.contains(stored.at); });
    GOUJI_TRY(stage_log_.seek(to));
    known.insert(to.begin(), to.end());
  }
  for (const TopicPartition& at : partitions) {
    const auto position = known.find(at);
    progress_.assigned(at, position == known.end() ? std::nullopt : std::optional(position->second));
    if (position == known.end()) continue;
    positions_[at] = position->second;
    if (at.topic == stage_.inputs().front()) note_work(at.partition);
  }
  return ok();
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
    wait = std::min(wait, transaction_.began_at() + age_at_rest() - now);
  }
  if (held_until_.count() != 0) wait = std::min(wait, held_until_ - now);
  if (!work_.empty()) wait = std::min(wait, std::max(work_after_ - now, nanoseconds(0)));
  for (const auto& [at, blocked] : blocked_) wait = std::min(wait, blocked.next_try - now);
  // Rounded up, so that a rest of less than a millisecond is not spent spinning.
  const auto whole = std::chrono::ceil<milliseconds>(std::max(wait, nanoseconds(0)));
  is_polling_ = true;
  ReadLimits limits;
  if (stage_.prepares_at_once() > 0) limits.records_max = stage_.prepares_at_once();
  auto polled = stage_log_.poll(whole, limits);
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
  if (!has_ended_ && !pending_.empty() && stage_.prepares_at_once() > 0) prepare();
}

// A broker gives up a transaction that stays open for as long as preparing can take. Preparing touches neither log
// nor state, so it goes on while the broker ends the transaction; what an abort makes of the batch is decided after both.
void StageRunner::Impl::prepare() {
  if (transaction_.is_empty()) return stage_.prepare(pending_.all());
  const std::vector<StoredRecord> batch(pending_.all().begin(), pending_.all().end());  // an abort clears pending_
  auto prepared = std::async(std::launch::async, [&] { stage_.prepare(batch); });
  commit();
  prepared.get();
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
  const bool is_at_rest = transaction_.is_empty() && pending_.empty() && work_.empty() && blocked_.empty() &&
                          held_until_.count() == 0;
  bool is_idle = false;
  if (is_at_rest) {
    const auto is_all_read = progress_.look_for_records();
    is_idle = is_all_read && *is_all_read && !stage_log_.assignment().empty();
  } else {
    static_cast<void>(progress_.look_at_ends());  // the next look tries again
  }
  idle_as_of_.store(is_idle ? std::max<std::int64_t>(now.count(), 1) : 0, std::memory_order_release);
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
  if (!has_ended_ && !held) work();
  if (!has_ended_ && !held) take_pending();
  if (!has_ended_ && !transaction_.is_empty() && (is_due() || is_due_at_rest())) commit();
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
