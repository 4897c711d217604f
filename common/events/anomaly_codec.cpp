#include <fmt/format.h>

#include "common/events/codec.h"
#include "common/events/convert.h"

namespace gouji::events {
namespace {

Envelope envelope_of(const Anomaly& anomaly, const std::string& input_id, int ordinal) {
  const std::string type = fmt::format("{}{}.v1", kAnomalyTypePrefix, to_string(anomaly.transition));
  return {output_id(type, input_id, anomaly.evidence.rule_set, ordinal), type, "/validator", to_string(anomaly.key),
          anomaly.evidence.fetched_at};
}

void explanations_to_proto(const Anomaly& anomaly, pb::Anomaly* out) {
  for (const Explanation& explanation : anomaly.explanations) {
    auto* item = out->add_explanations();
    item->set_mechanism(to_proto(kMechanisms, explanation.mechanism));
    for (const std::string& name : explanation.supported_by) item->add_supported_by(name);
    for (const Change& change : explanation.changes) {
      auto* cell = item->add_changes();
      cell->set_cell(change.cell);
      cell->set_reported_state(to_proto(kCellStates, change.reported.state));
      cell->set_reported(change.reported.value);
      cell->set_proposed(change.proposed);
    }
  }
}

void waiver_to_proto(const Waiver& waiver, pb::Waiver* out) {
  out->set_anomaly_id(waiver.anomaly_id);
  out->set_reason(waiver.reason);
  out->set_author(waiver.author);
  out->set_created_at(waiver.created_at);
  out->set_expires_at(waiver.expires_at);
  out->set_cells_digest(waiver.cells_digest);
  to_proto(waiver.key, out->mutable_key());
}

Result<Waiver> waiver_from_proto(const pb::Waiver& in) {
  Waiver waiver{in.anomaly_id(), {}, in.reason(), in.author(), in.created_at(), in.expires_at(), in.cells_digest()};
  GOUJI_ASSIGN(waiver.key, from_proto(in.key()));
  return waiver;
}

pb::Anomaly message_of(const Anomaly& anomaly) {
  pb::Anomaly out;
  out.set_id(anomaly.id);
  to_proto(anomaly.key, out.mutable_key());
  out.set_version(anomaly.version);
  out.set_transition(to_proto(kTransitions, anomaly.transition));
  out.set_category(to_proto(kCategories, anomaly.category));
  out.set_severity(to_proto(kSeverities, anomaly.severity));
  out.set_fault(to_proto(kFaults, anomaly.fault));
  for (const Finding& finding : anomaly.findings) {
    auto* item = out.add_findings();
    item->set_rule(finding.rule);
    item->set_instance(finding.instance);
  }
  for (const RuleResult& result : anomaly.results) to_proto(result, out.add_results());
  explanations_to_proto(anomaly, &out);
  out.set_unique(anomaly.unique);
  out.set_exhaustive(anomaly.exhaustive);
  out.set_message_zh(anomaly.message_zh);
  out.set_message_en(anomaly.message_en);
  out.set_organ_name(anomaly.organ_name);
  out.set_resolved_by(anomaly.resolved_by);
  out.set_opened_at(anomaly.opened_at);
  to_proto(anomaly.evidence, out.mutable_evidence());
  out.set_cells_digest(anomaly.cells_digest);
  if (anomaly.waiver) waiver_to_proto(*anomaly.waiver, out.mutable_waiver());
  return out;
}

Result<Explanation> from_proto(const pb::Explanation& in) {
  Explanation explanation;
  GOUJI_ASSIGN(explanation.mechanism, from_proto(kMechanisms, in.mechanism()));
  for (const auto& change : in.changes()) {
    GOUJI_ASSIGN(Cell reported, cell_from(change.reported_state(), change.reported()));
    explanation.changes.push_back({change.cell(), reported, change.proposed()});
  }
  explanation.supported_by.assign(in.supported_by().begin(), in.supported_by().end());
  return explanation;
}

// What subscribers choose by, without reading the value.
Record with_facets(const Anomaly& anomaly, Record record) {
  record.headers.push_back({"ce_fault", std::string(to_string(anomaly.fault))});
  record.headers.push_back({"ce_severity", std::string(to_string(anomaly.severity))});
  return record;
}

}  // namespace

Record encode(const Anomaly& anomaly, const std::string& input_id, int ordinal) {
  return with_facets(anomaly, make_record(envelope_of(anomaly, input_id, ordinal), anomaly.key.organ_id,
                                          message_of(anomaly).SerializeAsString()));
}

Record encode_current(const Anomaly& anomaly, const std::string& input_id, int ordinal) {
  return with_facets(anomaly, make_record(envelope_of(anomaly, input_id, ordinal), anomaly.id, message_of(anomaly).SerializeAsString()));
}

Record anomaly_tombstone(const std::string& anomaly_id, const Envelope& cause) {
  return make_record(cause, anomaly_id, std::nullopt);
}

Result<Anomaly> decode_anomaly(const Record& record) {
  GOUJI_ASSIGN(const pb::Anomaly in, parse_value<pb::Anomaly>(record));
  Anomaly anomaly;
  anomaly.id = in.id();
  GOUJI_ASSIGN(anomaly.key, from_proto(in.key()));
  anomaly.version = in.version();
  GOUJI_ASSIGN(anomaly.transition, from_proto(kTransitions, in.transition()));
  GOUJI_ASSIGN(anomaly.category, from_proto(kCategories, in.category()));
  GOUJI_ASSIGN(anomaly.severity, from_proto(kSeverities, in.severity()));
  GOUJI_ASSIGN(anomaly.fault, from_proto(kFaults, in.fault()));
  for (const auto& finding : in.findings()) anomaly.findings.push_back({finding.rule(), finding.instance()});
  for (const auto& result : in.results()) {
    GOUJI_ASSIGN(RuleResult plain, from_proto(result));
    anomaly.results.push_back(std::move(plain));
  }
  for (const auto& explanation : in.explanations()) {
    GOUJI_ASSIGN(Explanation plain, from_proto(explanation));
    anomaly.explanations.push_back(std::move(plain));
  }
  anomaly.unique = in.unique();
  anomaly.exhaustive = in.exhaustive();
  anomaly.message_zh = in.message_zh();
  anomaly.message_en = in.message_en();
  anomaly.organ_name = in.organ_name();
  anomaly.resolved_by = in.resolved_by();
  anomaly.opened_at = in.opened_at();
  anomaly.evidence = from_proto(in.evidence());
  anomaly.cells_digest = in.cells_digest();
  if (in.has_waiver()) {
    GOUJI_ASSIGN(anomaly.waiver, waiver_from_proto(in.waiver()));
  }
  return anomaly;
}

Record encode(const Waiver& waiver) {
  pb::Waiver out;
  waiver_to_proto(waiver, &out);
  const std::string type(kWaiverType);
  return make_record({output_id(type, waiver.anomaly_id, waiver.cells_digest, static_cast<int>(waiver.created_at % 1'000'000'000)),
                      type, "/waive", to_string(waiver.key), waiver.created_at},
                     waiver.anomaly_id, out.SerializeAsString());
}

Record waiver_tombstone(const std::string& anomaly_id, const ReportKey& key, UnixMillis now) {
  const std::string type(kWaiverType);
  return make_record({output_id(type, anomaly_id, "removed", static_cast<int>(now % 1'000'000'000)), type, "/waive", to_string(key), now},
                     anomaly_id, std::nullopt);
}

Result<Waiver> decode_waiver(const Record& record) {
  GOUJI_ASSIGN(const pb::Waiver in, parse_value<pb::Waiver>(record));
  return waiver_from_proto(in);
}

}  // namespace gouji::events
