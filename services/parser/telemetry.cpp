#include "services/parser/telemetry.h"

namespace gouji::parser {

Telemetry::Telemetry(telemetry::Metrics& metrics) {
  const auto documents = [&](const char* result) {
    return metrics.counter("gouji_parser_documents_total",
                           "Raw records by what came of them; counted when read, so a retried transaction counts twice.",
                           {{"result", result}});
  };
  parsed_ = documents("parsed");
  partial_ = documents("partial");
  poison_ = documents("poison");
  not_a_report_ = documents("not_a_report");
  withdrawn_ = documents("withdrawn");
  already_taken_ = documents("already_taken");
  unidentified_ = metrics.counter("gouji_parser_unidentified_total", "Reports whose organ or year is not decided.");
  worker_requests_ = metrics.gauge("gouji_parser_worker_requests", "Documents given to worker processes since start.");
  worker_deaths_ = metrics.gauge("gouji_parser_worker_deaths", "Worker processes that died on a document since start.");
  worker_timeouts_ = metrics.gauge("gouji_parser_worker_timeouts", "Documents that outlasted their deadline since start.");
}

void Telemetry::parsed(const Reading& reading) const {
  (reading.status == ReadingStatus::kParsed ? parsed_ : partial_).add();
  if (!reading.key.is_identified()) unidentified_.add();
}

void Telemetry::refused(RefusalClass refusal) const {
  (refusal == RefusalClass::kPoison ? poison_ : not_a_report_).add();
}

void Telemetry::withdrawn() const { withdrawn_.add(); }

void Telemetry::already_taken() const { already_taken_.add(); }

void Telemetry::workers(std::int64_t requests, std::int64_t deaths, std::int64_t timeouts) const {
  worker_requests_.set(requests);
  worker_deaths_.set(deaths);
  worker_timeouts_.set(timeouts);
}

}  // namespace gouji::parser
