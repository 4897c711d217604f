// What `gouji notify` remembers, one SQLite file: how far it has read, which anomalies stand, what each
// receiver was told, and what is still to be sent. Reading a record and everything that follows from it
// are one transaction; a delivery leaves the file only after its receiver took it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/clock.h"
#include "common/core/record.h"
#include "common/core/result.h"
#include "services/gouji/notify/log_mark.h"

namespace gouji::command {

// A webhook call that is due.
struct Delivery {
  std::int64_t number = 0;
  std::string anomaly;
  std::string id;  // of the event; a waiver's end adds to it
  std::string body;
  UnixMillis created_at = 0;
  std::int64_t tries = 0;
};

// An alert at one Alertmanager. `ends_at` 0 = it stands and is posted again and again.
struct StoredAlert {
  std::string anomaly;
  std::string labels, annotations, url;
  UnixMillis starts_at = 0;
  UnixMillis ends_at = 0;
  std::string event;  // the event it was last changed by
  friend bool operator==(const StoredAlert&, const StoredAlert&) = default;
};

// An anomaly that stands, as its last event said.
struct Standing {
  std::string anomaly;
  std::string event;
  std::string value;  // the event's bytes
  UnixMillis waived_until = 0;
};

struct Waiting {
  std::int64_t rows = 0;
  UnixMillis oldest_at = 0;
};

// Thread-safe: each call is whole. One process at a time, held by a lock file.
class NotifyState {
 public:
  // kFatal: another process has it, it is from a newer program, or it belongs to another log than `log`.
  static Result<std::unique_ptr<NotifyState>> open(const std::string& path, std::string_view log);
  ~NotifyState();
  NotifyState(const NotifyState&) = delete;
  NotifyState& operator=(const NotifyState&) = delete;

  // Everything that `work` does here is committed together, or, when it fails, not at all.
  Result<void> together(const std::function<Result<void>()>& work);

  // Offset to read next, and the first one that is news for webhooks; nullopt before the first start.
  struct Progress {
    std::int64_t next = 0;
    std::int64_t news_from = 0;
  };
  Result<std::optional<Progress>> progress(std::int32_t partition);
  Result<void> set_progress(std::int32_t partition, const Progress& progress);

  // Nothing was read yet.
  Result<bool> is_new();
  // By which the log is known again.
  Result<std::optional<LogMark>> mark(std::int32_t partition);
  Result<void> set_mark(std::int32_t partition, const LogMark& mark);

  // Another log stands at the address: it is read from its beginning, and until its end of now only heard. What
  // stands and what was told stays as it is, until this log has a word on it.
  struct Bounds {
    std::int64_t begin = 0;
    std::int64_t end = 0;
  };
  Result<void> start_over(const std::vector<Bounds>& partitions, UnixMillis now);
  enum class CatchingUp { kNo, kReads, kHasRead };
  Result<CatchingUp> catching_up();
  Result<void> caught_up();
  // The last word on an anomaly, while catching up.
  Result<void> hear(const Standing& word);
  Result<std::vector<Standing>> heard(std::size_t limit);
  Result<void> forget_heard(std::string_view anomaly);
  // Stands by the log before, and this one has not spoken of it.
  Result<bool> is_unheard(std::string_view anomaly);
  Result<std::vector<Standing>> unheard_since(UnixMillis before, std::size_t limit);
  Result<std::int64_t> unheard();

  Result<std::optional<Standing>> standing(std::string_view anomaly);
  Result<void> stand(const Standing& standing);
  Result<void> fall(std::string_view anomaly);
  Result<void> each_standing(const std::function<Result<void>(const Standing&)>& visit);
  Result<std::vector<Standing>> waivers_over(UnixMillis now, std::size_t limit);

  // The event by which a webhook was last told of an anomaly that stands for it.
  Result<std::optional<std::string>> told(std::string_view target, std::string_view anomaly);
  Result<void> set_told(std::string_view target, std::string_view anomaly, std::string_view event);
  Result<void> clear_told(std::string_view target, std::string_view anomaly);
  Result<void> add_delivery(std::string_view target, const Delivery& delivery);

  // Of one anomaly at one Alertmanager, those that stand.
  Result<std::vector<StoredAlert>> alerts_of(std::string_view target, std::string_view anomaly);
  // Due at once.
  Result<void> put_alert(std::string_view target, const StoredAlert& alert);

  // Those that are due and have none of the same anomaly before them: such as were not tried yet, else others, else
  // such as wait longer than any wait is, for a clock that has been put back since (two hours; ten minutes of alerts).
  Result<std::vector<Delivery>> due_deliveries(std::string_view target, UnixMillis now, std::size_t limit);
  Result<void> delivered(const std::vector<std::int64_t>& numbers);
  Result<void> try_again(std::int64_t number, UnixMillis at);
  Result<std::vector<StoredAlert>> due_alerts(std::string_view target, UnixMillis now, std::size_t limit);
  // Ended ones are forgotten, the others due again at `next`; an alert that changed meanwhile stays due.
  Result<void> posted(std::string_view target, const std::vector<StoredAlert>& alerts, UnixMillis next);

  Result<Waiting> waiting(std::string_view target);
  // Forgets receivers that are not among these.
  Result<void> keep_targets(const std::vector<std::string>& names);

 private:
  struct Impl;
  explicit NotifyState(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace gouji::command
