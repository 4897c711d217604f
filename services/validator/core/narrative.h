// N.T2, N.T3, N.T4: numbers that the prose states against the cells. Wording is loose (受理 may be
// new, new and carried in, or completed; a city speaks of itself and of all below it), so a number
// is reported only when nothing explains it, and never as more than a warning.
#pragma once

#include <vector>

#include "common/report/ledger.h"
#include "common/report/reading.h"
#include "services/validator/core/checked.h"

namespace gouji::validator {

// One result a rule where all is explained or nothing can be compared. Otherwise one failure a row
// of the table, or one with instance "scope" where the prose as a whole speaks of something else.
// `tables` are t2, t3, t4, contradictions mended.
std::vector<Said> narrative_results(const Reading& reading, const std::vector<LedgerTable>& tables);

}  // namespace gouji::validator
