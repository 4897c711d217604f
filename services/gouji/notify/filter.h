// Which anomalies a receiver wants to hear of.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/core/clock.h"
#include "common/report/verdict.h"

namespace gouji::command {

// An empty list of a member means all. Errors of the current year, whoever made them but not our own
// misreading, unless the receiver says otherwise.
struct NotifyFilter {
  std::vector<std::string> divisions;  // beginnings of division codes: "33", "3301"
  std::vector<std::string> organs;     // ids, or parts of the organ's name
  std::vector<std::string> rules;      // ids, or beginnings that end in "*": "T3.*"
  std::vector<std::int32_t> years;
  bool all_years = false;              // else, without years: from the report year now due on
  Severity severity = Severity::kError;  // at least
  std::vector<Fault> faults = {Fault::kPublisher, Fault::kUndecided, Fault::kForm};
};

// Whether it stands (opened or changed, not waived) and is one that the filter names.
bool wants(const NotifyFilter& filter, const Anomaly& anomaly, UnixMillis now);

}  // namespace gouji::command
