// The validator's metrics, by name.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
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
  // Of what no document has caused: transitions only.
  void changed(const Judgement& judgement) const;
  // The entry of a report key is now this; nullptr = gone. The gauge of open anomalies changes by
  // the difference.
  void ledger_changed(std::int32_t partition, const std::string& key, const LedgerEntry* entry);
  void forget(std::int32_t partition);  // it moved to another process
  // Waivers that have ended by now no longer keep their anomalies out of the gauge.
  void expire();

 private:
  struct Series {
    std::string rule;
    Severity severity;
    Fault fault;
    bool is_current;
    friend auto operator<=>(const Series&, const Series&) = default;
  };
  // Of one report key.
  struct Held {
    std::vector<Series> open;
    std::vector<std::pair<UnixMillis, Series>> waived;  // until when
  };
  struct Expiry {
    UnixMillis at = 0;
    std::int32_t partition = 0;
    std::string key;
    friend auto operator<=>(const Expiry&, const Expiry&) = default;
  };
  void add(const Series& series, std::int64_t n);

  telemetry::Metrics& metrics_;
  const Clock& clock_;
  telemetry::Counter passed_, failed_, withdrawn_, unchanged_;
  std::map<std::string, telemetry::Counter> transitions_;
  std::map<Series, telemetry::Gauge> open_;
  telemetry::Gauge ledger_keys_;
  std::map<std::int32_t, std::map<std::string, Held>> by_partition_;
  std::set<Expiry> expiries_;
};

}  // namespace gouji::validator
