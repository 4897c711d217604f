// What the parser read from one document: the plain form of the event ReportParsed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "common/report/cell.h"
#include "common/report/form.h"
#include "common/report/report_key.h"

namespace gouji {

enum class TableStatus : std::uint8_t {
  kAbsent,      // the document has no such table
  kRead,        // every cell of the form was found
  kPartial,     // some cells are UNREADABLE or ABSENT
  kNotInText,   // heading there, table an image, attachment or script; never zeros
  kUnreadable,  // a table is there and cannot be read (for example cells run together)
};
std::string_view to_string(TableStatus status);  // "READ", "PARTIAL", ...

// A value that another reader found; the cell is then UNREADABLE.
struct AlternativeReading {
  std::uint16_t cell = 0;
  std::int64_t value = 0;
  std::string reader;  // "grid", "anchors", "poppler", "ocr.digits", ...
};

// Something odd about structure or reading that rules and readers of events may need.
struct ReadingNote {
  std::string code;  // closed set, upper snake case: "ROW_OVERLONG", "LABEL_MISSPELT", "EXTRA_ROW", ...
  std::string row;   // row key, or empty
  std::string text;  // what was seen, at most 200 bytes
  Where where;
};

// Columns run parallel: cells[i], where[i], raw[i], ... belong to form(table, edition).cells()[i].
// All are empty unless status is READ or PARTIAL.
struct TableReading {
  TableId table = TableId::kT2;
  TableStatus status = TableStatus::kAbsent;
  Edition edition = Edition::k2021;
  MoneyUnit money_unit = MoneyUnit::kNotStated;
  std::vector<Cell> cells;
  std::vector<Where> where;
  std::vector<std::string> raw;             // as printed, at most 64 bytes
  std::vector<std::uint16_t> confidence;    // in 1/1000
  std::vector<std::uint8_t> witnesses;      // independent readers that agree on the cell
  std::vector<AlternativeReading> alternatives;
  std::vector<ReadingNote> notes;
};

// A number that the prose states.
struct Claim {
  std::string text;  // the sentence, at most 400 bytes
  std::int64_t value = 0;
  std::string unit;             // "件", "条", "万元", ...
  bool hedged = false;          // 约, 余, 近, 多: at least, never equal
  std::string subject;          // what is counted, as the prose says it
  // Candidate readings: each a sum of cell ids ("t3.new.total").
  std::vector<std::vector<std::string>> readings;
  Where where;
};

// One of the six sections; `number` 1..6, 0 for text before the first heading.
struct Section {
  std::int32_t number = 0;
  std::string heading;
  std::string text;  // prose without tables, at most 64 KiB in all
  Where where;
};

// One vote on organ, year or scope, kept as evidence whether it won or not.
struct Vote {
  std::string field;   // "organ", "year", "scope"
  std::string value;   // what it says, normalised
  std::string source;  // "title", "period", "hint.list_title", "url", ...
  std::int32_t weight = 0;
  Where where;
};

// An attachment that came with the document: Where::part n is the n-th of these.
struct AttachmentRead {
  std::string name;
  std::string url;
  std::string sha256;  // hex
  bool is_used = false;  // something of the report comes from it
};

enum class ReadingStatus : std::uint8_t { kParsed, kPartial };

// Why a reading is PARTIAL, or a document refused; code is a closed set in upper snake case.
struct Reason {
  std::string code;
  std::string message;
};

struct Reading {
  ReportKey key;
  std::optional<std::string> organ_name;  // as the document says it; null where it does not
  std::optional<std::int32_t> year;
  ReadingStatus status = ReadingStatus::kParsed;
  std::optional<Reason> reason;  // of PARTIAL
  bool pre_2019 = false;         // an old form: kept, tables not read, no arithmetic
  std::string title;
  std::string media_type;      // as sniffed: "text/html", "text/plain", ...
  std::string charset;         // as decided
  std::string content_digest;  // SHA-256 hex of folded text and attachment digests
  std::string extractor;       // build version + digest of forms and organs
  std::string published_on;    // printed or metadata date, "2025-01-21"; empty where there is none
  std::vector<TableReading> tables;  // always t2, t3, t4 in this order
  std::vector<Claim> claims;
  std::vector<Section> sections;
  std::vector<Vote> votes;
  std::vector<ReadingNote> warnings;
  std::vector<AttachmentRead> attachments;  // all of them, in order, read or not
};

enum class RefusalClass : std::uint8_t {
  kPoison,      // cannot be read: REJECTED, dead letter that alerts
  kNotAReport,  // a look-alike: NOT_A_REPORT, dead letter without alert
};

struct Refusal {
  RefusalClass refusal_class = RefusalClass::kPoison;
  Reason reason;
};

using ReadOutcome = std::variant<Reading, Refusal>;

// The hints of crawler or user; never identities.
struct Hint {
  std::string field;   // "organ", "year", "scope", "title", "published_on", "charset", "media_type"
  std::string value;
  std::string origin;  // "portal_file", "list_row", "http_header", "user", "file_name", ...
};

}  // namespace gouji
