#include "common/events/codec.h"
#include "common/events/convert.h"
#include "common/events/result_wire.h"

namespace gouji::events {
namespace {

Envelope envelope_of(const Verdict& verdict, const std::string& input_id, int ordinal) {
  return {output_id(kVerdictType, input_id, verdict.rule_set, ordinal), std::string(kVerdictType), "/validator",
          to_string(verdict.key), verdict.evidence.fetched_at};
}

void changes_to_proto(const Verdict& verdict, pb::ReportVerdict* out) {
  for (const CellChange& change : verdict.changed_cells) {
    auto* item = out->add_changed_cells();
    item->set_cell(change.cell);
    item->set_state_before(to_proto(kCellStates, change.before.state));
    item->set_value_before(change.before.value);
    item->set_state_after(to_proto(kCellStates, change.after.state));
    item->set_value_after(change.after.value);
  }
  for (const DerivedValue& derived : verdict.derived) {
    auto* item = out->add_derived();
    item->set_cell(derived.cell);
    item->set_value(derived.value);
  }
}

// The fields before the results, as bytes.
std::string head_of(const Verdict& verdict) {
  pb::ReportVerdict out;
  to_proto(verdict.key, out.mutable_key());
  out.set_version(verdict.version);
  out.set_evaluation(verdict.evaluation);
  out.set_rule_set(verdict.rule_set);
  return out.SerializeAsString() + results_field(verdict);
}

// The fields behind the results.
pb::ReportVerdict tail_of(const Verdict& verdict) {
  pb::ReportVerdict out;
  changes_to_proto(verdict, &out);
  out.set_anomalies_open(verdict.anomalies_open);
  out.set_anomalies_waived(verdict.anomalies_waived);
  out.set_mended(verdict.mended);
  out.set_broken(verdict.broken);
  out.set_withdrawn(verdict.withdrawn);
  out.set_organ_name(verdict.organ_name);
  to_proto(verdict.evidence, out.mutable_evidence());
  return out;
}

Result<void> changes_from_proto(const pb::ReportVerdict& in, Verdict* verdict) {
  for (const auto& change : in.changed_cells()) {
    GOUJI_ASSIGN(Cell before, cell_from(change.state_before(), change.value_before()));
    GOUJI_ASSIGN(Cell after, cell_from(change.state_after(), change.value_after()));
    verdict->changed_cells.push_back({change.cell(), before, after});
  }
  for (const auto& derived : in.derived()) verdict->derived.push_back({derived.cell(), derived.value()});
  return ok();
}

}  // namespace

Record encode(const Verdict& verdict, const std::string& input_id, int ordinal) {
  return make_record(envelope_of(verdict, input_id, ordinal), verdict.key.organ_id,
                     head_of(verdict) + tail_of(verdict).SerializeAsString());
}

Record encode_current(const Verdict& verdict, const std::string& input_id, int ordinal) {
  pb::ReportVerdict out = tail_of(verdict);
  for (const TableReading& table : verdict.tables) table_to_proto(table, out.add_tables());
  return make_record(envelope_of(verdict, input_id, ordinal), to_string(verdict.key),
                     head_of(verdict) + out.SerializeAsString());
}

Result<Verdict> decode_verdict(const Record& record) {
  GOUJI_ASSIGN(const pb::ReportVerdict in, parse_value<pb::ReportVerdict>(record));
  Verdict verdict;
  GOUJI_ASSIGN(verdict.key, from_proto(in.key()));
  verdict.version = in.version();
  verdict.evaluation = in.evaluation();
  verdict.rule_set = in.rule_set();
  for (const auto& result : in.results()) {
    GOUJI_ASSIGN(RuleResult plain, from_proto(result));
    verdict.results.push_back(std::move(plain));
  }
  GOUJI_TRY(changes_from_proto(in, &verdict));
  verdict.anomalies_open = in.anomalies_open();
  verdict.anomalies_waived = in.anomalies_waived();
  verdict.mended = in.mended();
  verdict.broken = in.broken();
  verdict.withdrawn = in.withdrawn();
  verdict.organ_name = in.organ_name();
  for (const auto& table : in.tables()) {
    GOUJI_ASSIGN(LedgerTable plain, from_proto(table));
    TableReading reading;
    reading.table = plain.table;
    reading.status = plain.status;
    reading.edition = plain.edition;
    reading.money_unit = plain.money_unit;
    reading.cells = std::move(plain.cells);
    verdict.tables.push_back(std::move(reading));
  }
  verdict.evidence = from_proto(in.evidence());
  return verdict;
}

}  // namespace gouji::events
