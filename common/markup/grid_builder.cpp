#include "common/markup/grid_builder.h"

#include <algorithm>
#include <utility>

namespace gouji {
namespace {

constexpr std::size_t kCellsAtFirst = 64;

}  // namespace

void GridBuilder::begin_row() {
  ++rows_;
  cursor_ = 0;
}

void GridBuilder::end_row_group() {
  for (Column& column : columns_) {
    if (column.taken_to <= rows_) continue;
    cells_[column.cell].row_span = rows_ - cells_[column.cell].row;
    column.taken_to = rows_;
  }
}

std::uint32_t GridBuilder::next_free_column() const {
  const Column* const columns = columns_.data();
  const auto count = static_cast<std::uint32_t>(columns_.size());
  std::uint32_t column = cursor_;
  while (column < count && columns[column].taken_to >= rows_) ++column;
  return column;
}

bool GridBuilder::add_cell(const CellSpans& spans, const HtmlLimits& limits) {
  exceeded_ = nullptr;
  const std::uint32_t column = next_free_column();
  cursor_ = column;
  if (rows_ > limits.rows) exceeded_ = "GRID_ROWS";
  if (cells_.size() >= limits.cells) exceeded_ = "GRID_CELLS";
  if (column >= limits.columns) exceeded_ = "GRID_COLUMNS";
  if (exceeded_ != nullptr) return false;
  const auto index = static_cast<std::uint32_t>(cells_.size());
  const std::uint32_t end_wanted = std::min(column + spans.columns, limits.columns);
  if (columns_.size() < end_wanted) columns_.resize(end_wanted);
  Column* const columns = columns_.data();
  std::uint32_t end = column;
  for (; end < end_wanted && (end == column || columns[end].taken_to < rows_); ++end) {
    columns[end] = {rows_ - 1 + spans.rows, index};
  }
  if (cells_.empty()) cells_.reserve(kCellsAtFirst);
  GridCell& cell = cells_.emplace_back();  // made in place, see DocumentBuilder::add_run
  cell.row = rows_ - 1;
  cell.column = column;
  cell.row_span = spans.rows;
  cell.column_span = end - column;
  cell.is_header = spans.is_header;
  cursor_ = end;
  return true;
}

Grid GridBuilder::finish() {
  Grid grid;
  grid.rows = cells_.empty() ? 0 : cells_.back().row + 1;
  for (GridCell& cell : cells_) {
    cell.row_span = std::min(cell.row_span, grid.rows - cell.row);
    grid.columns = std::max(grid.columns, cell.column + cell.column_span);
  }
  grid.cells = std::exchange(cells_, {});
  columns_.clear();
  rows_ = 0;
  return grid;
}

}  // namespace gouji
