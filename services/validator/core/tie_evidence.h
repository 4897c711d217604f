// What lies outside a table and speaks for one of several equal explanations: another year's report,
// a number in the prose, a second reading of the document. It orders explanations and is named with
// them; it never adds or removes one.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/report/ledger.h"
#include "common/report/reading.h"
#include "services/validator/core/cross_year.h"
#include "services/validator/core/table_checks.h"

namespace gouji::validator {

// One of `sums` (each a sum of cells of the table) has this value.
struct NamedEvidence {
  std::vector<std::vector<std::uint16_t>> sums;
  std::int64_t value = 0;
  // "2020:t3.carried_out.total" (the cell of another year's report), "reader:poppler", "claim:" and
  // the sentence.
  std::string name;
};

// Reports that this one may be compared with; either may be null.
struct Neighbours {
  const LedgerEntry* previous = nullptr;
  const LedgerEntry* next = nullptr;
};

// By the rules of previous_report().
Neighbours neighbours_of(LedgerView& ledger, const ReportKey& key);

// Claims that are not hedged, and second readings, as far as they speak of cells of this table.
std::vector<NamedEvidence> evidence_of_document(const Form& form, const Reading& reading);
// What was carried in is what the year before carried out. Table 3 only.
std::vector<NamedEvidence> evidence_of_neighbours(const Form& form, const Neighbours& neighbours);

// Whether one of the sums has the value when the cells have these values; a cell that is not known
// decides nothing. `values` and `is_known` run parallel to the form's cells.
bool holds(const NamedEvidence& evidence, const std::vector<std::int64_t>& values, const std::vector<bool>& is_known);

}  // namespace gouji::validator
