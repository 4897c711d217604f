// CloudEvents 1.0, Kafka protocol binding, binary mode: attributes travel as `ce_…` headers in
// UTF-8, the value is plain protobuf (content-type application/protobuf).
// Source: github.com/cloudevents/spec, cloudevents/bindings/kafka-protocol-binding.md, section 3.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/core/clock.h"
#include "common/core/record.h"
#include "common/core/result.h"

namespace gouji::events {

inline constexpr std::string_view kRawType = "gouji.report.raw.v1";
inline constexpr std::string_view kRawWithdrawnType = "gouji.report.raw.withdrawn.v1";
inline constexpr std::string_view kParsedType = "gouji.report.parsed.v1";
inline constexpr std::string_view kWithdrawnType = "gouji.report.withdrawn.v1";
inline constexpr std::string_view kVerdictType = "gouji.report.verdict.v1";
inline constexpr std::string_view kAnomalyTypePrefix = "gouji.anomaly.";  // + transition + ".v1"
inline constexpr std::string_view kSourceHealthType = "gouji.source.health.v1";
inline constexpr std::string_view kWaiverType = "gouji.waiver.v1";

struct Envelope {
  std::string id;       // ce_id, deterministic
  std::string type;     // ce_type
  std::string source;   // ce_source: "/crawler/<source id>", "/parser", "/validator"
  std::string subject;  // ce_subject: the report key, or the location id of raw events; may be empty
  UnixMillis time = 0;  // ce_time: of the fetch behind the event, so that a replay repeats it
};

// ce_id of an output: UUIDv5 over type, the input's ce_id, version of extractor or rule set and the
// ordinal among the outputs of that type for the input.
std::string output_id(std::string_view type, std::string_view input_id, std::string_view version, int ordinal);

// A record with the envelope as headers; its timestamp is the envelope's time. No value = tombstone.
Record make_record(const Envelope& envelope, std::string key, std::optional<std::string> value);

// Tolerant: attributes that are missing stay empty, a bad ce_time is the record's timestamp.
Envelope read_envelope(const Record& record);
// The ce_type alone, as a view into the record; empty where there is none.
std::string_view event_type(const Record& record);

// RFC 3339 in UTC with milliseconds, "2026-01-31T08:15:30.123Z"; and back.
std::string to_rfc3339(UnixMillis time);
std::optional<UnixMillis> from_rfc3339(std::string_view text);

}  // namespace gouji::events
