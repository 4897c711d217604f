// Whose fault an anomaly is, from what the event says of how the table was read. Without evidence it
// stays undecided: a wrong figure is the publisher's as likely as ours.
#pragma once

#include <string>

#include "common/report/reading.h"
#include "common/report/verdict.h"
#include "services/validator/core/diagnosis.h"
#include "services/validator/core/table_checks.h"

namespace gouji::validator {

// A table with what the decoder says of it. `reading` gives provenance and second readings; it may
// be null.
struct DiagnosedTable {
  TableView view;
  std::vector<Diagnosis> diagnoses;
  const TableReading* reading = nullptr;
  bool is_plain_text = false;  // the layout of the document is lost: blanks are placed by guessing
};

// EXTRACTION: another reader saw the repair; the repair undoes a known reading error that one reader
// alone made; it changes what stands in a row whose cells were placed by position or whose digits
// were doubtful; or a great part of the table fails and nothing explains it. FORM: the difference is
// a row of its own that the form does not have. PUBLISHER: two readers agree on every cell in
// question.
Fault fault_of(const Diagnosis& diagnosis, const DiagnosedTable& table);

// Of a table that departs from its form.
Fault fault_of_shape(const DiagnosedTable& table);

}  // namespace gouji::validator
