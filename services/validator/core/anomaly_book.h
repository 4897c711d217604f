// The anomalies of one report key over time: gives drafts the ids of what was already known, and
// turns differences into transitions.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "common/report/ledger.h"
#include "common/report/verdict.h"

namespace gouji::validator {

// Closed anomalies that are remembered for their ids.
inline constexpr std::size_t kClosedMax = 16;

// What an update is about.
struct Occasion {
  ReportKey key;
  std::int32_t version = 0;
  std::string organ_name;
  Evidence evidence;
  UnixMillis seen_at = 0;
  Transition closing = Transition::kResolved;  // of what is gone: kResolved or kRetracted
  std::string closed_by;                       // "version:3", "withdrawn", "rules", "extractor", "2019:version:2"
};

struct BookUpdate {
  std::vector<LedgerAnomaly> anomalies;  // the book afterwards
  std::vector<Anomaly> transitions;      // closed, then changed and opened
  std::vector<std::string> closed;       // ids of what was closed
  std::int32_t opened = 0;
};

// Which anomalies of the book an update may touch; the others stay as they are.
using Subject = std::function<bool(const LedgerAnomaly&)>;

BookUpdate update_book(const std::vector<LedgerAnomaly>& book, std::vector<Anomaly> drafts, const Occasion& occasion,
                       const Subject& is_subject);

// Open and not waived, and open and waived, at that time.
std::int32_t open_anomalies(const std::vector<LedgerAnomaly>& book, UnixMillis now);
std::int32_t waived_anomalies(const std::vector<LedgerAnomaly>& book, UnixMillis now);

}  // namespace gouji::validator
