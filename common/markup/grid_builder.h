// Places the cells of one table on a grid: row by row, over the spans of the rows above.
#pragma once

#include <cstdint>
#include <vector>

#include "common/markup/document.h"
#include "common/markup/html.h"

namespace gouji {

struct CellSpans {
  std::uint32_t rows = 1;
  std::uint32_t columns = 1;
  bool is_header = false;
};

class GridBuilder {
 public:
  void begin_row();
  // Spans do not reach over the end of a row group (thead, tbody, tfoot).
  void end_row_group();
  // The new cell is the last of cells(); false when a limit forbids it, see exceeded().
  bool add_cell(const CellSpans& spans, const HtmlLimits& limits);
  std::vector<GridCell>& cells() { return cells_; }
  const std::vector<GridCell>& cells() const { return cells_; }
  bool has_row() const { return rows_ > 0; }
  // Name of the limit that stopped the last cell, or null.
  const char* exceeded() const { return exceeded_; }
  // The grid, with spans cut at its last row. Leaves the builder empty.
  Grid finish();

 private:
  struct Column {
    std::uint32_t taken_to = 0;  // rows below this one are taken
    std::uint32_t cell = 0;      // by this cell
  };
  std::uint32_t next_free_column() const;

  std::vector<GridCell> cells_;
  std::vector<Column> columns_;
  std::uint32_t rows_ = 0;
  std::uint32_t cursor_ = 0;
  const char* exceeded_ = nullptr;
};

}  // namespace gouji
