#include "common/events/codec.h"
#include "common/events/convert.h"
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
  for (const LedgerLocation& location : entry.locations) {
    auto* item = out.add_locations();
    item->set_location_id(location.location_id);
    item->set_payload_digest(location.payload_digest);
    item->set_content_digest(location.content_digest);
    item->set_order(location.order);
    item->set_fetch_sequence(location.fetch_sequence);
  }
  for (const LedgerTable& table : entry.tables) table_to_proto(table, out.add_tables());
  for (const LedgerAnomaly& anomaly : entry.anomalies) to_proto(anomaly, out.add_anomalies());
  for (const RuleResult& result : entry.document_results) to_proto(result, out.add_document_results());
  out.set_parsed_offset(entry.parsed_offset);
  to_proto(entry.evidence, out.mutable_evidence());
  return out.SerializeAsString();
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
  for (const auto& location : in.locations())
    entry.locations.push_back(
        {location.location_id(), location.payload_digest(), location.content_digest(), location.order(), location.fetch_sequence()});
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
