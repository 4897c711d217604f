#include "common/eventlog/open_transaction.h"

#include <algorithm>

namespace gouji::eventlog {

void OpenTransaction::take(const TopicPartition& at, std::int64_t offset, std::int64_t behind, std::chrono::nanoseconds now) {
  if (is_empty()) began_at_ = now;
  first_.try_emplace(at, offset);
  taken_[at] = behind;
}

void OpenTransaction::appending(const Outgoing& outgoing) {
  largest_output_ = std::max(largest_output_, byte_size(outgoing.record));
}

void OpenTransaction::appended(const Outgoing& outgoing) {
  ++produced_[outgoing.topic];
  bytes_ += byte_size(outgoing.record);
}

void OpenTransaction::finished(const StoredRecord& stored) {
  next_[stored.at] = stored.offset + 1;
  ++consumed_[stored.at.topic];
  ++records_;
  bytes_ += byte_size(stored.record);
  event_times_.push_back(stored.record.timestamp);
}

void OpenTransaction::finished_work(const TopicPartition& at, std::int64_t position) {
  next_.try_emplace(at, position);
  ++records_;
}

std::int64_t OpenTransaction::poison() const {
  std::int64_t count = 0;
  for (const auto& [key, records] : dead_letters_)
    if (key.second != ErrorCode::kNotAReport) count += records;
  return count;
}

void OpenTransaction::report(StageObserver& observer, UnixMillis now) const {
  for (const auto& [topic, records] : consumed_) observer.consumed(topic, records);
  for (const auto& [topic, records] : produced_) observer.produced(topic, records);
  for (const auto& [key, records] : dead_letters_) observer.dead_lettered(key.first, key.second, records);
  for (const UnixMillis time : event_times_) observer.end_to_end(std::chrono::milliseconds(now - time));
}

}  // namespace gouji::eventlog
