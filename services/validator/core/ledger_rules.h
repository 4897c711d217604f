// The rules that need nothing but the ledger: against the report of the year before, against last
// year's prose, against other copies. They are evaluated again whenever a neighbour comes, changes
// or goes.
#pragma once

#include <vector>

#include "common/report/ledger.h"
#include "services/validator/core/checked.h"
#include "services/validator/core/cross_year.h"

namespace gouji::validator {

std::vector<Said> ledger_results(const LedgerEntry& entry, const Previous& previous);

// True of anomalies that ledger_results leads to.
bool is_of_ledger_rules(const std::vector<Finding>& findings);

}  // namespace gouji::validator
