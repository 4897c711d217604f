// What a change of rules or parser would do to the open anomalies: pure comparison of before and
// after, by anomaly id.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/result.h"
#include "common/report/verdict.h"
#include "services/gouji/log_access.h"

namespace gouji::command {

enum class DifferenceKind { kAdded, kChanged, kRemoved };
std::string_view to_string(DifferenceKind kind);  // "added"

struct Difference {
  DifferenceKind kind = DifferenceKind::kAdded;
  Anomaly before;  // of added: empty
  Anomaly after;   // of removed: empty
  const Anomaly& shown() const { return kind == DifferenceKind::kRemoved ? before : after; }
};

// Changed = another severity, fault, set of findings or list of explanations; wording is none.
std::vector<Difference> differences(const OpenAnomalies& before, const OpenAnomalies& after);

// By the leading rule of each anomaly.
struct RuleCounts {
  std::int64_t before = 0;
  std::int64_t after = 0;
  std::int64_t added = 0;
  std::int64_t changed = 0;
  std::int64_t removed = 0;
  // Of a log: what happened to the rule's anomalies so far.
  std::int64_t opened = 0;
  std::int64_t resolved = 0;
  std::int64_t retracted = 0;
};
std::map<std::string, RuleCounts> count_by_rule(const OpenAnomalies& before, const OpenAnomalies& after,
                                                const std::vector<Difference>& found);

// Adds a transition of the log to the counts of its leading rule.
void count_transition(std::map<std::string, RuleCounts>& counts, const Anomaly& transition);

// The anomalies of the lines that `gouji check --format json` wrote. kBadArgument names the line.
Result<OpenAnomalies> anomalies_of_check_json(std::string_view lines);

}  // namespace gouji::command
