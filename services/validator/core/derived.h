// From unread cells to values that the equations of a table determine.
#pragma once

#include <vector>

#include "common/report/verdict.h"
#include "services/validator/core/table_checks.h"

namespace gouji::validator {

// UNREADABLE and ABSENT cells that have the same value in every way to fill the unknown cells with
// whole numbers from 0 under which all equations hold: as far as the equations together (Gaussian
// elimination) and sums of zero tell. Nothing where there is no such way, because then some figure
// that was read is wrong, and any value derived from it with it.
std::vector<DerivedValue> derive(const TableView& table, Convention convention);

}  // namespace gouji::validator
