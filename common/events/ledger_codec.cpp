#include "common/events/codec.h"
#include "common/events/convert.h"
#include "common/events/result_wire.h"
#include "gouji/v1/ledger.pb.h"

namespace gouji::events {
namespace {

void to_proto(const LedgerAnomaly& anomaly, pb::LedgerAnomaly* out) {
  out->set_id(anomaly.id);
  out->set_open(anomaly.open);
  for (const Finding& finding : anomaly.findings) {
    auto* item = out->add_findings();
    item->set_rule(finding.rule);
    item->set_instance(finding.instance);
  }
  out->set_fingerprint(anomaly.fingerprint);
  out->set_severity(to_proto(kSeverities, anomaly.severity));
  out->set_fault(to_proto(kFaults, anomaly.fault));
  out->set_leading_rule(anomaly.leading_rule);
  out->set_opened_in_version(anomaly.opened_in_version);
  out->set_opened_at(anomaly.opened_at);
  out->set_cells_digest(anomaly.cells_digest);
  if (!anomaly.waiver) return;
  auto* waiver = out->mutable_waiver();
  waiver->set_reason(anomaly.waiver->reason);
  waiver->set_author(anomaly.waiver->author);
  waiver->set_created_at(anomaly.waiver->created_at);
  waiver->set_expires_at(anomaly.waiver->expires_at);
  waiver->set_cells_digest(anomaly.waiver->cells_digest);
}

void to_proto(const LedgerLocation& location, pb::LedgerLocation* out) {
  out->set_location_id(location.location_id);
  out->set_payload_digest(location.payload_digest);
  out->set_content_digest(location.content_digest);
  out->set_order(location.order);
  out->set_fetch_sequence(location.fetch_sequence);
  out->set_parsed_next(location.parsed_offset + 1);
  for (const Operand& cell : location.differing) {
    auto* item = out->add_differing();
    item->set_cell(cell.cell);
    item->set_state(to_proto(kCellStates, cell.value.state));
    item->set_value(cell.value.value);
  }
}

Result<LedgerLocation> from_proto(const pb::LedgerLocation& in) {
  LedgerLocation location{in.location_id(), in.payload_digest(), in.content_digest(), in.order(),
                          in.fetch_sequence(), in.parsed_next() - 1, {}};
  for (const auto& cell : in.differing()) {
    GOUJI_ASSIGN(const Cell value, cell_from(cell.state(), cell.value()));
    location.differing.push_back({cell.cell(), value});
  }
  return location;
}

void to_proto(const TextSketch& sketch, pb::TextSketch* out) {
  std::string bytes;
  for (const std::uint32_t hash : sketch.minima)
    for (unsigned shift = 0; shift < 32; shift += 8) bytes.push_back(static_cast<char>(hash >> shift & 255U));
  out->set_minima(bytes);
  out->set_numbers(sketch.numbers);
  out->set_characters(sketch.characters);
}

Result<TextSketch> from_proto(const pb::TextSketch& in) {
  TextSketch sketch;
  const std::string& bytes = in.minima();
  if (bytes.size() % 4 != 0) return invalid_input(ErrorCode::kMalformed, "text sketch: minima must be four bytes each");
  for (std::size_t at = 0; at < bytes.size(); at += 4) {
    std::uint32_t hash = 0;
    for (unsigned i = 0; i < 4; ++i) hash |= std::uint32_t{static_cast<std::uint8_t>(bytes[at + i])} << (8 * i);
    sketch.minima.push_back(hash);
  }
  sketch.numbers = in.numbers();
  sketch.characters = in.characters();
  return sketch;
}

Result<LedgerAnomaly> from_proto(const pb::LedgerAnomaly& in) {
  LedgerAnomaly anomaly;
  anomaly.id = in.id();
  anomaly.open = in.open();
  for (const auto& finding : in.findings()) anomaly.findings.push_back({finding.rule(), finding.instance()});
  anomaly.fingerprint = in.fingerprint();
  GOUJI_ASSIGN(anomaly.severity, from_proto(kSeverities, in.severity()));
  GOUJI_ASSIGN(anomaly.fault, from_proto(kFaults, in.fault()));
  anomaly.leading_rule = in.leading_rule();
  anomaly.opened_in_version = in.opened_in_version();
  anomaly.opened_at = in.opened_at();
  anomaly.cells_digest = in.cells_digest();
  if (in.has_waiver())
    anomaly.waiver = LedgerWaiver{in.waiver().reason(), in.waiver().author(), in.waiver().created_at(),
                                  in.waiver().expires_at(), in.waiver().cells_digest()};
  return anomaly;
}

}  // namespace

std::string encode(const LedgerEntry& entry) {
  pb::LedgerEntry out;
  to_proto(entry.key, out.mutable_key());
  out.set_organ_name(entry.organ_name);
  out.set_version(entry.version);
  out.set_evaluation(entry.evaluation);
  out.set_rule_set(entry.rule_set);
  out.set_extractor(entry.extractor);
  out.set_payload_digest(entry.payload_digest);
  out.set_content_digest(entry.content_digest);
  out.set_result_digest(entry.result_digest);
  for (const LedgerLocation& location : entry.locations) to_proto(location, out.add_locations());
  for (const LedgerTable& table : entry.tables) table_to_proto(table, out.add_tables());
  for (const LedgerAnomaly& anomaly : entry.anomalies) to_proto(anomaly, out.add_anomalies());
  out.set_parsed_offset(entry.parsed_offset);
  to_proto(entry.evidence, out.mutable_evidence());
  pb::LedgerEntry tail;  // the fields behind the results
  for (const DepartedLocation& departed : entry.departed) {
    auto* item = tail.add_departed();
    item->set_location_id(departed.location_id);
    item->set_fetch_sequence(departed.fetch_sequence);
  }
  if (entry.sketch.characters > 0) to_proto(entry.sketch, tail.mutable_sketch());
  std::string bytes = out.SerializeAsString();
  bytes += document_results_field(entry);
  tail.AppendToString(&bytes);
  return bytes;
}

Result<LedgerEntry> decode_ledger_entry(std::string_view bytes) {
  GOUJI_ASSIGN(const pb::LedgerEntry in, parse_message<pb::LedgerEntry>(bytes));
  LedgerEntry entry;
  GOUJI_ASSIGN(entry.key, from_proto(in.key()));
  entry.organ_name = in.organ_name();
  entry.version = in.version();
  entry.evaluation = in.evaluation();
  entry.rule_set = in.rule_set();
  entry.extractor = in.extractor();
  entry.payload_digest = in.payload_digest();
  entry.content_digest = in.content_digest();
  entry.result_digest = in.result_digest();
  for (const auto& location : in.locations()) {
    GOUJI_ASSIGN(LedgerLocation plain, from_proto(location));
    entry.locations.push_back(std::move(plain));
  }
  for (const auto& departed : in.departed()) entry.departed.push_back({departed.location_id(), departed.fetch_sequence()});
  GOUJI_ASSIGN(entry.sketch, from_proto(in.sketch()));
  for (const auto& table : in.tables()) {
    GOUJI_ASSIGN(LedgerTable plain, from_proto(table));
    entry.tables.push_back(std::move(plain));
  }
  for (const auto& anomaly : in.anomalies()) {
    GOUJI_ASSIGN(LedgerAnomaly plain, from_proto(anomaly));
    entry.anomalies.push_back(std::move(plain));
  }
  for (const auto& result : in.document_results()) {
    GOUJI_ASSIGN(RuleResult plain, from_proto(result));
    entry.document_results.push_back(std::move(plain));
  }
  entry.parsed_offset = in.parsed_offset();
  entry.evidence = from_proto(in.evidence());
  return entry;
}

std::string encode(const ParserLocation& location) {
  pb::ParserLocation out;
  out.set_location_id(location.location_id);
  to_proto(location.key, out.mutable_key());
  out.set_fetch_sequence(location.fetch_sequence);
  out.set_extractor(location.extractor);
  out.set_raw_id(location.raw_id);
  return out.SerializeAsString();
}

Result<ParserLocation> decode_parser_location(std::string_view bytes) {
  GOUJI_ASSIGN(const pb::ParserLocation in, parse_message<pb::ParserLocation>(bytes));
  ParserLocation location;
  location.location_id = in.location_id();
  GOUJI_ASSIGN(location.key, from_proto(in.key()));
  location.fetch_sequence = in.fetch_sequence();
  location.extractor = in.extractor();
  location.raw_id = in.raw_id();
  return location;
}

}  // namespace gouji::events
