#include "services/validator/core/table_checks.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>

#include "common/core/check.h"
#include "services/validator/core/clean_check.h"
#include "services/validator/core/known_results.h"

namespace gouji::validator {
namespace {

constexpr std::size_t kConventionMin = 5;
constexpr std::size_t kConventionPercent = 80;

template <typename Value, typename Make>
const Value& per_form(const Form& form, Make make) {
  static const std::array<Value, 5> values = [&] {
    std::array<Value, 5> made;
    for (std::size_t i = 0; i < made.size(); ++i) made[i] = make(all_forms()[i]);
    return made;
  }();
  return values[static_cast<std::size_t>(&form - all_forms().data())];
}

bool is_total(const Form& form, std::uint16_t cell) {
  const FormCell& place = form.cells()[cell];
  const FormBlock& block = form.blocks()[place.block];
  return block.rows[place.row].key == "total" || block.columns[place.column].key == "total";
}

struct Reader {
  std::span<const Cell> cells;
  Convention convention;

  bool is_number(std::uint16_t cell) const { return counts_as_number(cells[cell], convention); }
  // Blank and nil cells have the value zero already.
  std::int64_t operator[](std::uint16_t cell) const { return cells[cell].value; }
};

// The reason why `cell` is no number.
Reason why_not(const Form& form, const Cell& cell, std::uint16_t index) {
  switch (cell.state) {
    case CellState::kAbsent: return Reason::kCellAbsent;
    case CellState::kUnreadable: return Reason::kCellUnreadable;
    case CellState::kText: return Reason::kCellText;
    case CellState::kBlank:
    case CellState::kNil: return is_total(form, index) ? Reason::kBlankTotal : Reason::kBlankCell;
    case CellState::kNumber: return Reason::kNone;
  }
  return Reason::kNone;
}

// The first of the reasons, in the order in which they are worth telling.
Outcome not_applicable(const Form& form, const Reader& values, const std::vector<std::uint16_t>& cells) {
  Reason found = Reason::kNone;
  for (const std::uint16_t cell : cells) {
    if (values.is_number(cell)) continue;
    const Reason reason = why_not(form, values.cells[cell], cell);
    if (found == Reason::kNone || reason < found) found = reason;
  }
  return {RuleStatus::kNotApplicable, found};
}

bool all_numbers(const Reader& values, const std::vector<std::uint16_t>& cells) {
  return std::all_of(cells.begin(), cells.end(), [&](std::uint16_t cell) { return values.is_number(cell); });
}

// The convention that was needed; both needed reads as the blank's.
Reason convention_used(const Reader& values, const std::vector<std::uint16_t>& cells) {
  Reason used = Reason::kNone;
  for (const std::uint16_t cell : cells) {
    if (values.cells[cell].state == CellState::kBlank) return Reason::kBlankAsZero;
    if (values.cells[cell].state == CellState::kNil) used = Reason::kNilAsZero;
  }
  return used;
}

std::optional<std::int64_t> sum(const Reader& values, const Identity& identity) {
  std::int64_t total = 0;
  for (const std::uint16_t cell : identity.plus)
    if (__builtin_add_overflow(total, values[cell], &total)) return std::nullopt;
  for (const std::uint16_t cell : identity.minus)
    if (__builtin_sub_overflow(total, values[cell], &total)) return std::nullopt;
  return total;
}

Outcome check_equation(const Form& form, const Check& check, const Reader& values) {
  if (!all_numbers(values, check.cells)) return not_applicable(form, values, check.cells);
  const std::optional<std::int64_t> difference = sum(values, *check.identity);
  if (!difference) return {RuleStatus::kNotApplicable, Reason::kOverflow};
  Outcome outcome{RuleStatus::kPassed, convention_used(values, check.cells), check.rule->severity};
  if (*difference == 0) return outcome;
  outcome.status = RuleStatus::kFailed;
  outcome.has_difference = true;
  outcome.difference = *difference;
  // A total that was left blank alone never makes an error.
  const bool has_blank_total = std::any_of(check.cells.begin(), check.cells.end(), [&](std::uint16_t cell) {
    return !values.cells[cell].is_number() && is_total(form, cell);
  });
  if (has_blank_total) outcome.severity = Severity::kWarning;
  return outcome;
}

Outcome check_counts(const Form& form, const Check& check, const Reader& values) {
  Outcome outcome{RuleStatus::kPassed, Reason::kNone, check.rule->severity};
  bool has_text = false;
  for (const std::uint16_t cell : check.cells) {
    const bool is_negative = values.cells[cell].is_number() && values[cell] < 0;
    if (is_negative && form.cells()[cell].type != CellType::kSignedCount) outcome.status = RuleStatus::kFailed;
    has_text = has_text || values.cells[cell].state == CellState::kText;
  }
  if (outcome.status == RuleStatus::kFailed) return outcome;
  if (has_text) return {RuleStatus::kFailed, Reason::kNone, Severity::kWarning};
  if (!all_numbers(values, check.cells)) return not_applicable(form, values, check.cells);
  outcome.reason = convention_used(values, check.cells);
  return outcome;
}

// The rules on the items of table 2: last year's, change, decisions.
Outcome check_items(const Form& form, const Check& check, const Reader& values) {
  if (!all_numbers(values, check.cells)) return not_applicable(form, values, check.cells);
  Outcome outcome{RuleStatus::kPassed, convention_used(values, check.cells), check.rule->severity};
  const std::int64_t first = values[check.cells[0]];
  const std::int64_t second = values[check.cells[1]];
  if (check.kind == CheckKind::kDisclosed) {
    if (first > second) outcome.status = RuleStatus::kFailed;
    return outcome;
  }
  std::int64_t items = 0;
  if (__builtin_add_overflow(first, second, &items)) return {RuleStatus::kNotApplicable, Reason::kOverflow};
  if (check.kind == CheckKind::kItems) {
    if (items >= 0) return outcome;
    return {RuleStatus::kFailed, outcome.reason, check.rule->severity, true, items};
  }
  if (values[check.cells[2]] == items && items != first) outcome.status = RuleStatus::kFailed;
  return outcome;
}

void add_equations(const Form& form, std::vector<Check>& plan) {
  for (const Identity& identity : identities(form)) {
    Check check{&rule(identity.rule), identity.instance, CheckKind::kEquation, &identity, identity.plus};
    check.cells.insert(check.cells.end(), identity.minus.begin(), identity.minus.end());
    plan.push_back(std::move(check));
  }
}

void add_counts(const Form& form, std::vector<Check>& plan) {
  const Rule& counts = rule(form.table() == TableId::kT2 ? "T2.COUNT" : form.table() == TableId::kT3 ? "T3.COUNT" : "T4.COUNT");
  for (const FormBlock& block : form.blocks())
    for (std::size_t row = 0; row < block.rows.size(); ++row) {
      Check check{&counts, block.rows[row].key, CheckKind::kCounts, nullptr, {}};
      for (std::size_t column = 0; column < block.columns.size(); ++column)
        check.cells.push_back(static_cast<std::uint16_t>(block.first_cell + row * block.columns.size() + column));
      plan.push_back(std::move(check));
    }
}

// Outcomes of the equations and counts, which stand first in a plan, when all of them pass.
std::vector<Outcome> all_passed(const Form& form) {
  std::vector<Outcome> passed;
  for (const Check& check : table_plan(form))
    if (check.kind <= CheckKind::kCounts) passed.push_back({RuleStatus::kPassed, Reason::kNone, check.rule->severity});
  return passed;
}

// One check per row that has all of `columns`.
void add_rows(const Form& form, const Rule& of_rule, CheckKind kind, std::initializer_list<std::string_view> columns,
              std::vector<Check>& plan) {
  for (const FormBlock& block : form.blocks())
    for (const FormRow& row : block.rows) {
      Check check{&of_rule, row.key, kind, nullptr, {}};
      for (const std::string_view column : columns)
        if (const auto cell = form.find(row.key + "." + std::string(column))) check.cells.push_back(*cell);
      if (check.cells.size() == columns.size()) plan.push_back(std::move(check));
    }
}

std::vector<Check> make_plan(const Form& form) {
  std::vector<Check> plan;
  add_equations(form, plan);
  add_counts(form, plan);
  if (form.table() != TableId::kT2 || form.edition() != Edition::k2019) return plan;
  add_rows(form, rule("T2.DISCLOSED"), CheckKind::kDisclosed, {"disclosed", "disclosed_total"}, plan);
  add_rows(form, rule("T2.ITEMS"), CheckKind::kItems, {"items_last_year", "change"}, plan);
  add_rows(form, rule("T2.MISFILLED"), CheckKind::kMisfilled, {"items_last_year", "change", "decisions"}, plan);
  return plan;
}

void add_named(const Check& check, const Outcome& outcome, const TableView& table, RuleResult& result) {
  result.rule = check.rule->id;
  result.instance = check.instance;
  result.status = outcome.status;
  if (outcome.reason != Reason::kNone) result.reason = to_string(outcome.reason);
  result.severity = outcome.severity;
  if (outcome.status != RuleStatus::kFailed) return;
  for (const std::uint16_t cell : check.cells)
    result.operands.push_back({table.form->cells()[cell].id, table.cells[cell]});
  if (outcome.has_difference) result.difference = outcome.difference;
}

// Rules of a table that cannot be looked at, one result each.
std::vector<RuleResult> whole_table(const Form& form, Reason reason) {
  std::vector<RuleResult> results;
  for (const Check& check : table_plan(form)) {
    if (!results.empty() && results.back().rule == check.rule->id) continue;
    results.push_back({check.rule->id, "", RuleStatus::kNotApplicable, std::string(to_string(reason)),
                       check.rule->severity, {}, std::nullopt});
  }
  return results;
}

}  // namespace

Reason why_unreadable(TableStatus status) {
  switch (status) {
    case TableStatus::kAbsent: return Reason::kTableAbsent;
    case TableStatus::kNotInText: return Reason::kTableNotInText;
    case TableStatus::kUnreadable: return Reason::kTableUnreadable;
    case TableStatus::kRead:
    case TableStatus::kPartial: return Reason::kNone;
  }
  return Reason::kNone;
}

std::string_view to_string(Reason reason) {
  static constexpr std::string_view kNames[] = {
      "", "PRE_2019", "TABLE_ABSENT", "TABLE_NOT_IN_TEXT", "TABLE_UNREADABLE", "TABLE_CUT", "OTHER_EDITION",
      "CELL_ABSENT", "CELL_UNREADABLE", "CELL_TEXT", "BLANK_TOTAL", "BLANK_CELL", "OVERFLOW", "UNIDENTIFIED",
      "NO_SECTIONS", "SECTION_ABSENT", "TRANSITION_YEAR", "NO_DATE", "REPOST_POSSIBLE", "ORGAN_KIND_UNKNOWN",
      "UNIT_NOT_STATED", "YEAR_NOT_STATED", "OTHER_YEAR", "NO_PREVIOUS_REPORT", "SCOPE_DIFFERS", "DOCUMENT_CUT",
      "NO_CLAIMS", "TEXT_SHORT", "NO_COPY",
      "BLANK_AS_ZERO", "NIL_AS_ZERO"};
  static_assert(std::size(kNames) == static_cast<std::size_t>(Reason::kNilAsZero) + 1);
  return kNames[static_cast<std::size_t>(reason)];
}

const std::vector<Check>& table_plan(const Form& form) { return per_form<std::vector<Check>>(form, make_plan); }

Convention find_convention(const Form& form, std::span<const Cell> cells) {
  const auto is_empty = [](const Cell& cell) { return cell.state == CellState::kBlank || cell.state == CellState::kNil; };
  if (std::none_of(cells.begin(), cells.end(), is_empty)) return {};
  const Reader as_zero{cells, {true, true}};
  std::size_t touched[2] = {0, 0};
  std::size_t held[2] = {0, 0};
  for (const Check& check : table_plan(form)) {
    if (check.kind != CheckKind::kEquation) break;
    bool touches[2] = {false, false};
    for (const std::uint16_t cell : check.cells) {
      touches[0] = touches[0] || cells[cell].state == CellState::kBlank;
      touches[1] = touches[1] || cells[cell].state == CellState::kNil;
    }
    if (!(touches[0] || touches[1]) || !all_numbers(as_zero, check.cells)) continue;
    const bool holds = sum(as_zero, *check.identity) == 0;
    for (const int kind : {0, 1}) {
      touched[kind] += touches[kind] ? 1 : 0;
      held[kind] += touches[kind] && holds ? 1 : 0;
    }
  }
  const auto is_accepted = [&](int kind) {
    return held[kind] >= kConventionMin && held[kind] * 100 >= touched[kind] * kConventionPercent;
  };
  return {is_accepted(0), is_accepted(1)};
}

std::vector<std::uint16_t> uncheckable_cells(const Form& form, std::span<const Cell> cells, Convention convention) {
  const Reader values{cells, convention};
  std::vector<bool> is_checked(form.size(), false);
  for (const Check& check : table_plan(form)) {
    if (check.kind != CheckKind::kEquation || !all_numbers(values, check.cells)) continue;
    for (const std::uint16_t cell : check.cells) is_checked[cell] = true;
  }
  std::vector<std::uint16_t> uncheckable;
  for (std::size_t cell = 0; cell < is_checked.size(); ++cell)
    if (!is_checked[cell]) uncheckable.push_back(static_cast<std::uint16_t>(cell));
  return uncheckable;
}

bool is_clean(const Form& form, std::span<const Cell> cells) {
  static const auto kMake = [](const Form& each) { return CleanCheck(each); };
  return per_form<CleanCheck>(form, kMake).passes(cells);
}

void run_checks(const Form& form, std::span<const Cell> cells, Convention convention, std::vector<Outcome>& outcomes) {
  GOUJI_CHECK(cells.size() == form.size());
  const std::vector<Check>& plan = table_plan(form);
  const Reader values{cells, convention};
  // A clean table passes every equation and every count; only table 2's rules on items remain.
  std::size_t first = 0;
  outcomes.clear();
  if (is_clean(form, cells)) {
    static const auto kMake = [](const Form& each) { return all_passed(each); };
    const std::vector<Outcome>& passed = per_form<std::vector<Outcome>>(form, kMake);
    outcomes.assign(passed.begin(), passed.end());
    first = passed.size();
  }
  for (std::size_t i = first; i < plan.size(); ++i) {
    switch (plan[i].kind) {
      case CheckKind::kEquation: outcomes.push_back(check_equation(form, plan[i], values)); break;
      case CheckKind::kCounts: outcomes.push_back(check_counts(form, plan[i], values)); break;
      default: outcomes.push_back(check_items(form, plan[i], values)); break;
    }
  }
}

std::vector<RuleResult> table_results(const TableView& table, Reason reason) {
  std::vector<RuleResult> results;
  add_table_results(table, reason, results);
  return results;
}

const KnownResults* shared_results(const TableView& table) {
  static const auto kMake = [](const Form& form) {
    KnownResults shared;
    shared.is_of_table = true;
    const std::vector<Outcome> outcomes = all_passed(form);
    const std::vector<Check>& plan = table_plan(form);
    if (outcomes.size() < plan.size()) return shared;
    for (std::size_t i = 0; i < plan.size(); ++i) {
      add_named(plan[i], outcomes[i], {}, shared.results.emplace_back());
      add_digested(shared.results.back(), shared.digested);
    }
    return shared;
  };
  if (!table.is_readable()) return nullptr;
  const KnownResults& shared = per_form<KnownResults>(*table.form, kMake);
  return !shared.results.empty() && is_clean(*table.form, table.cells) ? &shared : nullptr;
}

void add_table_results(const TableView& table, Reason reason, std::vector<RuleResult>& results) {
  if (reason != Reason::kNone) {
    for (RuleResult& result : whole_table(*table.form, reason)) results.push_back(std::move(result));
    return;
  }
  std::vector<Outcome> outcomes;
  run_checks(*table.form, table.cells, find_convention(*table.form, table.cells), outcomes);
  const std::vector<Check>& plan = table_plan(*table.form);
  results.reserve(std::max(results.capacity(), results.size() + plan.size()));
  for (std::size_t i = 0; i < plan.size(); ++i) add_named(plan[i], outcomes[i], table, results.emplace_back());
}

}  // namespace gouji::validator
