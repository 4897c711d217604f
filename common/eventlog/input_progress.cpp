#include "common/eventlog/input_progress.h"

#include <algorithm>

namespace gouji::eventlog {

void InputProgress::assigned(const TopicPartition& at, std::optional<std::int64_t> position) {
  inputs_[at] = {position, position.value_or(0)};
}

void InputProgress::revoked(const TopicPartition& at) {
  if (inputs_.erase(at) > 0) observer_.lag_gone(at.topic, at.partition);
}

void InputProgress::committed(const Offsets& next) {
  for (const auto& [at, offset] : next) {
    const auto input = inputs_.find(at);
    if (input != inputs_.end()) input->second = {offset, offset};
  }
}

std::optional<std::int64_t> InputProgress::position(const TopicPartition& at) const {
  const auto input = inputs_.find(at);
  return input == inputs_.end() ? std::nullopt : input->second.position;
}

Result<void> InputProgress::look_at_ends() {
  for (auto& [at, input] : inputs_) {
    GOUJI_ASSIGN(const std::int64_t end, find_end(at, input));
    observer_.lag(at.topic, at.partition, std::max<std::int64_t>(end - input.empty_to, 0));
  }
  return ok();
}

Result<bool> InputProgress::look_for_records() {
  bool is_all_read = true;
  for (auto& [at, input] : inputs_) {
    GOUJI_ASSIGN(const bool is_this_read, is_read(at, input));
    is_all_read = is_all_read && is_this_read;
  }
  return is_all_read;
}

Result<std::int64_t> InputProgress::find_end(const TopicPartition& at, Input& input) {
  if (!input.position) {
    GOUJI_ASSIGN(input.position, log_.begin_offset(at));
    input.empty_to = *input.position;
  }
  return log_.end_offset(at, Isolation::kCommitted);
}

Result<bool> InputProgress::is_read(const TopicPartition& at, Input& input) {
  GOUJI_ASSIGN(const std::int64_t end, find_end(at, input));
  bool is_read = input.empty_to >= end;
  if (!is_read) {
    GOUJI_ASSIGN(const ReadBatch batch, log_.read(at, input.empty_to, {1, 1}));
    is_read = batch.records.empty() && batch.next >= end;
    if (batch.records.empty()) input.empty_to = std::max(input.empty_to, batch.next);
  }
  observer_.lag(at.topic, at.partition, is_read ? 0 : end - input.empty_to);
  return is_read;
}

}  // namespace gouji::eventlog
