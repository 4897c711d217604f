#include "services/parser/core/office/flow_grid.h"

#include <algorithm>

namespace gouji::parser {
namespace {

// 2.5 points: programs round the edges of one column differently in different rows.
constexpr std::int32_t kSameEdgeTwips = 50;

struct Columns {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
};

class Placer {
 public:
  Placer(std::span<const PlacedCell> cells, EdgeUnit unit) : cells_(cells), unit_(unit) {}

  // The columns of every cell by its edges; false where a row's edges are not ascending.
  bool find_columns_by_edges() {
    if (unit_ == EdgeUnit::kTwip) collect_edges();
    columns_.clear();
    for (std::size_t i = 0; i < cells_.size(); ++i) {
      const bool is_first = i == 0 || cells_[i].row != cells_[i - 1].row;
      const Columns found{column_of(cells_[i].place.left), column_of(cells_[i].place.right)};
      const bool is_placed = cells_[i].place.left >= 0 && found.begin < found.end &&
                             (is_first || columns_.back().end <= found.begin);
      if (!is_placed) return false;
      columns_.push_back(found);
    }
    return true;
  }

  void count_columns() {
    columns_.clear();
    std::uint32_t next = 0;
    for (std::size_t i = 0; i < cells_.size(); ++i) {
      next = i == 0 || cells_[i].row != cells_[i - 1].row ? 0 : next + 1;
      columns_.push_back({next, next + 1});
    }
  }

  PlacedGrid place(bool is_merging, std::uint32_t columns_max) {
    PlacedGrid placed;
    placed.indexes.assign(cells_.size(), -1);
    placed.grid.cells.reserve(cells_.size());
    for (std::size_t i = 0; i < cells_.size(); ++i) {
      Columns at = columns_[i];
      if (at.begin >= columns_max) placed.is_cut = true;
      if (at.begin >= columns_max) continue;
      at.end = std::min(at.end, columns_max);
      if (is_merging && joins_another(placed.grid, i, at)) continue;
      placed.indexes[i] = static_cast<std::int32_t>(placed.grid.cells.size());
      own(at, static_cast<std::uint32_t>(placed.indexes[i]));
      placed.grid.cells.push_back(
          {cells_[i].row, at.begin, 1, at.end - at.begin, cells_[i].text, false});
    }
    for (const GridCell& cell : placed.grid.cells) {
      placed.grid.rows = std::max(placed.grid.rows, cell.row + cell.row_span);
      placed.grid.columns = std::max(placed.grid.columns, cell.column + cell.column_span);
    }
    return placed;
  }

 private:
  void collect_edges() {
    edges_.clear();
    for (const PlacedCell& cell : cells_) {
      edges_.push_back(cell.place.left);
      edges_.push_back(cell.place.right);
    }
    std::sort(edges_.begin(), edges_.end());
    std::size_t kept = 0;
    for (const std::int32_t edge : edges_) {
      if (kept == 0 || edge - edges_[kept - 1] > kSameEdgeTwips) edges_[kept++] = edge;
    }
    edges_.resize(kept);
  }

  std::uint32_t column_of(std::int32_t edge) const {
    if (unit_ == EdgeUnit::kColumn) return static_cast<std::uint32_t>(std::max(edge, 0));
    const auto above = std::upper_bound(edges_.begin(), edges_.end(), edge);
    return static_cast<std::uint32_t>(above - edges_.begin()) - 1;
  }

  void own(Columns at, std::uint32_t cell) {
    if (owners_.size() < at.end) owners_.resize(at.end, -1);
    std::fill(owners_.begin() + at.begin, owners_.begin() + at.end, static_cast<std::int32_t>(cell));
  }

  // Makes the cell above, or the one on the left, longer; false where none fits.
  bool joins_another(Grid& grid, std::size_t i, Columns at) {
    const CellPlace& place = cells_[i].place;
    if (place.merge == VerticalMerge::kContinued && at.begin < owners_.size() &&
        owners_[at.begin] >= 0) {
      GridCell& above = grid.cells[static_cast<std::size_t>(owners_[at.begin])];
      const bool is_same = above.column == at.begin && above.column + above.column_span == at.end;
      if (is_same && above.row + above.row_span == cells_[i].row) return ++above.row_span, true;
    }
    if (!place.continues_left || grid.cells.empty()) return false;
    GridCell& left = grid.cells.back();
    const bool is_next = left.row == cells_[i].row && left.column + left.column_span == at.begin;
    if (!is_next) return false;
    own(at, static_cast<std::uint32_t>(grid.cells.size() - 1));
    left.column_span += at.end - at.begin;
    return true;
  }

  std::span<const PlacedCell> cells_;
  EdgeUnit unit_;
  std::vector<std::int32_t> edges_;
  std::vector<Columns> columns_;
  std::vector<std::int32_t> owners_;  // by column: the lowest cell there
};

}  // namespace

PlacedGrid place_cells(std::span<const PlacedCell> cells, EdgeUnit unit, bool may_use_edges,
                       std::uint32_t columns_max) {
  Placer placer(cells, unit);
  const bool has_edges = may_use_edges && placer.find_columns_by_edges();
  if (!has_edges) placer.count_columns();
  return placer.place(has_edges, columns_max);
}

}  // namespace gouji::parser
