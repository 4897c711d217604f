#include "common/host/stage_host.h"

#include <utility>

#include <fmt/format.h>

namespace gouji::host {

StageHost::Observer::Observer(telemetry::Metrics& metrics, telemetry::Health& health, const Clock& clock,
                              telemetry::StageMetricsOptions options)
    : telemetry::StageMetrics(metrics, health, clock, options), health_(health), stage_(options.stage) {}

// An instance without partitions has nothing to wait for: it is ready, too.
void StageHost::Observer::rebalanced(std::int64_t assigned_partitions) {
  StageMetrics::rebalanced(assigned_partitions);
  health_.set_ready(stage_, true);
}

StageHost::StageHost(eventlog::EventLog& log, eventlog::Stage& stage, const Clock& clock,
                     telemetry::Metrics& metrics, telemetry::Health& health, StageHostOptions options)
    : log_(log),
      stage_(stage),
      clock_(clock),
      health_(health),
      options_(std::move(options)),
      observer_(metrics, health, clock, {std::string(stage.name()), stage.inputs(), options_.outputs}) {
  health_.expect_ready(stage_.name());
}

StageHost::~StageHost() {
  request_stop();
  if (thread_.joinable()) thread_.join();
}

Result<void> StageHost::start() {
  GOUJI_ASSIGN(stage_log_, log_.open_stage_log({options_.group,
                                                fmt::format("{}-{}", options_.group, options_.ordinal),
                                                stage_.inputs(), options_.instance_id}));
  eventlog::StageRunnerOptions runner;
  runner.group = options_.group;
  runner.service_version = options_.service_version;
  runner.breaker = options_.breaker;
  // A commit to the local log costs a few milliseconds, on Kafka a few tens: waiting pays less there.
  if (log_.address().starts_with("local:")) runner.transaction_age_max = std::chrono::milliseconds(10);
  runner_ = std::make_unique<eventlog::StageRunner>(log_, *stage_log_, stage_, clock_, observer_, runner);
  thread_ = std::thread([this] {
    end_ = runner_->run();
    health_.set_ready(stage_.name(), false);
    ended_.store(true, std::memory_order_release);
  });
  return ok();
}

void StageHost::request_stop() {
  if (runner_ != nullptr) runner_->stop();
}

eventlog::RunnerEnd StageHost::join() {
  if (thread_.joinable()) thread_.join();
  return end_;
}

std::string StageHost::end_reason() const { return runner_ == nullptr ? std::string() : runner_->end_reason(); }

}  // namespace gouji::host
