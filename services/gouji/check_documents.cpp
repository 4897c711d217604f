#include "services/gouji/check_documents.h"

namespace gouji::command {

validator::Judgement judge_document(const CheckedDocument& document, CheckLedger& ledger) {
  validator::Arrival arrival;
  arrival.reading = std::get<Reading>(document.outcome);
  arrival.location_id = document.source;
  arrival.payload_digest = document.sha256;
  arrival.evidence.url = document.source;
  arrival.evidence.raw_digest = document.sha256;
  arrival.evidence.extractor = arrival.reading.extractor;
  validator::Judgement judgement = validator::judge(
      [&ledger](const ReportKey& key) -> std::optional<LedgerEntry> {
        const auto found = ledger.find(key);
        if (found == ledger.end()) return std::nullopt;
        return found->second;
      },
      arrival);
  for (const validator::LedgerChange& change : judgement.ledger)
    if (change.entry) ledger.insert_or_assign(change.key, *change.entry);
  for (Verdict& verdict : judgement.verdicts) name_shared(verdict);
  return judgement;
}

Result<void> check_documents(const std::vector<std::string>& sources,
                             const std::function<void(const CheckedDocument&)>& visit) {
  GOUJI_ASSIGN(const auto files, DocumentSource::expand(sources));
  GOUJI_ASSIGN(const auto source, DocumentSource::create({}));
  for (const std::string& file : files) {
    CheckedDocument document = source->read(file);
    CheckLedger nothing;
    if (std::holds_alternative<Reading>(document.outcome)) document.judgement = judge_document(document, nothing);
    visit(document);
  }
  return ok();
}

}  // namespace gouji::command
