// What the validator says: the plain forms of the events ReportVerdict and Anomaly.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/clock.h"
#include "common/report/reading.h"

namespace gouji {

enum class Severity : std::uint8_t { kInfo, kWarning, kError };
enum class Category : std::uint8_t { kArithmetic, kStructure, kCrossYear, kNarrative, kTimeliness };
enum class RuleStatus : std::uint8_t { kPassed, kFailed, kNotApplicable };
enum class Fault : std::uint8_t { kUndecided, kPublisher, kExtraction, kForm };
enum class Mechanism : std::uint8_t {
  kOther, kDigitChanged, kDigitDropped, kDigitDoubled, kDigitsTransposed, kDigitsSplitOrMerged,
  kNeighbourCopied, kRowShifted, kColumnShifted, kMovedInRow, kMovedInColumn, kTotalNotUpdated,
  kTotalDoubled, kBlankForZero,
};
enum class Transition : std::uint8_t { kOpened, kChanged, kResolved, kRetracted };

// Upper snake case as in the events and in `gouji check`; severity and transition in lower case.
std::string_view to_string(Severity severity);      // "error"
std::string_view to_string(Category category);      // "ARITHMETIC"
std::string_view to_string(RuleStatus status);      // "PASSED"
std::string_view to_string(Fault fault);            // "UNDECIDED"
std::string_view to_string(Mechanism mechanism);    // "DIGIT_CHANGED"
std::string_view to_string(Transition transition);  // "opened"
Result<Severity> severity_from(std::string_view name);

// A cell with what the document says there.
struct Operand {
  std::string cell;  // "t3.new.natural_person"; with a year in front for another year's: "2019:t3.…"
  Cell value;
};

struct RuleResult {
  std::string rule;      // "T3.BALANCE"
  std::string instance;  // column, row or group; empty where there is one instance
  RuleStatus status = RuleStatus::kNotApplicable;
  // Closed set. Of NOT_APPLICABLE why: "BLANK_TOTAL", "TABLE_ABSENT", ...; of the others empty, or
  // the publisher's convention that was accepted: "BLANK_AS_ZERO", "NIL_AS_ZERO".
  std::string reason;
  Severity severity = Severity::kError;
  std::vector<Operand> operands;             // of FAILED; of others empty
  std::optional<std::int64_t> difference;    // of a failed equation: parts minus whole
};

// Results that all clean tables of a form have in common: made once, never changed and never gone.
struct SharedResults {
  std::vector<RuleResult> results;
};

struct CellChange {
  std::string cell;
  Cell before;
  Cell after;
};

// One minimal set of changes that makes every identity hold.
struct Change {
  std::string cell;
  Cell reported;
  std::int64_t proposed = 0;
};
struct Explanation {
  std::vector<Change> changes;
  Mechanism mechanism = Mechanism::kOther;
  // What speaks for this one of several: "2020:t3.carried_out.total" (a cell of another year's
  // report), "reader:poppler", "claim:" and the sentence.
  std::vector<std::string> supported_by{};
};

// An unread cell that the identities determine uniquely; never written into the reading.
struct DerivedValue {
  std::string cell;
  std::int64_t value = 0;
};

// Where the evidence can be looked up again.
struct Evidence {
  std::string url;
  std::string raw_digest;    // payload digest of the raw event
  std::string raw_id;        // its ce_id
  UnixMillis fetched_at = 0;
  std::string extractor;
  std::string rule_set;
};

struct Finding {
  std::string rule;
  std::string instance;
  friend bool operator==(const Finding&, const Finding&) = default;
  friend auto operator<=>(const Finding&, const Finding&) = default;
};

// A person's word that an anomaly is known and accepted, for the values that stood there.
struct Waiver {
  std::string anomaly_id;
  ReportKey key;
  std::string reason;
  std::string author;
  UnixMillis created_at = 0;
  UnixMillis expires_at = 0;  // 0 = never
  std::string cells_digest;
};

struct Anomaly {
  std::string id;
  ReportKey key;
  std::int32_t version = 0;
  Transition transition = Transition::kOpened;
  Category category = Category::kArithmetic;
  Severity severity = Severity::kError;
  Fault fault = Fault::kUndecided;
  std::vector<Finding> findings;  // sorted
  std::vector<RuleResult> results;  // the failed results behind the findings
  std::vector<Explanation> explanations;  // best first
  bool unique = false;
  bool exhaustive = true;
  std::string message_zh;
  std::string message_en;
  std::string organ_name;
  // RESOLVED: "version:3" or "withdrawn", with "2019:" in front when the report of another year
  // settled it; RETRACTED: "rules" or "extractor".
  std::string resolved_by;
  UnixMillis opened_at = 0;
  Evidence evidence;
  std::string cells_digest;      // of the cells and values behind it
  std::optional<Waiver> waiver;  // given for these very values; whether it has expired is_waived() tells

  bool is_waived(UnixMillis now) const { return waiver && (waiver->expires_at == 0 || now < waiver->expires_at); }
};

struct Verdict {
  ReportKey key;
  std::int32_t version = 0;
  std::int32_t evaluation = 0;
  std::string rule_set;  // version "+" digest
  std::vector<RuleResult> results;
  // Results beside those, each list in front of results[before]; as events they are all alike.
  struct Shared {
    const SharedResults* list = nullptr;
    std::size_t before = 0;
  };
  std::vector<Shared> shared;  // rising by place; empty of a verdict that was decoded
  std::vector<CellChange> changed_cells;  // against the version before; of evaluation 1 only
  std::vector<DerivedValue> derived;
  std::int32_t anomalies_open = 0;    // without those that are waived
  std::int32_t anomalies_waived = 0;
  std::int32_t mended = 0;  // anomalies that this version resolved
  std::int32_t broken = 0;  // anomalies that this version opened
  bool withdrawn = false;
  std::string organ_name;
  std::vector<TableReading> tables;  // filled in the compacted snapshot only
  Evidence evidence;
};

// Puts the shared results among the others.
void name_shared(Verdict& verdict);

}  // namespace gouji
