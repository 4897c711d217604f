// Work on keys of the state without a record: outputs and state travel in transactions as those of
// records do, with the offset at which the partition stands.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "common/eventlog/stage_runner_impl.h"

namespace gouji::eventlog {
namespace {

// Between two turns of records, so that neither waits for the other for long.
constexpr std::size_t kWorkAtOnce = 64;

}  // namespace

Result<std::optional<StoredRecord>> RecordContext::read(const TopicPartition& at, std::int64_t offset) {
  GOUJI_ASSIGN(ReadBatch batch, log_.read(at, offset, {1, 1}));
  if (batch.records.empty() || batch.records.front().offset != offset) return std::optional<StoredRecord>();
  return std::optional<StoredRecord>(std::move(batch.records.front()));
}

void StageRunner::Impl::note_work(std::int32_t partition) {
  const auto state = states_.find(partition);
  if (state == states_.end()) return;
  for (std::string& key : stage_.keys_to_work_on(state->second)) work_.push_back({partition, std::move(key)});
}

void StageRunner::Impl::forget_work(std::int32_t partition) {
  std::erase_if(work_, [partition](const StateWork& item) { return item.partition == partition; });
  std::erase_if(work_taken_, [partition](const StateWork& item) { return item.partition == partition; });
}

void StageRunner::Impl::return_work() {
  work_.insert(work_.end(), work_taken_.begin(), work_taken_.end());
  work_taken_.clear();
}

void StageRunner::Impl::work() {
  if (work_.empty() || clock_.monotonic() < work_after_) return;
  for (std::size_t done = 0; done < kWorkAtOnce && !work_.empty() && !has_ended_; ++done) {
    if (stop_.load(std::memory_order_relaxed)) return;
    const StateWork item = std::move(work_.front());
    work_.pop_front();
    if (!work_on(item)) return;
    if (!has_ended_ && !transaction_.is_empty() && is_due()) commit();
  }
}

bool StageRunner::Impl::work_on(const StateWork& item) {
  const TopicPartition at{stage_.inputs().front(), item.partition};
  const auto position = positions_.find(at);
  if (position == positions_.end()) return true;
  const std::int64_t offset = position->second;
  KeyedState& state = states_[item.partition];
  state.mark();
  RecordContext context(state, log_);
  auto result = stage_.work_on(item.key, item.partition, context);
  if (result) {
    if (auto error = oversize(context, state)) result = std::move(*error);
  }
  if (!result) {
    state.roll_back_to_mark();
    const Error& error = result.error();
    if (error.kind == ErrorKind::kFatal) return finish(RunnerEnd::kFatal, error.message), false;
    observer_.warn(fmt::format("{} partition {}: {}", item.key, item.partition, error.message));
    if (error.kind == ErrorKind::kInvalidInput) return true;
    work_.push_back(item);
    work_after_ = clock_.monotonic() + options_.retry_wait_min;
    return false;
  }
  if (context.outputs().empty() && state.largest_since_mark() == 0) return true;
  transaction_.take(at, offset, offset, clock_.monotonic());
  if (!transaction_.is_begun()) {
    const Outcome begun = patiently([this] { return stage_log_.begin(); });
    if (begun != Outcome::kOk) return work_.push_back(item), settle_outcome(begun, "beginning a transaction"), false;
    transaction_.begun();
  }
  work_taken_.push_back(item);
  for (const Outgoing& outgoing : context.outputs()) {
    if (!append(outgoing)) return false;
  }
  transaction_.finished_work(at, offset);
  return true;
}

}  // namespace gouji::eventlog
