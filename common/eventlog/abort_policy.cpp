#include "common/eventlog/abort_policy.h"

#include <algorithm>

namespace gouji::eventlog {

namespace {

constexpr std::chrono::milliseconds kPauseFirst{100};
constexpr std::chrono::milliseconds kPauseMax{5000};

constexpr int kUnsettledMax = 20;

// Topics take a megabyte unless somebody lowered it; nobody lowers it below this.
constexpr std::size_t kSuspectBytes = 64 * 1024;

}  // namespace

void AbortPolicy::aborted(const OpenTransaction& transaction) {
  ++aborts_in_a_row_;
  const Offsets& first = transaction.first();
  if (first.size() == 1 && is_single(first.begin()->first)) {
    const int aborts = ++lone_aborts_[*first.begin()];
    const bool is_suspect = transaction.largest_output() >= kSuspectBytes;
    if (aborts >= 2 * limit_ || (aborts >= limit_ && !is_suspect)) is_hopeless_ = true;
    return;
  }
  if (aborts_in_a_row_ < limit_) return;
  for (const auto& [at, end] : transaction.taken()) single_until_[at] = std::max(single_until_[at], end);
}

void AbortPolicy::unsettled() {
  if (++aborts_in_a_row_ >= kUnsettledMax) is_hopeless_ = true;
}

void AbortPolicy::committed(const OpenTransaction& transaction) {
  aborts_in_a_row_ = 0;
  for (const auto& [at, next] : transaction.next()) {
    std::erase_if(lone_aborts_, [&, &at = at, &next = next](const auto& entry) {
      return entry.first.first == at && entry.first.second < next;
    });
    const auto single = single_until_.find(at);
    if (single != single_until_.end() && next >= single->second) single_until_.erase(single);
  }
}

void AbortPolicy::revoked(const TopicPartition& at) {
  single_until_.erase(at);
  std::erase_if(lone_aborts_, [&](const auto& entry) { return entry.first.first == at; });
}

bool AbortPolicy::is_condemned(const StoredRecord& stored) const {
  const auto found = lone_aborts_.find({stored.at, stored.offset});
  return found != lone_aborts_.end() && found->second >= limit_;
}

std::chrono::milliseconds AbortPolicy::pause() const {
  if (aborts_in_a_row_ < 2) return std::chrono::milliseconds(0);
  return std::min(kPauseMax, kPauseFirst * (1 << std::min(aborts_in_a_row_ - 2, 10)));
}

}  // namespace gouji::eventlog
