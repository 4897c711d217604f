// Runs a stage over a log, exactly once: records, outputs, dead letters, state and offsets of a
// batch are one transaction. The only place that decides what an Error or an Outcome means.
//
// Order of a start: open the producer (fences an older incarnation) → on assignment: committed
// offsets → changelog's end offset, asked uncommitted → read the changelog, committed, to that end
// → process. Outputs of an input are appended before its state, offsets last.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "common/core/clock.h"
#include "common/core/result.h"
#include "common/core/stage_observer.h"
#include "common/eventlog/log.h"
#include "common/eventlog/poison_breaker.h"
#include "common/eventlog/stage.h"

namespace gouji::eventlog {

struct StageRunnerOptions {
  std::string group;                 // names the dead-letter topics
  std::string service_version;       // header dlq_service_version
  // Of a transaction while records wait. Where none wait it ends after twice what the last end took.
  std::chrono::milliseconds transaction_age_max{100};
  std::size_t transaction_records_max = 20'000;
  std::size_t transaction_bytes_max = 64 * 1024 * 1024;
  std::chrono::milliseconds poll_wait{50};
  std::chrono::milliseconds retry_wait_min{200};
  std::chrono::milliseconds retry_wait_max{30'000};
  // A record that meets kUnavailable longer than this becomes a dead letter with its own code
  // (BLOB_MISSING after an hour).
  std::chrono::milliseconds unavailable_max{3'600'000};
  int aborts_before_single_records = 3;
  // nullopt: dead letters never stop the stage.
  std::optional<BreakerOptions> breaker;
  // How often the ends of the inputs are asked for, for lag and is_idle().
  std::chrono::milliseconds look_every{500};
};

// How a runner ended.
enum class RunnerEnd {
  kStopped,      // asked to
  kFenced,       // another incarnation took over
  kUnavailable,  // the log stayed out of reach, or an outcome that only a restart can settle
  kPoison,       // its circuit breaker is open: too much of the input became dead letters
  kFatal,
};

class StageRunner {
 public:
  // All references outlive the runner.
  StageRunner(EventLog& log, StageLog& stage_log, Stage& stage, const Clock& clock,
              StageObserver& observer, StageRunnerOptions options);
  ~StageRunner();
  StageRunner(const StageRunner&) = delete;
  StageRunner& operator=(const StageRunner&) = delete;

  // Runs until stop() or an end of its own; leaves no transaction open. `step()` in a loop.
  RunnerEnd run();
  // Ask run() to finish: it completes or aborts the open transaction and leaves the group. Any
  // thread, and safe in a signal handler.
  void stop() { stop_.store(true, std::memory_order_relaxed); }

  // One turn: poll, process, commit when due. False when the runner has ended (see end()). The
  // simulator drives this instead of run().
  bool step();
  RunnerEnd end() const;
  const std::string& end_reason() const;

  // When (Clock::monotonic) the last look began that found every record of the inputs committed;
  // zero when it found some left. Any thread. To know that all of it is through, wait until this is
  // later than the moment at which the last record was appended.
  std::chrono::nanoseconds idle_as_of() const {
    return std::chrono::nanoseconds(idle_as_of_.load(std::memory_order_acquire));
  }
  bool is_idle() const { return idle_as_of().count() != 0; }

 private:
  class Impl;
  std::atomic<bool> stop_{false};
  std::atomic<std::int64_t> idle_as_of_{0};
  std::unique_ptr<Impl> impl_;
};

}  // namespace gouji::eventlog
