// One stage at work: its log, metrics, runner and thread. Used by each stage's own service and, with
// several in one process, by `gouji run`.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "common/core/clock.h"
#include "common/eventlog/stage_runner.h"
#include "common/telemetry/stage_metrics.h"

namespace gouji::host {

struct StageHostOptions {
  std::string group;                       // "gouji-parser"
  std::string ordinal = "0";               // tells instances apart: part of the transactional id
  std::optional<std::string> instance_id;  // static membership on Kafka
  std::string service_version;
  std::vector<std::string> outputs;        // topics, for metrics
  std::optional<eventlog::BreakerOptions> breaker;
};

class StageHost {
 public:
  // All references outlive the host.
  StageHost(eventlog::EventLog& log, eventlog::Stage& stage, const Clock& clock, telemetry::Metrics& metrics,
            telemetry::Health& health, StageHostOptions options);
  ~StageHost();  // stops and joins
  StageHost(const StageHost&) = delete;
  StageHost& operator=(const StageHost&) = delete;

  Result<void> start();
  void request_stop();
  // Waits for the end. Once.
  eventlog::RunnerEnd join();
  bool has_ended() const { return ended_.load(std::memory_order_acquire); }
  // Once it has ended.
  eventlog::RunnerEnd end() const { return end_; }
  std::string end_reason() const;
  // When it was last seen at rest, as StageRunner tells; zero before start().
  std::chrono::nanoseconds idle_as_of() const { return runner_ == nullptr ? std::chrono::nanoseconds(0) : runner_->idle_as_of(); }

 private:
  eventlog::EventLog& log_;
  eventlog::Stage& stage_;
  const Clock& clock_;
  telemetry::Health& health_;
  const StageHostOptions options_;
  // Ready once the stage has its partitions and their state.
  class Observer : public telemetry::StageMetrics {
   public:
    Observer(telemetry::Metrics& metrics, telemetry::Health& health, const Clock& clock,
             telemetry::StageMetricsOptions options);
    void rebalanced(std::int64_t assigned_partitions) override;

   private:
    telemetry::Health& health_;
    const std::string stage_;
  };
  Observer observer_;
  std::unique_ptr<eventlog::StageLog> stage_log_;
  std::unique_ptr<eventlog::StageRunner> runner_;
  std::thread thread_;
  std::atomic<bool> ended_{false};
  eventlog::RunnerEnd end_ = eventlog::RunnerEnd::kStopped;
};

}  // namespace gouji::host
