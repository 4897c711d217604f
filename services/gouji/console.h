// What `gouji run` prints while it works: one line a report, one an anomaly, one a document that
// was not taken. It follows the topics, so it says only what is committed.
#pragma once

#include <cstdint>
#include <map>

#include "common/core/result.h"
#include "common/eventlog/log.h"
#include "services/gouji/language.h"

namespace gouji::command {

struct ConsoleCounts {
  std::int64_t reports = 0;       // versions that are new, not those that a neighbouring year had judged again
  std::int64_t judged_again = 0;  // or withdrawn, or waived
  std::int64_t anomalies = 0;     // opened or changed, and not waived
  std::int64_t not_reports = 0;   // dead letters of class not_a_report
  std::int64_t poison = 0;
};

class Console {
 public:
  // Begins at the end offsets of now, so earlier runs are not repeated.
  static Result<Console> open(eventlog::EventLog& log, Language language);
  // Prints what is new; returns whether there was anything.
  Result<bool> print_new();
  const ConsoleCounts& counts() const { return counts_; }

 private:
  Console(eventlog::EventLog& log, Language language) : log_(&log), language_(language) {}
  void print(const eventlog::StoredRecord& record);
  void print_verdict(const Record& record);
  void print_anomaly(const Record& record);
  void print_dead_letter(const Record& record);

  eventlog::EventLog* log_;
  Language language_;
  std::map<eventlog::TopicPartition, std::int64_t> next_;
  ConsoleCounts counts_;
};

}  // namespace gouji::command
