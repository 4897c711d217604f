// Which of several equal explanations other evidence speaks for: last year's and next year's 结转,
// and the prose. Evidence orders explanations and is named in the message; it never removes one, and
// `unique` stays what the table alone says.
#pragma once

#include <vector>

#include "common/report/ledger.h"
#include "common/report/reading.h"
#include "common/report/verdict.h"

namespace gouji::validator {

struct TieEvidence {
  const LedgerEntry* previous = nullptr;  // the report of the year before; may be null
  const LedgerEntry* next = nullptr;      // the report of the year after; may be null
  const std::vector<Claim>* claims = nullptr;
};

void break_ties(std::vector<Anomaly>& drafts, const TieEvidence& evidence);

}  // namespace gouji::validator
