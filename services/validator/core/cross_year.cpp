#include "services/validator/core/cross_year.h"

#include <algorithm>
#include <initializer_list>
#include <string>
#include <utility>

namespace gouji::validator {
namespace {

constexpr std::int32_t kFirstComparableInForce = 2022;
constexpr std::int32_t kOnlyYearOfItems = 2020;
constexpr std::size_t kSlotsUsual = 12;

const LedgerTable* table_of(const LedgerEntry& entry, TableId id) {
  const auto found = std::find_if(entry.tables.begin(), entry.tables.end(),
                                  [&](const LedgerTable& table) { return table.table == id; });
  return found == entry.tables.end() ? nullptr : &*found;
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
Said compare(std::string_view id, std::string_view instance, const std::vector<Term>& terms) {
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
  }
  if (sum == 0) return passed(id, instance);
  Checked checked = failed(id, instance, "", "");
  checked.result.difference = sum;
  for (const Term& term : terms) {
    const std::uint16_t index = *term.side->form->find(term.cell);
    checked.result.operands.push_back({term.side->prefix + term.side->form->cells()[index].id, term.side->table->cells[index]});
  }
  return checked;
}

void add_carry(const Side& now, const Side& before, std::vector<Said>& results) {
  for (const FormColumn& column : now.form->blocks().front().columns)
    results.push_back(compare("X.CARRY", column.key,
                              {{&now, "carried_in." + column.key, 1}, {&before, "carried_out." + column.key, -1}}));
}

void add_in_force(const Side& now, const Side& before, std::vector<Said>& results) {
  for (const std::string_view instance : {"regulations", "normative_documents"}) {
    const std::string row(instance);
    results.push_back(compare("X.IN_FORCE", instance, {{&now, row + ".in_force", 1}, {&now, row + ".issued", -1},
                                                       {&now, row + ".repealed", 1}, {&before, row + ".in_force", -1}}));
  }
}

void add_items(const Side& now, const Side& before, std::vector<Said>& results) {
  for (const std::string_view instance : {"licences", "other_services", "penalties", "coercive_measures", "fees"}) {
    const std::string row(instance);
    results.push_back(compare("X.ITEMS", instance, {{&now, row + ".items_last_year", 1},
                                                    {&before, row + ".items_last_year", -1}, {&before, row + ".change", -1}}));
  }
}

void add_disclosed(const Side& now, const Side& before, std::vector<Said>& results) {
  for (const std::string_view instance : {"regulations", "normative_documents"}) {
    const std::string row(instance);
    results.push_back(compare("X.DISCLOSED_TOTAL", instance,
                              {{&now, row + ".disclosed_total", 1}, {&now, row + ".disclosed", -1},
                               {&before, row + ".disclosed_total", -1}}));
  }
}

using Comparison = void (*)(const Side&, const Side&, std::vector<Said>&);
struct CrossRule {
  std::string_view id;
  TableId table;
  bool (*is_due)(std::int32_t year);
  std::optional<Edition> edition;  // that both years must have
  Comparison add;
};
const CrossRule kRules[] = {
    {"X.CARRY", TableId::kT3, [](std::int32_t) { return true; }, std::nullopt, add_carry},
    {"X.DISCLOSED_TOTAL", TableId::kT2, [](std::int32_t year) { return year == kOnlyYearOfItems; }, Edition::k2019, add_disclosed},
    {"X.IN_FORCE", TableId::kT2, [](std::int32_t year) { return year >= kFirstComparableInForce; }, Edition::k2021, add_in_force},
    {"X.ITEMS", TableId::kT2, [](std::int32_t year) { return year == kOnlyYearOfItems; }, Edition::k2019, add_items}};

void evaluate(const CrossRule& of, const LedgerEntry& entry, const Previous& previous, std::vector<Said>& results) {
  const auto skip = [&](Reason reason) { results.push_back(not_applicable(of.id, reason)); };
  if (!entry.key.is_identified()) return skip(Reason::kUnidentified);
  if (!of.is_due(entry.key.year)) return skip(Reason::kOtherYear);
  if (previous.entry == nullptr) return skip(previous.reason);
  const LedgerTable* const now = table_of(entry, of.table);
  const LedgerTable* const before = table_of(*previous.entry, of.table);
  for (const LedgerTable* const table : {now, before}) {
    const Reason reason = table == nullptr ? Reason::kTableAbsent : why_unreadable(table->status);
    if (reason != Reason::kNone) return skip(reason);
  }
  if (of.edition && (now->edition != *of.edition || before->edition != *of.edition))
    return skip(Reason::kOtherEdition);
  of.add(Side(*now, ""), Side(*before, std::to_string(previous.entry->key.year) + ":"), results);
}

}  // namespace

LedgerView::Slot* LedgerView::known(const std::string& organ_id, std::int32_t year, Scope scope) {
  for (Slot& slot : slots_)
    if (slot.key.year == year && slot.key.scope == scope && slot.key.organ_id == organ_id) return &slot;
  return nullptr;
}

LedgerView::Slot& LedgerView::slot(const ReportKey& key) {
  if (Slot* const found = known(key.organ_id, key.year, key.scope)) return *found;
  slots_.reserve(kSlotsUsual);
  return slots_.emplace_back(Slot{key, nullptr});
}

const LedgerEntry* LedgerView::find(const ReportKey& key) {
  if (const Slot* const found = known(key.organ_id, key.year, key.scope)) return found->entry.get();
  std::optional<LedgerEntry> entry = history_(key);
  Slot& added = slot(key);
  if (entry) added.entry = std::make_unique<LedgerEntry>(std::move(*entry));
  return added.entry.get();
}

LedgerEntry& LedgerView::put(LedgerEntry entry) {
  Slot& to = slot(entry.key);
  if (to.entry == nullptr) to.entry = std::make_unique<LedgerEntry>();
  return *to.entry = std::move(entry);
}

std::optional<LedgerEntry> LedgerView::take(const ReportKey& key) {
  const std::unique_ptr<LedgerEntry> entry = std::exchange(slot(key).entry, nullptr);
  return entry ? std::optional(std::move(*entry)) : std::nullopt;
}

std::vector<const LedgerEntry*> LedgerView::live(const std::string& organ_id, std::int32_t year) {
  std::vector<const LedgerEntry*> found;
  for (const Scope scope : kEveryScope) {
    const Slot* const slot = known(organ_id, year, scope);
    const LedgerEntry* const entry = slot != nullptr ? slot->entry.get() : find({organ_id, year, scope});
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

void add_cross_year_results(const LedgerEntry& entry, const Previous& previous, std::vector<Said>& results) {
  for (const CrossRule& each : kRules) evaluate(each, entry, previous, results);
}

}  // namespace gouji::validator
