#include "services/validator/core/cross_year.h"

#include <algorithm>
#include <initializer_list>
#include <string>
#include <utility>

namespace gouji::validator {
namespace {

constexpr std::int32_t kFirstComparableInForce = 2022;
constexpr std::int32_t kOnlyYearOfItems = 2020;

const LedgerTable* table_of(const LedgerEntry& entry, TableId id) {
  const auto found = std::find_if(entry.tables.begin(), entry.tables.end(),
                                  [&](const LedgerTable& table) { return table.table == id; });
  return found == entry.tables.end() ? nullptr : &*found;
}

RuleResult not_applicable(std::string_view id, Reason reason, std::string instance = "") {
  const Rule& of = rule(id);
  return {of.id, std::move(instance), RuleStatus::kNotApplicable, std::string(to_string(reason)), of.severity, {}, {}};
}

// One side of a comparison.
struct Side {
  const LedgerTable* table = nullptr;
  const Form* form = nullptr;
  Convention convention;
  std::string prefix;  // of operands: "" or "2019:"

  Side(const LedgerTable& from, std::string operand_prefix)
      : table(&from),
        form(&gouji::form(from.table, from.edition)),
        convention(find_convention(*form, from.cells)),
        prefix(std::move(operand_prefix)) {}
};

struct Term {
  const Side* side;
  std::string cell;  // "carried_in.total"
  int sign;
};

// The signed sum of the terms must be zero.
RuleResult compare(std::string_view id, const std::string& instance, const std::vector<Term>& terms) {
  const Rule& of = rule(id);
  RuleResult result{of.id, instance, RuleStatus::kPassed, "", of.severity, {}, std::nullopt};
  std::int64_t sum = 0;
  for (const Term& term : terms) {
    const auto index = term.side->form->find(term.cell);
    if (!index) return not_applicable(id, Reason::kOtherEdition, instance);
    const Cell& cell = term.side->table->cells[*index];
    if (!counts_as_number(cell, term.side->convention))
      return not_applicable(id, cell.state == CellState::kUnreadable ? Reason::kCellUnreadable
                                : cell.state == CellState::kAbsent   ? Reason::kCellAbsent
                                : cell.state == CellState::kText     ? Reason::kCellText
                                                                     : Reason::kBlankCell, instance);
    if (term.sign > 0 ? __builtin_add_overflow(sum, cell.value, &sum) : __builtin_sub_overflow(sum, cell.value, &sum))
      return not_applicable(id, Reason::kOverflow, instance);
    result.operands.push_back({term.side->prefix + term.side->form->cells()[*index].id, cell});
  }
  if (sum == 0) {
    result.operands.clear();
    return result;
  }
  result.status = RuleStatus::kFailed;
  result.difference = sum;
  return result;
}

std::vector<RuleResult> carry(const Side& now, const Side& before) {
  std::vector<RuleResult> results;
  for (const FormColumn& column : now.form->blocks().front().columns)
    results.push_back(compare("X.CARRY", column.key,
                              {{&now, "carried_in." + column.key, 1}, {&before, "carried_out." + column.key, -1}}));
  return results;
}

std::vector<RuleResult> in_force(const Side& now, const Side& before) {
  std::vector<RuleResult> results;
  for (const std::string row : {"regulations", "normative_documents"})
    results.push_back(compare("X.IN_FORCE", row, {{&now, row + ".in_force", 1}, {&now, row + ".issued", -1},
                                                  {&now, row + ".repealed", 1}, {&before, row + ".in_force", -1}}));
  return results;
}

std::vector<RuleResult> items(const Side& now, const Side& before) {
  std::vector<RuleResult> results;
  for (const std::string row : {"licences", "other_services", "penalties", "coercive_measures", "fees"})
    results.push_back(compare("X.ITEMS", row, {{&now, row + ".items_last_year", 1},
                                               {&before, row + ".items_last_year", -1}, {&before, row + ".change", -1}}));
  return results;
}

std::vector<RuleResult> disclosed(const Side& now, const Side& before) {
  std::vector<RuleResult> results;
  for (const std::string row : {"regulations", "normative_documents"})
    results.push_back(compare("X.DISCLOSED_TOTAL", row,
                              {{&now, row + ".disclosed_total", 1}, {&now, row + ".disclosed", -1},
                               {&before, row + ".disclosed_total", -1}}));
  return results;
}

using Comparison = std::vector<RuleResult> (*)(const Side&, const Side&);
struct CrossRule {
  std::string_view id;
  TableId table;
  bool (*is_due)(std::int32_t year);
  std::optional<Edition> edition;  // that both years must have
  Comparison compare;
};
const CrossRule kRules[] = {
    {"X.CARRY", TableId::kT3, [](std::int32_t) { return true; }, std::nullopt, carry},
    {"X.DISCLOSED_TOTAL", TableId::kT2, [](std::int32_t year) { return year == kOnlyYearOfItems; }, Edition::k2019, disclosed},
    {"X.IN_FORCE", TableId::kT2, [](std::int32_t year) { return year >= kFirstComparableInForce; }, Edition::k2021, in_force},
    {"X.ITEMS", TableId::kT2, [](std::int32_t year) { return year == kOnlyYearOfItems; }, Edition::k2019, items}};

std::vector<RuleResult> evaluate(const CrossRule& of, const LedgerEntry& entry, const Previous& previous) {
  if (!entry.key.is_identified()) return {not_applicable(of.id, Reason::kUnidentified)};
  if (!of.is_due(entry.key.year)) return {not_applicable(of.id, Reason::kOtherYear)};
  if (previous.entry == nullptr) return {not_applicable(of.id, previous.reason)};
  const LedgerTable* const now = table_of(entry, of.table);
  const LedgerTable* const before = table_of(*previous.entry, of.table);
  for (const LedgerTable* const table : {now, before}) {
    const Reason reason = table == nullptr ? Reason::kTableAbsent : why_unreadable(table->status);
    if (reason != Reason::kNone) return {not_applicable(of.id, reason)};
  }
  if (of.edition && (now->edition != *of.edition || before->edition != *of.edition))
    return {not_applicable(of.id, Reason::kOtherEdition)};
  return of.compare(Side(*now, ""), Side(*before, std::to_string(previous.entry->key.year) + ":"));
}

}  // namespace

const LedgerEntry* LedgerView::find(const ReportKey& key) {
  auto found = entries_.find(key);
  if (found == entries_.end()) found = entries_.emplace(key, history_(key)).first;
  return found->second ? &*found->second : nullptr;
}

LedgerEntry& LedgerView::put(LedgerEntry entry) {
  const ReportKey key = entry.key;
  return *(entries_[key] = std::move(entry));
}

std::optional<LedgerEntry> LedgerView::take(const ReportKey& key) { return std::exchange(entries_[key], std::nullopt); }

std::vector<const LedgerEntry*> LedgerView::live(const std::string& organ_id, std::int32_t year) {
  std::vector<const LedgerEntry*> found;
  ReportKey key{organ_id, year, Scope::kUnknown};
  for (const Scope scope : kEveryScope) {
    key.scope = scope;
    const LedgerEntry* const entry = find(key);
    if (entry != nullptr && !entry->locations.empty()) found.push_back(entry);
  }
  return found;
}

Previous previous_report(LedgerView& ledger, const ReportKey& key) {
  if (!key.is_identified()) return {nullptr, Reason::kUnidentified};
  const std::vector<const LedgerEntry*> before = ledger.live(key.organ_id, key.year - 1);
  if (before.empty()) return {nullptr, Reason::kNoPreviousReport};
  if (key.scope != Scope::kUnknown)
    for (const LedgerEntry* const entry : before)
      if (entry->key.scope == key.scope) return {entry, Reason::kNone};
  const bool is_any_unknown = key.scope == Scope::kUnknown || before.front()->key.scope == Scope::kUnknown;
  const bool are_only = before.size() == 1 && ledger.live(key.organ_id, key.year).size() == 1;
  if (is_any_unknown && are_only) return {before.front(), Reason::kNone};
  return {nullptr, Reason::kScopeDiffers};
}

const LedgerEntry* next_report(LedgerView& ledger, const ReportKey& key) {
  if (!key.is_identified()) return nullptr;
  for (const LedgerEntry* const entry : ledger.live(key.organ_id, key.year + 1)) {
    const Previous previous = previous_report(ledger, entry->key);
    if (previous.entry != nullptr && previous.entry->key == key) return entry;
  }
  return nullptr;
}

std::vector<RuleResult> cross_year_results(const LedgerEntry& entry, const Previous& previous) {
  std::vector<RuleResult> results;
  for (const CrossRule& each : kRules)
    for (RuleResult& result : evaluate(each, entry, previous)) results.push_back(std::move(result));
  return results;
}

}  // namespace gouji::validator
