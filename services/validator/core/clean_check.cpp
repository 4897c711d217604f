#include "services/validator/core/clean_check.h"

#include <algorithm>
#include <set>
#include <utility>

#include "common/core/check.h"

namespace gouji::validator {
namespace {

constexpr std::uint64_t kSmall = std::uint64_t{1} << 53;  // a table of such numbers cannot overflow a sum
constexpr std::size_t kColumnsOfTable3 = 7;

unsigned not_a_number(const Cell& cell) {
  return static_cast<unsigned>(cell.state) ^ static_cast<unsigned>(CellState::kNumber);
}

bool are_small_numbers(std::span<const Cell> cells) {
  std::uint64_t bits = 0;
  unsigned states = 0;
  for (const Cell& cell : cells) {
    bits |= static_cast<std::uint64_t>(cell.value);
    states |= not_a_number(cell);
  }
  return states == 0 && bits < kSmall;
}

using CellSets = std::set<std::pair<std::set<std::uint16_t>, std::set<std::uint16_t>>>;

CellSets sets_of(const std::vector<Identity>& identities) {
  CellSets sets;
  for (const Identity& identity : identities)
    sets.insert({{identity.plus.begin(), identity.plus.end()}, {identity.minus.begin(), identity.minus.end()}});
  return sets;
}

}  // namespace

CleanCheck::CleanCheck(const Form& form) : grid_(grid_of(form)) {
  // The grid must say exactly what the form's identities say.
  const auto at = [&](std::size_t row, std::size_t column) { return static_cast<std::uint16_t>(row * grid_.columns + column); };
  CellSets sets;
  for (std::size_t row = 0; row < grid_.rows; ++row) {
    std::set<std::uint16_t> parts;
    for (std::size_t column = 0; column + 1 < grid_.columns; ++column) parts.insert(at(row, column));
    sets.insert({parts, {at(row, grid_.columns - 1)}});
  }
  for (std::size_t column = 0; grid_.total != 0 && column < grid_.columns; ++column) {
    std::set<std::uint16_t> parts;
    for (std::size_t row = grid_.first; row < grid_.total; ++row) parts.insert(at(row, column));
    sets.insert({parts, {at(grid_.total, column)}});
    sets.insert({{at(0, column), at(1, column)}, {at(grid_.total, column), at(grid_.total + 1, column)}});
  }
  GOUJI_CHECK(sets == sets_of(identities(form)));
}

CleanCheck::Grid CleanCheck::grid_of(const Form& form) {
  if (identities(form).empty()) return {};
  const FormBlock& block = form.blocks().front();
  Grid grid{block.rows.size(), block.columns.size(), 0, 0};
  for (std::size_t row = 0; row < grid.rows; ++row)
    if (block.rows[row].key == "total") grid.total = row;
  if (grid.total != 0) {
    GOUJI_CHECK(grid.columns == kColumnsOfTable3);
    grid.first = 2;
  }
  return grid;
}

bool CleanCheck::passes(std::span<const Cell> cells) const {
  if (grid_.total != 0) return grid_passes<kColumnsOfTable3>(cells.data());
  return are_small_numbers(cells) && rows_hold(cells.data());
}

bool CleanCheck::rows_hold(const Cell* cells) const {
  std::int64_t wrong = 0;
  for (std::size_t row = 0; row < grid_.rows; ++row, cells += grid_.columns) {
    std::int64_t sum = 0;
    for (std::size_t column = 0; column + 1 < grid_.columns; ++column) sum += cells[column].value;
    wrong |= sum - cells[grid_.columns - 1].value;
  }
  return wrong == 0;
}

// Rows are added up as whole lines, so that each cell is loaded once for its row and its column.
template <std::size_t kColumns>
bool CleanCheck::grid_passes(const Cell* cells) const {
  std::uint64_t sums[kColumns] = {};  // modulo 2^64, as the bounds are looked at beside them
  std::uint64_t wrong = 0;
  std::uint64_t bits = 0;
  unsigned states = 0;
  const auto add_row = [&]<std::size_t... kColumn>(const Cell* row, std::index_sequence<kColumn...>) {
    ((sums[kColumn] += static_cast<std::uint64_t>(row[kColumn].value)), ...);
    bits |= (static_cast<std::uint64_t>(row[kColumn].value) | ...);
    states |= (not_a_number(row[kColumn]) | ...);
    wrong |= (static_cast<std::uint64_t>(row[kColumn].value) + ...) - 2 * static_cast<std::uint64_t>(row[kColumns - 1].value);
  };
  const auto all = std::make_index_sequence<kColumns>();
  const Cell* const total = cells + grid_.total * kColumns;
  for (const Cell* row = cells + grid_.first * kColumns; row != total; row += kColumns) add_row(row, all);
  for (std::size_t column = 0; column < kColumns; ++column)
    wrong |= std::exchange(sums[column], 0) - static_cast<std::uint64_t>(total[column].value);
  add_row(cells, all);
  add_row(cells + kColumns, all);
  for (std::uint64_t& sum : sums) sum = -sum;
  add_row(total, all);
  add_row(total + kColumns, all);
  for (const std::uint64_t sum : sums) wrong |= sum;
  return wrong == 0 && states == 0 && bits < kSmall;
}

}  // namespace gouji::validator
