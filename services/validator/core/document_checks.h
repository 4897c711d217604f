// The rules that need the document and not only its cells: shape of the tables, sections, years,
// dates, units. Their results are kept in the ledger, because they cannot be had again from cells.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "common/report/ledger.h"
#include "common/report/reading.h"
#include "common/report/verdict.h"
#include "services/validator/core/checked.h"

namespace gouji::validator {

// What an organ is, as far as its name tells.
enum class OrganKind { kUnknown, kTown, kCounty, kGovernment, kDepartment };
OrganKind organ_kind(std::string_view name);

// `tables` are t2, t3, t4, contradictions mended; `is_decidable[i]`: some equation of table i could
// be evaluated.
std::vector<Said> document_results(const Reading& reading, const std::vector<LedgerTable>& tables,
                                   const std::array<bool, 3>& is_decidable);

// The reading's table of that id; nullptr when it has none.
const TableReading* table_reading(const Reading& reading, TableId id);

}  // namespace gouji::validator
