// What the validator remembers of a report key, and the parser of a location: the plain forms of
// the records in their changelogs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/core/clock.h"
#include "common/report/reading.h"
#include "common/report/verdict.h"

namespace gouji {

// One address at which a report key is live. The oldest live one is the primary.
struct LedgerLocation {
  std::string location_id;
  std::string payload_digest;
  std::string content_digest;
  std::int64_t order = 0;  // rises with every location that joins: the lowest is the oldest
  std::int64_t fetch_sequence = 0;  // of what was last seen there: what is lower comes too late
  std::int64_t parsed_offset = -1;  // of its ReportParsed; -1 = not known
  // Of a copy: cells that differ from the primary's, with the copy's values; the first few.
  std::vector<Operand> differing;
};

// An address that has gone: what comes from it with a lower sequence comes too late.
struct DepartedLocation {
  std::string location_id;
  std::int64_t fetch_sequence = 0;
};

// What is kept of a report's prose.
struct TextSketch {
  std::vector<std::uint32_t> minima;  // smallest hashes of its shingles, rising; empty: too short to compare
  std::string numbers;                // digest of the numbers that it states; empty: too few
  std::int32_t characters = 0;
};

// A person's word on an anomaly, as the validator remembers it.
struct LedgerWaiver {
  std::string reason;
  std::string author;
  UnixMillis created_at = 0;
  UnixMillis expires_at = 0;  // 0 = never
  std::string cells_digest;   // it was given for these cells and values
};

// An anomaly that is open, or closed but remembered so that re-opening keeps its id.
struct LedgerAnomaly {
  std::string id;
  bool open = true;
  std::vector<Finding> findings;
  std::string fingerprint;  // digest of all that subscribers see, to tell CHANGED from unchanged
  Severity severity = Severity::kError;
  Fault fault = Fault::kUndecided;
  std::string leading_rule;
  std::int32_t opened_in_version = 0;
  UnixMillis opened_at = 0;
  std::string cells_digest;  // of the cells and values behind it
  std::optional<LedgerWaiver> waiver;

  // Somebody has accepted it for the very values that stand there now.
  bool is_bound() const { return waiver && waiver->cells_digest == cells_digest; }
  bool is_waived(UnixMillis now) const { return is_bound() && (waiver->expires_at == 0 || now < waiver->expires_at); }
};

// A table as the ledger keeps it: values without provenance.
struct LedgerTable {
  TableId table = TableId::kT2;
  TableStatus status = TableStatus::kAbsent;
  Edition edition = Edition::k2021;
  MoneyUnit money_unit = MoneyUnit::kNotStated;
  std::vector<Cell> cells;
};

struct LedgerEntry {
  ReportKey key;
  std::string organ_name;
  std::int32_t version = 0;
  std::int32_t evaluation = 0;
  std::string rule_set;
  std::string extractor;
  std::string payload_digest;   // of the current version
  std::string content_digest;
  std::string result_digest;    // of the last verdict, to tell a changed evaluation from the same
  std::vector<LedgerLocation> locations;
  std::vector<DepartedLocation> departed;
  std::vector<LedgerTable> tables;
  std::vector<LedgerAnomaly> anomalies;
  // Results of the rules that need the document: cells alone do not give them again.
  std::vector<RuleResult> document_results;
  const SharedResults* shared_document_results = nullptr;  // instead of them, where none fails
  std::int64_t parsed_offset = -1;  // of the ReportParsed behind the current version
  TextSketch sketch;
  Evidence evidence;
};

// Per location: what was last taken from it.
struct ParserLocation {
  std::string location_id;
  ReportKey key;               // of the last ReportParsed; empty organ id = none was published
  std::int64_t fetch_sequence = 0;
  std::string extractor;
  std::string raw_id;          // ce_id of the last raw event taken
};

}  // namespace gouji
