// Which cells of a checked document its anomalies point at: what the pictures of the tables mark.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "services/gouji/report_json.h"

namespace gouji::command {

enum class Suspicion {
  kInvolved,  // an operand of a failed rule; no explanation names it
  kPossible,  // one of several explanations changes it
  kCertain,   // the only explanation changes it
};

struct Suspect {
  Suspicion suspicion = Suspicion::kInvolved;
  Severity severity = Severity::kInfo;
  std::optional<std::int64_t> proposed;  // by the best explanation that names the cell
};

// By cell id, of the document's own year.
std::map<std::string, Suspect> suspects_of(const CheckedDocument& document);

// The anomalies of the document itself, not those of its neighbours, worst first.
std::vector<const Anomaly*> anomalies_of(const CheckedDocument& document);

// Rows and columns that do not add up: "row t3 new", "column t3 total".
std::set<std::string, std::less<>> off_lines(const CheckedDocument& document);

// Cells of READ or PARTIAL tables that no rule with a decided result looked at, by table: a wrong
// figure there goes unnoticed.
std::vector<std::vector<std::uint16_t>> unchecked_cells(const CheckedDocument& document);

}  // namespace gouji::command
