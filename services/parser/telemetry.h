// The parser's metrics, by name.
#pragma once

#include "common/report/reading.h"
#include "common/telemetry/metrics.h"

namespace gouji::parser {

class Telemetry {
 public:
  explicit Telemetry(telemetry::Metrics& metrics);

  void parsed(const Reading& reading) const;
  void refused(RefusalClass refusal) const;
  void withdrawn() const;
  void already_taken() const;  // a raw record that state says is old
  // Counts of the worker pool, which only grow.
  void workers(std::int64_t requests, std::int64_t deaths, std::int64_t timeouts) const;

 private:
  telemetry::Counter parsed_, partial_, poison_, not_a_report_, withdrawn_, already_taken_;
  telemetry::Counter unidentified_;
  telemetry::Gauge worker_requests_, worker_deaths_, worker_timeouts_;
};

}  // namespace gouji::parser
