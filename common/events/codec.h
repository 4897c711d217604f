// Events between their plain structs and protobuf. Nothing else in the project sees protobuf types.
// Decoding is strict: bytes that do not decode, enum values from a newer schema and columns of
// contradictory sizes are kInvalidInput (MALFORMED or UNKNOWN_VERSION), never guessed around.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "common/core/record.h"
#include "common/core/result.h"
#include "common/events/envelope.h"
#include "common/report/ledger.h"
#include "common/report/raw_report.h"
#include "common/report/reading.h"
#include "common/report/source_health.h"
#include "common/report/verdict.h"

namespace gouji::events {

// gouji.report.raw.v1. Bodies are compressed with zstd where that is smaller; decoding gives the
// original bytes back and refuses sizes above kContentBytesMax.
std::string raw_id(const RawReport& report);
std::string raw_id(const RawWithdrawn& withdrawn);
Record encode(const RawReport& report);
Record encode(const RawWithdrawn& withdrawn);
using RawEvent = std::variant<RawReport, RawWithdrawn>;
Result<RawEvent> decode_raw(const Record& record);

// gouji.report.parsed.v1.
struct ParsedReport {
  Reading reading;
  std::string location_id;
  std::int64_t fetch_sequence = 0;
  Evidence evidence;
};
struct WithdrawnReport {
  ReportKey key;
  std::string location_id;
  std::int64_t fetch_sequence = 0;
  std::string reason;  // "WITHDRAWN", "KEY_CHANGED"
  Evidence evidence;
};
// The ids follow from evidence.raw_id and evidence.extractor.
Record encode(const ParsedReport& report);
Record encode(const WithdrawnReport& withdrawn);
using ParsedEvent = std::variant<ParsedReport, WithdrawnReport>;
Result<ParsedEvent> decode_parsed(const Record& record);

// gouji.report.verdict.v1 (key = organ id) and gouji.report.current.v1 (key = report key, with tables).
Record encode(const Verdict& verdict, const std::string& input_id, int ordinal);
Record encode_current(const Verdict& verdict, const std::string& input_id, int ordinal);
Result<Verdict> decode_verdict(const Record& record);

// gouji.anomaly.v1 (key = organ id) and gouji.anomaly.current.v1 (key = anomaly id).
Record encode(const Anomaly& anomaly, const std::string& input_id, int ordinal);
Record encode_current(const Anomaly& anomaly, const std::string& input_id, int ordinal);
Record anomaly_tombstone(const std::string& anomaly_id, const Envelope& cause);
Result<Anomaly> decode_anomaly(const Record& record);

// gouji.waiver.v1 (key = anomaly id); a tombstone names the report in its subject.
Record encode(const Waiver& waiver);
Record waiver_tombstone(const std::string& anomaly_id, const ReportKey& key, UnixMillis now);
Result<Waiver> decode_waiver(const Record& record);

// gouji.source.health.v1.
Record encode(const SourceHealth& health);
Result<SourceHealth> decode_source_health(const Record& record);

// Values of the changelogs.
std::string encode(const LedgerEntry& entry);
Result<LedgerEntry> decode_ledger_entry(std::string_view bytes);
std::string encode(const ParserLocation& location);
Result<ParserLocation> decode_parser_location(std::string_view bytes);

// protobuf's JSON mapping of a record's value, by its ce_type, or by topic where it has none;
// "null" for a tombstone. Changelogs by topic.
Result<std::string> value_json(std::string_view topic, const Record& record);

}  // namespace gouji::events
