// Puts the cells of a table, each with its edges, on a grid of columns.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "services/parser/core/office/flow_builder.h"

namespace gouji::parser {

// `cells` by row, then from left to right.
//
// Edges nearer to each other than a column can be wide are one edge; where the edges of a row make
// no sense (`may_use_edges` false, or not ascending) the cells of every row are counted. A cell that
// continues the one above, of the same width, makes that one longer and is none itself; so does one
// that continues its left neighbour. Columns from `columns_max` on are left out.
// `indexes[i]` of the answer: which cell of the grid the i-th cell became, or -1.
struct PlacedGrid {
  Grid grid;
  std::vector<std::int32_t> indexes;
  bool is_cut = false;
};
PlacedGrid place_cells(std::span<const PlacedCell> cells, EdgeUnit unit, bool may_use_edges,
                       std::uint32_t columns_max);

}  // namespace gouji::parser
