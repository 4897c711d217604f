// What must hold of every outcome of a reader of office files.
#pragma once

#include <string_view>
#include <variant>

#include "common/core/check.h"
#include "common/text/utf8.h"
#include "services/parser/core/extract.h"

namespace gouji::parser {

// Of a page the order of blocks is the scanner's business.
inline void check_office_outcome(const ExtractOutcome& outcome, bool is_page = false) {
  if (const auto* reason = std::get_if<Reason>(&outcome)) {
    GOUJI_CHECK(!reason->code.empty() && is_utf8(reason->message));
    return;
  }
  if (std::holds_alternative<Need>(outcome)) return;
  const auto& document = std::get<Document>(outcome);
  GOUJI_CHECK(is_utf8(document.text));
  std::uint32_t text_end = 0;
  for (const SourceRun& run : document.runs) {
    GOUJI_CHECK(run.text.begin >= text_end || run.text.empty());
    GOUJI_CHECK(run.text.end <= document.text.size() && run.where.begin <= run.where.end);
    text_end = run.text.end;
  }
  std::uint32_t block_end = 0;
  for (const Block& block : document.blocks) {
    GOUJI_CHECK(block.text.begin <= block.text.end && block.text.end <= document.text.size());
    if (block.kind != BlockKind::kGrid) {
      GOUJI_CHECK(is_utf8(document.view(block.text)));
      GOUJI_CHECK(is_page || block.text.begin >= block_end);
      block_end = block.text.end;
      continue;
    }
    const Grid& grid = document.grids.at(block.grid);
    std::vector<bool> is_taken(std::size_t{grid.rows} * grid.columns);
    for (const GridCell& cell : grid.cells) {
      GOUJI_CHECK(cell.text.begin <= cell.text.end && cell.text.end <= document.text.size());
      GOUJI_CHECK(cell.row + cell.row_span <= grid.rows && cell.column + cell.column_span <= grid.columns);
      for (std::uint32_t row = cell.row; row < cell.row + cell.row_span; ++row) {
        for (std::uint32_t column = cell.column; column < cell.column + cell.column_span; ++column) {
          GOUJI_CHECK(!is_taken[std::size_t{row} * grid.columns + column]);
          is_taken[std::size_t{row} * grid.columns + column] = true;
        }
      }
    }
  }
}

}  // namespace gouji::parser
