#include "common/events/convert.h"

#include <fmt/format.h>

#include "common/report/form.h"

namespace gouji::events {

void to_proto(const ReportKey& key, pb::ReportKey* out) {
  out->set_organ_id(key.organ_id);
  out->set_year(key.year);
  out->set_scope(to_proto(kScopes, key.scope));
}

Result<ReportKey> from_proto(const pb::ReportKey& in) {
  GOUJI_ASSIGN(const Scope scope, from_proto(kScopes, in.scope()));
  return ReportKey{in.organ_id(), in.year(), scope};
}

void to_proto(const Where& where, pb::Where* out) {
  out->set_part(where.part);
  out->set_page(where.page);
  out->set_begin(where.begin);
  out->set_end(where.end);
  if (where.page != 0)
    for (const std::int32_t side : {where.left, where.top, where.right, where.bottom}) out->add_box(side);
}

Where from_proto(const pb::Where& in) {
  Where where{in.part(), in.page(), in.begin(), in.end()};
  if (in.box_size() == 4) {
    where.left = in.box(0);
    where.top = in.box(1);
    where.right = in.box(2);
    where.bottom = in.box(3);
  }
  return where;
}

void to_proto(const Evidence& evidence, pb::Evidence* out) {
  out->set_url(evidence.url);
  out->set_raw_digest(evidence.raw_digest);
  out->set_raw_id(evidence.raw_id);
  out->set_fetched_at(evidence.fetched_at);
  out->set_extractor(evidence.extractor);
  out->set_rule_set(evidence.rule_set);
}

Evidence from_proto(const pb::Evidence& in) {
  return {in.url(), in.raw_digest(), in.raw_id(), in.fetched_at(), in.extractor(), in.rule_set()};
}

Result<Cell> cell_from(int state, std::int64_t value) {
  if (state == pb::CELL_STATE_NUMBER) return Cell::number(value);
  GOUJI_ASSIGN(const CellState known, from_proto(kCellStates, state));
  if (known != CellState::kNumber && value != 0)
    return invalid_input(ErrorCode::kMalformed, "a cell that is not a number has a value");
  return Cell{known, value};
}

Result<LedgerTable> from_proto(const pb::Table& in) {
  LedgerTable table;
  GOUJI_ASSIGN(table.table, from_proto(kTableIds, in.table()));
  GOUJI_ASSIGN(table.status, from_proto(kTableStatuses, in.status()));
  GOUJI_ASSIGN(table.money_unit, from_proto(kMoneyUnits, in.money_unit()));
  const bool has_cells = table.status == TableStatus::kRead || table.status == TableStatus::kPartial;
  if (has_cells || in.edition() != pb::EDITION_UNSPECIFIED) {
    const Result<Edition> edition = from_proto(kEditions, in.edition());
    if (!edition) return with_context(fmt::format("table {}: edition of its form", to_string(table.table)), edition.error());
    table.edition = *edition;
  }
  const int wanted = has_cells ? static_cast<int>(form(table.table, table.edition).size()) : 0;
  if (in.states_size() != wanted || in.values_size() != wanted)
    return invalid_input(ErrorCode::kMalformed,
                         fmt::format("table {} of edition {} has {} states and {} values, the form has {} cells",
                                     to_string(table.table), to_string(table.edition), in.states_size(),
                                     in.values_size(), wanted));
  table.cells.reserve(static_cast<std::size_t>(wanted));
  for (int i = 0; i < wanted; ++i) {
    if (in.states(i) == pb::CELL_STATE_NUMBER) {
      table.cells.push_back(Cell::number(in.values(i)));
      continue;
    }
    GOUJI_ASSIGN(Cell cell, cell_from(in.states(i), in.values(i)));
    table.cells.push_back(cell);
  }
  return table;
}

void to_proto(const RuleResult& result, pb::RuleResult* out) {
  out->set_rule(result.rule);
  out->set_instance(result.instance);
  out->set_status(to_proto(kRuleStatuses, result.status));
  out->set_reason(result.reason);
  out->set_severity(to_proto(kSeverities, result.severity));
  for (const Operand& operand : result.operands) {
    auto* cell = out->add_operands();
    cell->set_cell(operand.cell);
    cell->set_state(to_proto(kCellStates, operand.value.state));
    cell->set_value(operand.value.value);
  }
  if (result.difference) out->set_difference(*result.difference);
}

Result<RuleResult> from_proto(const pb::RuleResult& in) {
  RuleResult result;
  result.rule = in.rule();
  result.instance = in.instance();
  GOUJI_ASSIGN(result.status, from_proto(kRuleStatuses, in.status()));
  result.reason = in.reason();
  GOUJI_ASSIGN(result.severity, from_proto(kSeverities, in.severity()));
  for (const auto& operand : in.operands()) {
    GOUJI_ASSIGN(Cell cell, cell_from(operand.state(), operand.value()));
    result.operands.push_back({operand.cell(), cell});
  }
  if (in.has_difference()) result.difference = in.difference();
  return result;
}

}  // namespace gouji::events
