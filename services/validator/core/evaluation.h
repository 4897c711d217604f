// All that the rules say of one report: of a new document, or again from the ledger.
#pragma once

#include <string>
#include <vector>

#include "common/report/ledger.h"
#include "common/report/reading.h"
#include "common/report/verdict.h"
#include "services/validator/core/known_results.h"
#include "services/validator/core/tie_evidence.h"

namespace gouji::validator {

// Without the rules that compare years.
struct Evaluation {
  std::vector<RuleResult> table_results;     // from cells alone
  std::vector<Verdict::Shared> shared;       // among them
  ResultList document_results;               // from the document
  std::vector<DerivedValue> derived;
  std::vector<Anomaly> drafts;
};

// `tables` are ledger_tables(reading).
Evaluation evaluate(const Reading& reading, const std::vector<LedgerTable>& tables, const Neighbours& neighbours = {});

// The cells of a reading as the ledger keeps them. A table whose columns contradict its form counts
// as unreadable.
std::vector<LedgerTable> ledger_tables(const Reading& reading);

// The table results, derived values and drafts of an entry; its document results are in the entry
// and lead to no drafts.
Evaluation evaluate_again(const LedgerEntry& entry);
// True of anomalies that the drafts of evaluate_again lead to.
bool are_of_cells(const std::vector<Finding>& findings);

// Anomalies of the equations of an entry's table 3, from the ledger alone: what speaks for one
// explanation may have arrived with another year's report. Without the evidence of the document.
std::vector<Anomaly> table3_drafts(const LedgerEntry& entry, const Neighbours& neighbours);

// Digest of everything that a verdict and its snapshot say of the report itself.
std::string result_digest(const std::vector<RuleResult>& results, const std::vector<DerivedValue>& derived,
                          const std::vector<LedgerTable>& tables, const std::string& organ_name,
                          const std::vector<Verdict::Shared>& shared = {});

// As the entry keeps them.
ResultList document_results_of(const LedgerEntry& entry);

// Cells by id that differ; a cell that one side lacks is ABSENT there.
std::vector<CellChange> changed_cells(const std::vector<LedgerTable>& before, const std::vector<LedgerTable>& after);

}  // namespace gouji::validator
