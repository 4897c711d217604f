// The event log in memory, for tests of what runs over it. It keeps the same promises as the real
// ones, can be told to fail at any call in any way, and notes every misuse: a transaction call
// after an outcome that asks for something else.
//
// One thread; time is the simulated clock, which every wait moves.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/eventlog/log.h"
#include "tests/support/simulated_clock.h"

namespace gouji::testing {

enum class LogCall { kOpenProducer, kPoll, kCommitted, kSeek, kBegin, kAppend, kSendOffsets, kCommit, kAbort };

// The process dies inside a call: thrown through the runner, which the test then throws away.
struct SimulatedCrash {};

struct LogFault {
  eventlog::Outcome outcome = eventlog::Outcome::kOk;
  bool happens = false;    // the call takes effect all the same
  bool crashes = false;    // … and then the process dies
  bool is_in_doubt = false;  // the call succeeds, but a copy of it may still arrive
};

class MemoryLog final : public eventlog::EventLog {
 public:
  explicit MemoryLog(SimulatedClock& clock) : clock_(clock) {}

  // Asked at every call of a stage log.
  std::function<std::optional<LogFault>(LogCall)> on_call;
  // Misuse of the interface, empty when there was none.
  std::vector<std::string> violations;
  // The next poll() takes these away and gives them back, as a rebalance would.
  std::optional<bool> rebalance_lost;
  // Committed offsets vanish, as those of a group that was quiet for too long.
  void forget_offsets() { offsets_.clear(); }

  std::string_view address() const override { return "memory"; }
  Result<std::vector<eventlog::TopicSpec>> topics() override;
  Result<void> create_topic(const eventlog::TopicSpec& spec) override;
  Result<std::int32_t> partitions(std::string_view topic) override;
  Result<eventlog::ReadBatch> read(const eventlog::TopicPartition& at, std::int64_t from,
                                   const eventlog::ReadLimits& limits) override;
  Result<std::int64_t> begin_offset(const eventlog::TopicPartition&) override { return std::int64_t{0}; }
  Result<std::int64_t> end_offset(const eventlog::TopicPartition& at, eventlog::Isolation isolation) override;
  Result<std::int64_t> offset_at(const eventlog::TopicPartition& at, UnixMillis time) override;
  Result<std::vector<eventlog::CommittedOffset>> committed_offsets() override;
  void wait_for_append(std::chrono::milliseconds wait) override { clock_.advance(wait); }
  Result<std::unique_ptr<eventlog::Appender>> open_appender() override;
  Result<std::unique_ptr<eventlog::StageLog>> open_stage_log(const eventlog::StageLogOptions& options) override;

 private:
  friend class MemoryStageLog;
  friend class MemoryAppender;
  struct Partition {
    std::vector<eventlog::StoredRecord> records;
    std::int64_t next = 0;
  };
  eventlog::TopicPartition place_of(const eventlog::Outgoing& outgoing);
  void store(const std::vector<eventlog::Outgoing>& records);

  SimulatedClock& clock_;
  std::map<std::string, eventlog::TopicSpec, std::less<>> topics_;
  std::map<eventlog::TopicPartition, Partition> partitions_;
  std::map<std::pair<std::string, eventlog::TopicPartition>, std::int64_t> offsets_;
  std::map<std::string, int> epochs_;
};

}  // namespace gouji::testing
