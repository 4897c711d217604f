// The event log's interface over the simulated broker, as one process sees it. Each call first lets
// the surroundings have their way (other processes run, markers arrive, members are thrown out) and
// then meets the fault that they chose.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/eventlog/log.h"
#include "tests/support/simulated_clock.h"
#include "tests/support/simulation/broker.h"

namespace gouji::testing::simulation {

enum class Call { kOpenProducer, kPoll, kCommitted, kSeek, kBegin, kAppend, kOffsets, kCommit, kAbort, kRead };
inline constexpr int kCalls = 10;

enum class Fault {
  kNone,
  kCrashBefore,
  kCrashAfter,
  kAway,          // nothing happened; retriable, or unavailable
  kAnswerLost,    // it happened; retriable all the same
  kRefused,       // nothing happened; abortable
  kUnknownBefore, // nothing happened; unknown
  kUnknownAfter,  // it happened; unknown
  kUnknownLate,   // it happens later; unknown
  kTimedOut,      // the coordinator gave the transaction up; fenced
  kTwice,         // it happened, and a copy of the request is still under way
  kCrashLate,     // the process dies, the request is still under way
};
inline constexpr int kFaults = 12;

// The process dies inside a call: thrown through the runner, which is then thrown away.
struct Crash {};

class Surroundings {
 public:
  virtual ~Surroundings() = default;
  virtual Fault meet(Call call, int member) = 0;
  virtual void wait(std::chrono::milliseconds wait, int member) = 0;
  virtual void send_late(const Request& request) = 0;
  virtual int records_at_once() = 0;
  virtual void assigned(int member, const std::vector<eventlog::TopicPartition>& partitions) = 0;
  virtual void revoked(int member, bool lost) = 0;
  virtual void note(Call call, int member, eventlog::Outcome outcome) = 0;
  virtual bool is_static() const = 0;
  virtual const std::vector<int>& inputs() const = 0;  // topics
  virtual std::chrono::milliseconds transaction_timeout() const = 0;
};

struct Place {
  Surroundings& around;
  Broker& broker;
  SimulatedClock& clock;
  int member;  // also its producer: the transactional id is stable
};

class ClientLog final : public eventlog::EventLog {
 public:
  explicit ClientLog(const Place& place) : place_(place) {}

  std::string_view address() const override { return "simulated"; }
  Result<std::vector<eventlog::TopicSpec>> topics() override { return std::vector<eventlog::TopicSpec>(); }
  Result<void> create_topic(const eventlog::TopicSpec&) override { return ok(); }
  Result<std::int32_t> partitions(std::string_view) override { return std::int32_t{kPartitions}; }
  Result<eventlog::ReadBatch> read(const eventlog::TopicPartition& at, std::int64_t from,
                                   const eventlog::ReadLimits& limits) override;
  Result<std::int64_t> begin_offset(const eventlog::TopicPartition& at) override;
  Result<std::int64_t> end_offset(const eventlog::TopicPartition& at, eventlog::Isolation isolation) override;
  Result<std::int64_t> offset_at(const eventlog::TopicPartition&, UnixMillis) override { return std::int64_t{0}; }
  Result<std::vector<eventlog::CommittedOffset>> committed_offsets() override;
  void wait_for_append(std::chrono::milliseconds wait) override { place_.around.wait(wait, place_.member); }
  Result<std::unique_ptr<eventlog::Appender>> open_appender() override;
  Result<std::unique_ptr<eventlog::StageLog>> open_stage_log(const eventlog::StageLogOptions&) override;

  // Planted mistakes.
  bool asks_committed_ends = false;
  bool reads_uncommitted = false;

 private:
  Result<void> meet();
  Place place_;
};

class ClientStageLog final : public eventlog::StageLog {
 public:
  explicit ClientStageLog(const Place& place);

  eventlog::Outcome open_producer() override;
  void set_listener(eventlog::RebalanceListener& listener) override { listener_ = &listener; }
  Result<std::vector<eventlog::StoredRecord>> poll(std::chrono::milliseconds wait,
                                                   const eventlog::ReadLimits& limits) override;
  std::vector<eventlog::TopicPartition> assignment() const override;
  Result<eventlog::Offsets> committed(const std::vector<eventlog::TopicPartition>& partitions) override;
  Result<void> seek(const eventlog::Offsets& positions) override;
  void pause(const std::vector<eventlog::TopicPartition>& partitions) override;
  void resume(const std::vector<eventlog::TopicPartition>& partitions) override;
  eventlog::Outcome begin() override;
  eventlog::Outcome append(const eventlog::Outgoing& outgoing) override;
  eventlog::Outcome send_offsets(const eventlog::Offsets& next) override;
  eventlog::Outcome commit() override;
  eventlog::Outcome abort() override;
  bool in_doubt() const override { return in_doubt_; }
  const std::string& last_error() const override { return last_error_; }
  void close() override;

  const std::string& misuse() const { return misuse_; }

  // Planted mistakes.
  bool reads_uncommitted = false;
  bool takes_unstable_offsets = false;

 private:
  enum class Wanted { kAnything, kAbort, kNewProducer, kNothing };
  struct Input {
    std::optional<std::int64_t> position;
    bool is_paused = false;
  };
  template <typename Body>
  eventlog::Outcome call(Call name, const Request* request, Body body);
  void check_use(Call name);
  eventlog::Outcome end_with(Call name, eventlog::Outcome outcome);
  eventlog::Outcome outcome_of(Answer answer) const;
  Request request_of(Request::Kind kind) const;
  bool follow_group();
  void give_up(bool lost);
  void take_over();
  void fetch(std::size_t limit, std::vector<eventlog::StoredRecord>& records);

  Place place_;
  eventlog::RebalanceListener* listener_ = nullptr;
  std::map<eventlog::TopicPartition, Input> inputs_;
  int generation_ = -1;
  int epoch_ = 0;
  int transaction_ = -1;
  bool is_begun_ = false;
  bool in_doubt_ = false;
  Wanted wanted_ = Wanted::kAnything;
  std::optional<Call> repeated_;
  std::string misuse_;
  std::string last_error_ = "simulated";
};

}  // namespace gouji::testing::simulation
