#include "common/telemetry/stage_metrics.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "common/telemetry/log.h"

namespace gouji::telemetry {

namespace {

constexpr std::string_view kOtherTopic = "other";
constexpr std::string_view kLag = "gouji_log_consumer_lag_records";
constexpr std::string_view kLagHelp = "End offset minus committed offset of a stage's input.";

double seconds(std::chrono::nanoseconds time) { return std::chrono::duration<double>(time).count(); }

// ErrorCode is a closed set without gaps; kInternal is its last value.
template <typename Make>
std::vector<Counter> per_error(Make make) {
  std::vector<Counter> counters;
  for (int code = 0; code <= static_cast<int>(ErrorCode::kInternal); ++code)
    counters.push_back(make(std::string(to_string(static_cast<ErrorCode>(code)))));
  return counters;
}

const Counter& at(const std::vector<Counter>& counters, ErrorCode code) {
  return counters.at(static_cast<std::size_t>(code));
}

template <typename Value>
const Value& at(const std::map<std::string, Value, std::less<>>& by_topic, std::string_view topic) {
  const auto found = by_topic.find(topic);
  return found != by_topic.end() ? found->second : by_topic.find(kOtherTopic)->second;
}

// One value for each topic and one for all others.
template <typename Make>
auto per_topic(const std::vector<std::string>& topics, Make make) {
  std::map<std::string, decltype(make(std::string())), std::less<>> by_topic;
  for (const auto& topic : topics) by_topic.emplace(topic, make(topic));
  by_topic.emplace(kOtherTopic, make(std::string(kOtherTopic)));
  return by_topic;
}

}  // namespace

// All handles are taken here, once; nothing is looked up by text per record but the topic.
struct StageMetrics::Impl {
  Impl(Metrics& m, Health& h, const Clock& c, StageMetricsOptions o)
      : metrics(m), health(h), clock(c), options(std::move(o)) {
    health.expect_heartbeat(options.stage, options.heartbeat_limit);
  }

  Labels stage() const { return {{"stage", options.stage}}; }
  Labels stage_and(std::string name, std::string value) const {
    return {{"stage", options.stage}, {std::move(name), std::move(value)}};
  }
  std::map<std::string, Counter, std::less<>> count_topics(std::string_view name, std::string_view help,
                                                           const std::vector<std::string>& topics) {
    return per_topic(topics, [&](std::string topic) {
      return metrics.counter(name, help, stage_and("topic", std::move(topic)));
    });
  }
  Counter transactions_with(std::string result) {
    return metrics.counter("gouji_log_transactions_total", "Transactions by how they ended.",
                           stage_and("result", std::move(result)));
  }
  Labels partition_of(std::string_view topic, std::int32_t partition) const {
    const bool is_input = std::find(options.inputs.begin(), options.inputs.end(), topic) != options.inputs.end();
    return {{"topic", std::string(is_input ? topic : kOtherTopic)}, {"partition", std::to_string(partition)}};
  }

  Metrics& metrics;
  Health& health;
  const Clock& clock;
  const StageMetricsOptions options;

  const std::map<std::string, Counter, std::less<>> consumed =
      count_topics("gouji_records_consumed_total", "Records read from the log.", options.inputs);
  const std::map<std::string, Counter, std::less<>> produced =
      count_topics("gouji_records_produced_total", "Records written to the log and committed.", options.outputs);
  const std::map<std::string, std::vector<Counter>, std::less<>> dead_lettered =
      per_topic(options.inputs, [&](const std::string& topic) {
        return per_error([&](std::string error) {
          return metrics.counter("gouji_records_dead_lettered_total", "Records that the stage could not take.",
                                 {{"topic", topic}, {"stage", options.stage}, {"error", std::move(error)}});
        });
      });
  const std::vector<Counter> retried = per_error([&](std::string error) {
    return metrics.counter("gouji_records_retried_total", "Times a record met something unavailable and waited.",
                           stage_and("error", std::move(error)));
  });
  const Histogram processing = metrics.histogram(
      "gouji_record_processing_seconds", "Time for one record in the stage.", latency_buckets(), stage());
  const Histogram latency =
      metrics.histogram("gouji_end_to_end_latency_seconds", "From an input's event time to the commit of its results.",
                        {0.01, 0.1, 1, 10, 60, 600, 3600, 21'600, 86'400, 604'800}, stage());
  const Counter committed = transactions_with("committed");
  const Counter aborted = transactions_with("aborted");
  const Counter unknown = transactions_with("unknown");
  const Histogram transaction_seconds = metrics.histogram(
      "gouji_log_transaction_seconds", "Time from the begin to the end of a transaction.", latency_buckets(), stage());
  const Histogram transaction_records =
      metrics.histogram("gouji_log_transaction_records", "Input records of a transaction.",
                        {1, 3, 10, 30, 100, 300, 1000, 3000, 10'000}, stage());
  const Counter recreated =
      metrics.counter("gouji_log_producer_recreated_total", "Producers opened again after a doubt.", stage());
  const Counter fenced =
      metrics.counter("gouji_log_fenced_total", "Times a newer incarnation took over.", stage());
  const Counter rebalances =
      metrics.counter("gouji_log_rebalances_total", "Times the assigned partitions changed.", stage());
  const Gauge assigned = metrics.gauge("gouji_log_assigned_partitions", "Partitions that are read now.", stage());
  const Gauge success = metrics.gauge("gouji_last_success_timestamp_seconds",
                                      "Unix time of the last committed transaction; 0 = none yet.", stage());
  const Gauge heartbeat = metrics.gauge("gouji_last_heartbeat_timestamp_seconds",
                                        "Unix time of the last turn of the stage's loop; 0 = none yet.", stage());
};

StageMetrics::StageMetrics(Metrics& metrics, Health& health, const Clock& clock, StageMetricsOptions options)
    : impl_(std::make_unique<Impl>(metrics, health, clock, std::move(options))) {}
StageMetrics::~StageMetrics() = default;

void StageMetrics::heartbeat() {
  impl_->heartbeat.set_seconds(static_cast<double>(impl_->clock.unix_millis()) / 1000);
  impl_->health.beat(impl_->options.stage);
}

void StageMetrics::consumed(std::string_view topic, std::int64_t records) {
  at(impl_->consumed, topic).add(records);
}

void StageMetrics::produced(std::string_view topic, std::int64_t records) {
  at(impl_->produced, topic).add(records);
}

void StageMetrics::dead_lettered(std::string_view topic, ErrorCode code, std::int64_t records) {
  at(at(impl_->dead_lettered, topic), code).add(records);
}

void StageMetrics::retried(ErrorCode code) { at(impl_->retried, code).add(); }

void StageMetrics::processed(std::chrono::nanoseconds took) { impl_->processing.observe(seconds(took)); }

void StageMetrics::end_to_end(std::chrono::milliseconds latency) { impl_->latency.observe(seconds(latency)); }

void StageMetrics::transaction(TransactionResult result, std::int64_t records, std::chrono::nanoseconds took) {
  switch (result) {
    case TransactionResult::kCommitted:
      impl_->committed.add();
      impl_->success.set_seconds(static_cast<double>(impl_->clock.unix_millis()) / 1000);
      break;
    case TransactionResult::kAborted: impl_->aborted.add(); break;
    case TransactionResult::kUnknown: impl_->unknown.add(); break;
  }
  impl_->transaction_seconds.observe(seconds(took));
  impl_->transaction_records.observe(static_cast<double>(records));
}

void StageMetrics::producer_recreated(std::string_view why) {
  impl_->recreated.add();
  log_warning("stage.producer_recreated", {{"stage", impl_->options.stage}, {"why", std::string(why)}});
}

void StageMetrics::fenced() {
  impl_->fenced.add();
  log_error("stage.fenced", {{"stage", impl_->options.stage}});
}

void StageMetrics::rebalanced(std::int64_t assigned_partitions) {
  impl_->rebalances.add();
  impl_->assigned.set(assigned_partitions);
}

void StageMetrics::lag(std::string_view topic, std::int32_t partition, std::int64_t records) {
  impl_->metrics.gauge(kLag, kLagHelp, impl_->partition_of(topic, partition)).set(records);
}

void StageMetrics::lag_gone(std::string_view topic, std::int32_t partition) {
  impl_->metrics.remove_gauge(kLag, impl_->partition_of(topic, partition));
}

void StageMetrics::restoring(std::int32_t partition, std::int64_t done, std::int64_t of) {
  impl_->metrics
      .gauge("gouji_state_restore_remaining_records", "Changelog records still to be read before work begins.",
             impl_->stage_and("partition", std::to_string(partition)))
      .set(of - done);
}

void StageMetrics::note(std::string_view message) {
  log_info("stage.note", {{"stage", impl_->options.stage}, {"message", std::string(message)}});
}

void StageMetrics::warn(std::string_view message) {
  log_warning("stage.warning", {{"stage", impl_->options.stage}, {"message", std::string(message)}});
}

}  // namespace gouji::telemetry
