// Records that a runner has polled and not yet taken, in order and side by side in memory, so that
// a stage can look at all of them without a copy. Bounded by one poll.
#pragma once

#include <span>
#include <utility>
#include <vector>

#include "common/eventlog/record.h"

namespace gouji::eventlog {

class PendingRecords {
 public:
  bool empty() const { return taken_ == records_.size(); }
  std::span<const StoredRecord> all() const { return std::span(records_).subspan(taken_); }
  const StoredRecord& front() const { return records_[taken_]; }
  StoredRecord take() { return std::move(records_[taken_++]); }
  void clear() {
    records_.clear();
    taken_ = 0;
  }
  void add(std::vector<StoredRecord> records) {
    drop_if([](const StoredRecord&) { return false; });
    if (records_.empty()) {
      records_ = std::move(records);
      return;
    }
    for (StoredRecord& stored : records) records_.push_back(std::move(stored));
  }
  template <typename Predicate>
  void drop_if(Predicate predicate) {
    records_.erase(records_.begin(), records_.begin() + static_cast<std::ptrdiff_t>(taken_));
    taken_ = 0;
    std::erase_if(records_, predicate);
  }

 private:
  std::vector<StoredRecord> records_;
  std::size_t taken_ = 0;
};

}  // namespace gouji::eventlog
