// From the topic of anomalies to what each receiver is to be told. The decisions; sending is sender.h.
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include "common/core/clock.h"
#include "common/core/result.h"
#include "common/eventlog/log.h"
#include "services/gouji/notify/notify_state.h"
#include "services/gouji/notify/notify_telemetry.h"
#include "services/gouji/notify/targets.h"

namespace gouji::command {

// One thread. What it is given outlives it.
class Notifier {
 public:
  struct Parts {
    eventlog::EventLog& log;
    NotifyState& state;
    const NotifyTelemetry& telemetry;
    const Clock& clock;
  };
  Notifier(std::vector<NotifyTarget> targets, Parts parts) : targets_(std::move(targets)), parts_(parts) {}

  // Before the first take(), once: where reading begins at the very first start, and what a changed file of
  // receivers means for the anomalies that stand. `is_news` = older anomalies are news for webhooks too.
  Result<void> prepare(bool is_news);
  // Reads what is there, at most a batch a partition; true when there was something.
  Result<bool> take();

 private:
  Result<void> count_partitions();
  Result<bool> take_partition(std::int32_t partition);
  Result<void> take_record(const eventlog::StoredRecord& record, bool is_news);
  Result<void> end_waivers();
  Result<void> decide(const NotifyTarget& target, const Anomaly& anomaly, const std::string& event, bool is_news);
  Result<void> decide_alert(const NotifyTarget& target, const Anomaly& anomaly, const std::string& event);
  Result<void> decide_webhook(const NotifyTarget& target, const Anomaly& anomaly, const std::string& event);

  std::vector<NotifyTarget> targets_;
  Parts parts_;
  std::vector<NotifyState::Progress> progress_;  // by partition, as stored
  std::chrono::nanoseconds counted_at_{0};       // when the log was asked how many partitions there are
};

}  // namespace gouji::command
