// The metrics and log lines of `gouji notify`, by name.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/clock.h"
#include "common/telemetry/metrics.h"
#include "services/gouji/notify/notify_state.h"

namespace gouji::command {

// Thread-safe. Series of every receiver exist, at zero, from the start.
class NotifyTelemetry {
 public:
  NotifyTelemetry(telemetry::Metrics& metrics, const std::vector<std::string>& targets);

  void read(std::int64_t records) const;
  void unreadable(std::string_view place, std::string_view message) const;
  void log_replaced(std::string_view address, std::string_view why, std::int64_t standing) const;
  // `event_at` = when the event was made; 0 where an alert was only posted again.
  void delivered(const std::string& target, std::int64_t count, UnixMillis event_at, UnixMillis now) const;
  void failed(const std::string& target, std::string_view what, std::string_view message) const;
  void given_up(const std::string& target, std::string_view delivery, std::string_view message) const;
  void waiting(const std::string& target, const Waiting& waiting) const;

 private:
  struct Series {
    telemetry::Counter delivered, failed, given_up;
    telemetry::Gauge waiting, oldest, last_success;
  };
  std::map<std::string, Series> targets_;
  telemetry::Counter read_, unreadable_;
  telemetry::Histogram latency_;
};

}  // namespace gouji::command
