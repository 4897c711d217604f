#include "services/validator/core/tie_evidence.h"

#include <algorithm>
#include <optional>

namespace gouji::validator {
namespace {

const LedgerTable* table_of(const LedgerEntry* entry, TableId id) {
  if (entry == nullptr) return nullptr;
  const auto found = std::find_if(entry->tables.begin(), entry->tables.end(),
                                  [&](const LedgerTable& table) { return table.table == id; });
  return found == entry->tables.end() || found->cells.empty() ? nullptr : &*found;
}

// Each column of `row` here against `row_there` of another year's report.
void add_row(const Form& here, const std::string& row, const LedgerEntry* entry, const std::string& row_there,
             std::vector<NamedEvidence>& all) {
  const LedgerTable* const there = table_of(entry, TableId::kT3);
  if (there == nullptr) return;
  const Form& form_there = form(there->table, there->edition);
  for (const FormColumn& column : here.blocks().front().columns) {
    const auto cell = here.find(row + "." + column.key);
    const auto cell_there = form_there.find(row_there + "." + column.key);
    if (!cell || !cell_there || !there->cells[*cell_there].is_number()) continue;
    all.push_back({{{*cell}}, there->cells[*cell_there].value,
                   std::to_string(entry->key.year) + ":" + form_there.cells()[*cell_there].id});
  }
}

std::optional<std::vector<std::uint16_t>> cells_of(const Form& form, const std::vector<std::string>& ids) {
  std::vector<std::uint16_t> cells;
  for (const std::string& id : ids) {
    const auto cell = id.starts_with(to_string(form.table())) ? form.find(id) : std::nullopt;
    if (!cell) return std::nullopt;
    cells.push_back(*cell);
  }
  return cells.empty() ? std::nullopt : std::optional(std::move(cells));
}

}  // namespace

Neighbours neighbours_of(LedgerView& ledger, const ReportKey& key) {
  Neighbours neighbours{previous_report(ledger, key).entry, nullptr};
  if (!key.is_identified()) return neighbours;
  for (const LedgerEntry* const entry : ledger.live(key.organ_id, key.year + 1)) {
    const LedgerEntry* const before = previous_report(ledger, entry->key).entry;
    if (before != nullptr && before->key == key) neighbours.next = entry;
  }
  return neighbours;
}

std::vector<NamedEvidence> evidence_of_document(const Form& form, const Reading& reading) {
  std::vector<NamedEvidence> all;
  for (const TableReading& table : reading.tables)
    if (table.table == form.table())
      for (const AlternativeReading& other : table.alternatives)
        if (other.cell < form.size()) all.push_back({{{other.cell}}, other.value, "reader:" + other.reader});
  for (const Claim& claim : reading.claims) {
    if (claim.hedged) continue;
    NamedEvidence evidence{{}, claim.value, "claim:" + claim.text};
    for (const std::vector<std::string>& ids : claim.readings)
      if (auto cells = cells_of(form, ids)) evidence.sums.push_back(std::move(*cells));
    if (!evidence.sums.empty()) all.push_back(std::move(evidence));
  }
  return all;
}

std::vector<NamedEvidence> evidence_of_neighbours(const Form& form, const Neighbours& neighbours) {
  std::vector<NamedEvidence> all;
  if (form.table() != TableId::kT3) return all;
  add_row(form, "carried_in", neighbours.previous, "carried_out", all);
  add_row(form, "carried_out", neighbours.next, "carried_in", all);
  return all;
}

bool holds(const NamedEvidence& evidence, const std::vector<std::int64_t>& values, const std::vector<bool>& is_known) {
  return std::any_of(evidence.sums.begin(), evidence.sums.end(), [&](const std::vector<std::uint16_t>& cells) {
    std::int64_t sum = 0;
    return std::all_of(cells.begin(), cells.end(), [&](std::uint16_t cell) {
      return is_known[cell] && !__builtin_add_overflow(sum, values[cell], &sum);
    }) && sum == evidence.value;
  });
}

}  // namespace gouji::validator
