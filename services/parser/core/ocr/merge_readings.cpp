#include "services/parser/core/ocr/merge_readings.h"

#include <algorithm>
#include <cstddef>
#include <string>

namespace gouji::parser {
namespace {

bool has_cells(const TableReading& table) { return !table.cells.empty(); }

void add_alternative(TableReading& merged, std::size_t at, const Cell& cell, std::string_view reader) {
  if (!cell.is_number()) return;
  merged.alternatives.push_back({static_cast<std::uint16_t>(at), cell.value, std::string(reader)});
}

void make_unreadable(TableReading& merged, std::size_t at) {
  merged.cells[at] = Cell{CellState::kUnreadable, 0};
  merged.confidence[at] = 0;
  merged.witnesses[at] = 0;
  merged.status = TableStatus::kPartial;
}

// What two passes over one document disagree about already is dropped with the cell.
void drop_alternatives(TableReading& merged, std::size_t at) {
  std::erase_if(merged.alternatives, [&](const AlternativeReading& other) { return other.cell == at; });
}

void merge_cell(TableReading& merged, const TableReading& second, std::size_t at, std::string_view first_reader,
                std::string_view second_reader) {
  const Cell one = merged.cells[at];
  const Cell two = second.cells[at];
  if (one == two) {
    merged.confidence[at] = std::min(merged.confidence[at], second.confidence[at]);
    if (one.state != CellState::kAbsent && one.state != CellState::kUnreadable) ++merged.witnesses[at];
    return;
  }
  if (merged.raw[at].empty()) {
    merged.raw[at] = second.raw[at];
    merged.where[at] = second.where[at];
  }
  drop_alternatives(merged, at);
  make_unreadable(merged, at);
  add_alternative(merged, at, one, first_reader);
  add_alternative(merged, at, two, second_reader);
}

// A table that only one reader can tell.
TableReading alone(TableReading table, std::string_view reader) {
  table.alternatives.clear();
  for (std::size_t at = 0; at < table.cells.size(); ++at) {
    const Cell cell = table.cells[at];
    if (cell.state == CellState::kAbsent) continue;
    make_unreadable(table, at);
    add_alternative(table, at, cell, reader);
  }
  return table;
}

TableReading merge(const TableReading& first, const TableReading& second, const NamedTables& one,
                   const NamedTables& two) {
  if (!has_cells(first) && !has_cells(second)) return first;
  if (!has_cells(second)) return alone(first, one.reader);
  if (!has_cells(first)) return alone(second, two.reader);
  if (first.edition != second.edition || first.cells.size() != second.cells.size()) return alone(first, one.reader);
  TableReading merged = first;
  for (std::size_t at = 0; at < merged.cells.size(); ++at) merge_cell(merged, second, at, one.reader, two.reader);
  if (second.money_unit != first.money_unit) merged.money_unit = MoneyUnit::kNotStated;
  return merged;
}

}  // namespace

std::vector<TableReading> merge_readings(const NamedTables& first, const NamedTables& second) {
  std::vector<TableReading> merged;
  for (std::size_t i = 0; i < first.tables.size() && i < second.tables.size(); ++i)
    merged.push_back(merge(first.tables[i], second.tables[i], first, second));
  return merged;
}

}  // namespace gouji::parser
