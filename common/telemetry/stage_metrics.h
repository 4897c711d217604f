// The metrics that every stage has (conventions: gouji_records_…, gouji_record_processing_seconds,
// gouji_end_to_end_latency_seconds, gouji_log_…), fed by the stage runner.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/stage_observer.h"
#include "common/telemetry/admin_server.h"
#include "common/telemetry/metrics.h"

namespace gouji::telemetry {

struct StageMetricsOptions {
  std::string stage;                 // label stage="parser"
  std::vector<std::string> inputs;   // topics, for series that exist from the start
  std::vector<std::string> outputs;
  // Without a heartbeat for so long the stage is not healthy; longer than its slowest transaction.
  std::chrono::milliseconds heartbeat_limit{120'000};
};

class StageMetrics : public StageObserver {
 public:
  // `metrics`, `health` and `clock` outlive this. Heartbeats go to `health` under the stage's name.
  // A topic that is neither input nor output is counted under topic="other".
  StageMetrics(Metrics& metrics, Health& health, const Clock& clock, StageMetricsOptions options);
  ~StageMetrics() override;

  void heartbeat() override;
  void consumed(std::string_view topic, std::int64_t records) override;
  void produced(std::string_view topic, std::int64_t records) override;
  void dead_lettered(std::string_view topic, ErrorCode code, std::int64_t records) override;
  void retried(ErrorCode code) override;
  void processed(std::chrono::nanoseconds took) override;
  void end_to_end(std::chrono::milliseconds latency) override;
  void transaction(TransactionResult result, std::int64_t records, std::chrono::nanoseconds took) override;
  void producer_recreated(std::string_view why) override;
  void fenced() override;
  void rebalanced(std::int64_t assigned_partitions) override;
  void lag(std::string_view topic, std::int32_t partition, std::int64_t records) override;
  void lag_gone(std::string_view topic, std::int32_t partition) override;
  void restoring(std::int32_t partition, std::int64_t done, std::int64_t of) override;
  void note(std::string_view message) override;
  void warn(std::string_view message) override;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace gouji::telemetry
