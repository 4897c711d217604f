#include "services/gouji/notify/notify_telemetry.h"

#include "common/telemetry/log.h"

namespace gouji::command {

NotifyTelemetry::NotifyTelemetry(telemetry::Metrics& metrics, const std::vector<std::string>& targets)
    : read_(metrics.counter("gouji_notify_records_total", "Anomaly events that were read.")),
      unreadable_(metrics.counter("gouji_notify_unreadable_total", "Anomaly events that could not be read and were passed over.")),
      latency_(metrics.histogram("gouji_notify_latency_seconds", "From the reading of an anomaly event to its delivery to a webhook.", telemetry::latency_buckets())) {
  for (const std::string& target : targets) {
    const auto deliveries = [&](const char* result) {
      return metrics.counter("gouji_notify_deliveries_total", "Attempts to tell a receiver, by how they ended.", {{"target", target}, {"result", result}});
    };
    targets_[target] = {deliveries("delivered"), deliveries("failed"), deliveries("given_up"),
                        metrics.gauge("gouji_notify_waiting_deliveries", "Deliveries that wait for a receiver.", {{"target", target}}),
                        metrics.gauge("gouji_notify_oldest_waiting_timestamp_seconds", "Since when the oldest one waits; 0 = none.", {{"target", target}}),
                        metrics.gauge("gouji_notify_last_success_timestamp_seconds", "When a receiver last took something; 0 = not yet.", {{"target", target}})};
  }
}

void NotifyTelemetry::read(std::int64_t records) const { read_.add(records); }

void NotifyTelemetry::unreadable(std::string_view place, std::string_view message) const {
  unreadable_.add();
  telemetry::log_error("notify.unreadable", {{"record", std::string(place)}, {"error", std::string(message)}});
}

void NotifyTelemetry::log_replaced(std::string_view address, std::string_view why, std::int64_t standing) const {
  telemetry::log_warning("notify.log_replaced", {{"log", std::string(address)}, {"difference", std::string(why)}, {"anomalies_that_stood", std::to_string(standing)}});
}

void NotifyTelemetry::delivered(const std::string& target, std::int64_t count, UnixMillis event_at, UnixMillis now) const {
  const Series& series = targets_.at(target);
  series.delivered.add(count);
  series.last_success.set_seconds(static_cast<double>(now) / 1000);
  if (event_at > 0) latency_.observe(static_cast<double>(now - event_at) / 1000);
}

void NotifyTelemetry::failed(const std::string& target, std::string_view what, std::string_view message) const {
  targets_.at(target).failed.add();
  telemetry::log_warning("notify.failed", {{"target", target}, {"delivery", std::string(what)}, {"error", std::string(message)}});
}

void NotifyTelemetry::given_up(const std::string& target, std::string_view delivery, std::string_view message) const {
  targets_.at(target).given_up.add();
  telemetry::log_error("notify.given_up", {{"target", target}, {"delivery", std::string(delivery)}, {"error", std::string(message)}});
}

void NotifyTelemetry::waiting(const std::string& target, const Waiting& waiting) const {
  const Series& series = targets_.at(target);
  series.waiting.set(waiting.rows);
  series.oldest.set_seconds(static_cast<double>(waiting.oldest_at) / 1000);
}

}  // namespace gouji::command
