#include <fmt/format.h>
#include <google/protobuf/arena.h>

#include "common/events/codec.h"
#include "common/events/convert.h"
#include "common/events/provenance_wire.h"

namespace gouji::events {
namespace {

constexpr std::string_view kSource = "/parser";
// The message of a usual report fits into it.
constexpr std::size_t kArenaBytes = 48 * 1024;

Result<void> take_provenance(std::string_view bytes, TableReading& table) {
  if (read_provenance(bytes, table)) return ok();
  table.where.clear();
  table.raw.clear();
  table.confidence.clear();
  table.witnesses.clear();
  GOUJI_ASSIGN(const pb::CellProvenance in, parse_message<pb::CellProvenance>(bytes));
  return provenance_from_proto(in, &table);
}

Envelope envelope_of(std::string_view type, const Evidence& evidence, const ReportKey& key) {
  return {output_id(type, evidence.raw_id, evidence.extractor, 0), std::string(type), std::string(kSource),
          to_string(key), evidence.fetched_at};
}

// The message alone where its cells and their provenance can be read beside it, which is much quicker.
Result<ParsedReport> decode_report_of(std::string_view bytes, const std::vector<std::string_view>& provenance,
                                      const std::vector<std::string_view>& cells) {
  alignas(16) char block[kArenaBytes];
  google::protobuf::ArenaOptions options;
  options.initial_block = block;
  options.initial_block_size = sizeof block;
  google::protobuf::Arena arena(options);
  auto& in = *google::protobuf::Arena::CreateMessage<pb::ReportParsed>(&arena);
  GOUJI_TRY(parse_into(bytes, &in));
  ParsedReport report;
  GOUJI_ASSIGN(report.reading, reading_of(in, cells));
  for (std::size_t i = 0; i < provenance.size() && i < report.reading.tables.size(); ++i)
    if (!provenance[i].empty()) GOUJI_TRY(take_provenance(provenance[i], report.reading.tables[i]));
  if (report.reading.key.organ_id.empty()) return invalid_input(ErrorCode::kMalformed, "a report without an organ id");
  report.location_id = in.location_id();
  report.fetch_sequence = in.fetch_sequence();
  report.evidence = from_proto(in.evidence());
  return report;
}

Result<ParsedEvent> decode_report(const Record& record) {
  if (!record.value) return invalid_input(ErrorCode::kMalformed, "a record without a value");
  const auto split = split_provenance(*record.value);
  GOUJI_ASSIGN(ParsedReport report, split ? decode_report_of(split->rest, split->provenance, split->cells)
                                           : decode_report_of(*record.value, {}, {}));
  return ParsedEvent(std::move(report));
}

Result<ParsedEvent> decode_withdrawn(const Record& record) {
  GOUJI_ASSIGN(const pb::ReportWithdrawn in, parse_value<pb::ReportWithdrawn>(record));
  GOUJI_ASSIGN(const ReportKey key, from_proto(in.key()));
  if (key.organ_id.empty()) return invalid_input(ErrorCode::kMalformed, "a withdrawal without an organ id");
  return ParsedEvent(
      WithdrawnReport{key, in.location_id(), in.fetch_sequence(), in.reason(), from_proto(in.evidence())});
}

}  // namespace

Record encode(const ParsedReport& report) {
  pb::ReportParsed out;
  to_proto(report.reading, &out);
  out.set_location_id(report.location_id);
  out.set_fetch_sequence(report.fetch_sequence);
  to_proto(report.evidence, out.mutable_evidence());
  return make_record(envelope_of(kParsedType, report.evidence, report.reading.key), report.reading.key.organ_id,
                     out.SerializeAsString());
}

Record encode(const WithdrawnReport& withdrawn) {
  pb::ReportWithdrawn out;
  to_proto(withdrawn.key, out.mutable_key());
  out.set_location_id(withdrawn.location_id);
  out.set_fetch_sequence(withdrawn.fetch_sequence);
  out.set_reason(withdrawn.reason);
  to_proto(withdrawn.evidence, out.mutable_evidence());
  return make_record(envelope_of(kWithdrawnType, withdrawn.evidence, withdrawn.key), withdrawn.key.organ_id,
                     out.SerializeAsString());
}

Result<ParsedEvent> decode_parsed(const Record& record) {
  const std::string_view type = event_type(record);
  if (type == kWithdrawnType) return decode_withdrawn(record);
  if (type.empty() || type == kParsedType) return decode_report(record);
  return invalid_input(ErrorCode::kUnknownVersion, fmt::format("ce_type \"{}\" does not belong on this topic", type));
}

}  // namespace gouji::events
