// Rule results as bytes of ReportVerdict.results, without a message object for each of the hundred
// that a report has. Internal to common/events.
#pragma once

#include <string>

#include "common/report/ledger.h"
#include "common/report/verdict.h"

namespace gouji::events {

// The field as protobuf writes it, with the shared results among the others; it may stand between the
// bytes of the fields before and behind it. Thread-safe.
std::string results_field(const Verdict& verdict);
// LedgerEntry.document_results in the same way.
std::string document_results_field(const LedgerEntry& entry);

}  // namespace gouji::events
