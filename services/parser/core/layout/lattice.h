// Rulings to the cells of tables: elementary fields between all rules, joined where no rule parts
// them.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "services/parser/core/layout/page_ink.h"

namespace gouji::parser {

struct LatticeCell {
  std::uint32_t row = 0;
  std::uint32_t column = 0;
  std::uint32_t row_span = 1;
  std::uint32_t column_span = 1;
};

// One ruled table. Rule i of `across` is the upper side of row i, of `down` the left side of
// column i; the last ones close the table.
struct Lattice {
  std::vector<float> across;
  std::vector<float> down;
  std::vector<LatticeCell> cells;  // by row, then column; they do not overlap
  bool is_open_above = false;      // the upper side is not drawn: a page break cut the table there
  bool is_open_below = false;

  std::uint32_t rows() const { return static_cast<std::uint32_t>(across.size()) - 1; }
  std::uint32_t columns() const { return static_cast<std::uint32_t>(down.size()) - 1; }
  Box box() const { return {down.front(), across.front(), down.back(), across.back()}; }
  Box box(const LatticeCell& cell) const {
    return {down[cell.column], across[cell.row], down[cell.column + cell.column_span],
            across[cell.row + cell.row_span]};
  }
  // Index of the cell that holds the point.
  std::optional<std::uint32_t> cell_at(float x, float y) const;

  std::vector<std::uint32_t> covering;  // by row and column: index + 1 of the cell, 0 = none
};

struct Lattices {
  std::vector<Lattice> tables;  // from top to bottom
  bool is_cut = false;          // more rules or cells than the limits allow
};

// A frame around text (one cell) is no table.
Lattices find_lattices(const PageInk& ink, const LayoutLimits& limits);

}  // namespace gouji::parser
