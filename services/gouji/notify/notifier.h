// From the topic of anomalies to what each receiver is to be told. The decisions; sending is sender.h.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/core/clock.h"
#include "common/core/result.h"
#include "common/eventlog/log.h"
#include "services/gouji/notify/log_mark.h"
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
  // Reads what is there, at most a batch a partition; true when there was something. Finds out as well when another
  // log has come to stand at the address, and then begins with that one.
  Result<bool> take();

 private:
  Result<void> begin_partition(std::int32_t partition, bool is_news);
  Result<void> look_after_log();
  // Why the log is not the one that was read; empty where it is.
  Result<std::string> difference(std::int32_t partition);
  Result<void> start_over(const std::string& why);
  Result<bool> take_partition(std::int32_t partition);
  Result<void> take_record(const eventlog::StoredRecord& record, bool is_news);
  Result<void> take_word(const Standing& word, const Anomaly& anomaly, bool is_news);
  Result<void> recall(const Standing& word, const Anomaly& anomaly);
  Result<bool> catch_up();
  Result<void> end_waivers();
  Result<void> end_unheard();
  Result<void> decide(const NotifyTarget& target, const Anomaly& anomaly, const std::string& event, bool is_news);
  Result<void> decide_alert(const NotifyTarget& target, const Anomaly& anomaly, const std::string& event, bool is_wanted);
  Result<void> decide_webhook(const NotifyTarget& target, const Anomaly& anomaly, const std::string& event, bool is_wanted);

  std::vector<NotifyTarget> targets_;
  Parts parts_;
  struct Position {
    NotifyState::Progress progress;           // as stored
    std::optional<LogMark> mark;              // as stored
    std::chrono::nanoseconds compared_at{0};  // when the log was last seen to be the same
  };
  std::vector<Position> positions_;  // by partition
  NotifyState::CatchingUp catching_up_ = NotifyState::CatchingUp::kNo;
  std::chrono::nanoseconds looked_at_{0};  // when the log was looked after
};

}  // namespace gouji::command
