#include "common/events/codec.h"
#include "common/events/convert.h"
#include "common/events/result_wire.h"

namespace gouji::events {
namespace {

constexpr std::size_t kEvidenceUsual = 384;
constexpr std::size_t kBesideResultsUsual = 768;

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

// Appends fields in rising order as protobuf does; a default value is left out.
class Fields {
 public:
  explicit Fields(std::string& to) : to_(to) {}

  void number(int field, std::uint64_t value) {
    if (value == 0) return;
    varint(static_cast<std::uint64_t>(field) << 3U);
    varint(value);
  }
  void signed_number(int field, std::int64_t value) {
    number(field, (static_cast<std::uint64_t>(value) << 1U) ^ static_cast<std::uint64_t>(value >> 63));
  }
  void text(int field, std::string_view value) {
    if (!value.empty()) message(field, value);
  }
  // Present also where it is empty.
  void message(int field, std::string_view bytes) {
    varint(static_cast<std::uint64_t>(field) << 3U | 2U);
    varint(bytes.size());
    to_ += bytes;
  }

 private:
  void varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7U) to_.push_back(static_cast<char>(value | 0x80U));
    to_.push_back(static_cast<char>(value));
  }

  std::string& to_;
};

std::string bytes_of(const ReportKey& key) {
  std::string bytes;
  Fields out(bytes);
  out.text(pb::ReportKey::kOrganIdFieldNumber, key.organ_id);
  out.signed_number(pb::ReportKey::kYearFieldNumber, key.year);
  out.number(pb::ReportKey::kScopeFieldNumber, static_cast<std::uint64_t>(to_proto(kScopes, key.scope)));
  return bytes;
}

std::string bytes_of(const Evidence& evidence) {
  std::string bytes;
  bytes.reserve(kEvidenceUsual);
  Fields out(bytes);
  out.text(pb::Evidence::kUrlFieldNumber, evidence.url);
  out.text(pb::Evidence::kRawDigestFieldNumber, evidence.raw_digest);
  out.text(pb::Evidence::kRawIdFieldNumber, evidence.raw_id);
  out.signed_number(pb::Evidence::kFetchedAtFieldNumber, evidence.fetched_at);
  out.text(pb::Evidence::kExtractorFieldNumber, evidence.extractor);
  out.text(pb::Evidence::kRuleSetFieldNumber, evidence.rule_set);
  return bytes;
}

enum class Tables { kLeftOut, kIncluded };

std::string bytes_of(const Verdict& verdict, Tables tables) {
  using Field = pb::ReportVerdict;
  const std::string results = results_field(verdict);
  std::string bytes;
  bytes.reserve(results.size() + kBesideResultsUsual);
  Fields out(bytes);
  out.message(Field::kKeyFieldNumber, bytes_of(verdict.key));
  out.signed_number(Field::kVersionFieldNumber, verdict.version);
  out.signed_number(Field::kEvaluationFieldNumber, verdict.evaluation);
  out.text(Field::kRuleSetFieldNumber, verdict.rule_set);
  bytes += results;
  if (!verdict.changed_cells.empty() || !verdict.derived.empty()) {
    pb::ReportVerdict changes;
    changes_to_proto(verdict, &changes);
    changes.AppendToString(&bytes);
  }
  out.signed_number(Field::kAnomaliesOpenFieldNumber, verdict.anomalies_open);
  out.signed_number(Field::kMendedFieldNumber, verdict.mended);
  out.signed_number(Field::kBrokenFieldNumber, verdict.broken);
  out.number(Field::kWithdrawnFieldNumber, verdict.withdrawn ? 1 : 0);
  out.text(Field::kOrganNameFieldNumber, verdict.organ_name);
  if (tables == Tables::kIncluded) {
    pb::ReportVerdict snapshot;
    for (const TableReading& table : verdict.tables) table_to_proto(table, snapshot.add_tables());
    snapshot.AppendToString(&bytes);
  }
  out.message(Field::kEvidenceFieldNumber, bytes_of(verdict.evidence));
  out.signed_number(Field::kAnomaliesWaivedFieldNumber, verdict.anomalies_waived);
  return bytes;
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
                     bytes_of(verdict, Tables::kLeftOut));
}

Record encode_current(const Verdict& verdict, const std::string& input_id, int ordinal) {
  return make_record(envelope_of(verdict, input_id, ordinal), to_string(verdict.key), bytes_of(verdict, Tables::kIncluded));
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
