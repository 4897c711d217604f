// The validator's one entry: what is known of an organ and a new reading in, verdict, transitions
// and the changed ledger out. Pure; time comes in with the input.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "common/core/result.h"
#include "common/report/ledger.h"
#include "common/report/reading.h"
#include "common/report/verdict.h"

namespace gouji::validator {

// One document (or withdrawal) as it reaches the validator.
struct Arrival {
  Reading reading;             // of a withdrawal only `key` counts
  bool withdrawn = false;
  std::string location_id;
  std::string payload_digest;
  std::int64_t fetch_sequence = 0;  // of the raw event; rises with every event of its location
  Evidence evidence;           // rule_set is filled in by judge
  UnixMillis seen_at = 0;      // event time of the input, never the wall clock
  std::int64_t input_offset = 0;
};

// Reads the ledger entry of a key; nullopt when there is none. Only keys of the arrival's organ are
// asked for.
using History = std::function<std::optional<LedgerEntry>(const ReportKey&)>;

// Reads the document of a ReportParsed again by the offset of its record; nullopt when it is no
// longer there, or is no report.
struct Arrival;
using Reread = std::function<std::optional<Arrival>(std::int64_t offset)>;

// Reason and author of a waiver together: the ledger keeps them.
inline constexpr std::size_t kWaiverBytesMax = 360;

// A waiver as it reaches the validator.
struct WaiverArrival {
  ReportKey key;
  std::string anomaly_id;
  std::optional<LedgerWaiver> waiver;  // nullopt = taken back
  UnixMillis seen_at = 0;
};

struct LedgerChange {
  ReportKey key;
  std::optional<LedgerEntry> entry;  // nullopt = remove
};

// Empty verdicts, anomalies and ledger = nothing changed: nothing is published.
struct Judgement {
  std::vector<Verdict> verdicts;          // of this report, then of neighbours it re-evaluated
  std::vector<Anomaly> transitions;       // in the order to publish
  std::vector<LedgerChange> ledger;
  std::vector<std::string> closed;        // anomaly ids whose snapshot gets a tombstone
};

Judgement judge(const History& history, const Arrival& arrival, const Reread& reread = {});

// kInvalidInput TOO_LARGE, or NOT_FOUND where the report has no such anomaly.
Result<Judgement> judge_waiver(const History& history, const WaiverArrival& arrival, const Reread& reread = {});

// True of a live report on which older rules have spoken last, or rules of the same version with
// other settings.
bool is_behind_rules(const LedgerEntry& entry);
// What today's rules say of a report that is there: anomalies are opened and retracted without a new
// document. Nothing where is_behind_rules is false. Without its document, of its cells only.
Judgement judge_again(const History& history, const ReportKey& key, const Reread& reread);

// Version of the rules and SHA-256 over their data: "1+ab12…".
const std::string& rule_set_version();

}  // namespace gouji::validator
