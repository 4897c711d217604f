// The validator's metrics, by name.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "common/core/clock.h"
#include "common/report/ledger.h"
#include "common/telemetry/metrics.h"
#include "services/validator/core/judge.h"

namespace gouji::validator {

class Telemetry {
 public:
  // Creates a series at 0 for every rule, severity, fault and period, before the first record.
  Telemetry(telemetry::Metrics& metrics, const Clock& clock);

  void judged(const Judgement& judgement) const;
  // The entry of a report key is now this; nullptr = gone. The gauge of open anomalies changes by
  // the difference.
  void ledger_changed(std::int32_t partition, const std::string& key, const LedgerEntry* entry);
  void forget(std::int32_t partition);  // it moved to another process

 private:
  struct Series {
    std::string rule;
    Severity severity;
    Fault fault;
    bool is_current;
    friend auto operator<=>(const Series&, const Series&) = default;
  };
  void add(const Series& series, std::int64_t n);

  telemetry::Metrics& metrics_;
  const Clock& clock_;
  telemetry::Counter passed_, failed_, withdrawn_, unchanged_;
  std::map<std::string, telemetry::Counter> transitions_;
  std::map<Series, telemetry::Gauge> open_;
  telemetry::Gauge ledger_keys_;
  std::map<std::int32_t, std::map<std::string, std::vector<Series>>> by_partition_;
};

}  // namespace gouji::validator
