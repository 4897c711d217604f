// Reads and judges documents offline: what `check` and `rules backtest` share.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "services/gouji/reader.h"

namespace gouji::command {

using CheckLedger = std::map<ReportKey, LedgerEntry>;

// Of a document that was read; the ledger holds what was judged before and takes what this adds.
validator::Judgement judge_document(const CheckedDocument& document, CheckLedger& ledger);

// Each document by itself, without history, in the order of DocumentSource::expand().
Result<void> check_documents(const std::vector<std::string>& sources,
                             const std::function<void(const CheckedDocument&)>& visit);

}  // namespace gouji::command
