// From the failed equations of one table to what explains them.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "common/report/verdict.h"
#include "services/validator/core/table_checks.h"
#include "services/validator/core/tie_evidence.h"

namespace gouji::validator {

// Explanations that an anomaly carries at most; more than these and `exhaustive` is false.
inline constexpr std::size_t kExplanationsMax = 32;

// Failed equations that one cause explains.
struct Diagnosis {
  std::vector<std::size_t> equations;     // places in identities(form), rising
  std::vector<Explanation> explanations;  // best first; empty where none was found
  bool unique = false;                    // exactly one, and the search was not cut short
  bool exhaustive = true;
};

// Nothing when every equation holds. Cells that are no numbers under the convention are unknowns:
// they constrain nothing. `evidence` orders equal explanations.
std::vector<Diagnosis> diagnose(const TableView& table, Convention convention,
                                std::span<const NamedEvidence> evidence = {});

}  // namespace gouji::validator
