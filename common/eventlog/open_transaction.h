// What a stage runner knows of the transaction in hand, and the facts that it reports once the
// transaction is committed, never before.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/core/clock.h"
#include "common/core/stage_observer.h"
#include "common/eventlog/log.h"

namespace gouji::eventlog {

class OpenTransaction {
 public:
  // A record is taken up: from here on an abort goes back to it. Work without a record takes
  // nothing: `behind` is `offset` then.
  void take(const TopicPartition& at, std::int64_t offset, std::int64_t behind, std::chrono::nanoseconds now);
  void begun() { is_begun_ = true; }
  void appending(const Outgoing& outgoing);
  void appended(const Outgoing& outgoing);
  void dead_lettered(const std::string& topic, ErrorCode code) { ++dead_letters_[{topic, code}]; }
  // The record's outputs are all in the transaction.
  void finished(const StoredRecord& stored);
  // The outputs of work without a record are.
  void finished_work(const TopicPartition& at, std::int64_t position);
  void commit_called() { commit_called_ = true; }
  void clear() { *this = OpenTransaction(); }

  bool is_empty() const { return first_.empty(); }
  bool is_begun() const { return is_begun_; }
  bool was_commit_called() const { return commit_called_; }
  std::chrono::nanoseconds began_at() const { return began_at_; }
  std::int64_t records() const { return records_; }
  std::int64_t poison() const;  // dead letters but those that alert nobody
  std::size_t bytes() const { return bytes_; }
  std::size_t largest_output() const { return largest_output_; }
  const Offsets& first() const { return first_; }  // per partition the first record taken
  const Offsets& taken() const { return taken_; }  // …and the offset behind the last one
  const Offsets& next() const { return next_; }    // per partition the offset to commit

  // After the commit.
  void report(StageObserver& observer, UnixMillis now) const;

 private:
  bool is_begun_ = false;
  bool commit_called_ = false;
  std::chrono::nanoseconds began_at_{0};
  std::int64_t records_ = 0;
  std::size_t bytes_ = 0;
  std::size_t largest_output_ = 0;
  Offsets first_;
  Offsets taken_;
  Offsets next_;
  std::map<std::string, std::int64_t> consumed_;
  std::map<std::string, std::int64_t> produced_;
  std::map<std::pair<std::string, ErrorCode>, std::int64_t> dead_letters_;
  std::vector<UnixMillis> event_times_;
};

}  // namespace gouji::eventlog
