// Any bytes as a page: the scanner ends, and what it makes of them is consistent.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/core/check.h"
#include "common/markup/html.h"
#include "common/text/utf8.h"

namespace {

void check_range(const gouji::Document& document, gouji::TextRange range) {
  GOUJI_CHECK(range.begin <= range.end && range.end <= document.text.size());
}

void check_grid(const gouji::Document& document, const gouji::Grid& grid) {
  const gouji::HtmlLimits limits;
  GOUJI_CHECK(grid.rows <= limits.rows && grid.columns <= limits.columns &&
              grid.cells.size() <= limits.cells);
  std::uint32_t row = 0, column = 0;
  for (const gouji::GridCell& cell : grid.cells) {
    check_range(document, cell.text);
    GOUJI_CHECK(cell.row_span >= 1 && cell.column_span >= 1);
    GOUJI_CHECK(cell.row + cell.row_span <= grid.rows &&
                cell.column + cell.column_span <= grid.columns);
    GOUJI_CHECK(cell.row > row || (cell.row == row && cell.column >= column));
    row = cell.row;
    column = cell.column + cell.column_span;
  }
}

void check_runs(const gouji::Document& document, std::size_t source_bytes) {
  std::uint32_t text_end = 0;
  std::int64_t source_end = 0;
  for (const gouji::SourceRun& run : document.runs) {
    GOUJI_CHECK(run.text.begin >= text_end && run.where.begin >= source_end);
    GOUJI_CHECK(run.text.end >= run.text.begin && run.where.end >= run.where.begin);
    text_end = run.text.end;
    source_end = run.where.end;
  }
  GOUJI_CHECK(text_end <= document.text.size() &&
              source_end <= static_cast<std::int64_t>(source_bytes));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string html = gouji::repair_utf8({reinterpret_cast<const char*>(data), size});
  const gouji::Document document = gouji::scan_html(html);
  GOUJI_CHECK(gouji::is_utf8(document.text));
  for (const gouji::Block& block : document.blocks) {
    check_range(document, block.text);
    if (block.kind == gouji::BlockKind::kGrid) {
      GOUJI_CHECK(block.grid < document.grids.size());
      check_grid(document, document.grids[block.grid]);
    }
    const gouji::Where where = document.where(block.text);
    GOUJI_CHECK(where.begin >= 0 && where.begin <= where.end &&
                where.end <= static_cast<std::int64_t>(html.size()));
  }
  for (const gouji::Link& link : document.links) {
    check_range(document, link.text);
    GOUJI_CHECK(link.block == 0 || link.block < document.blocks.size());
  }
  check_runs(document, html.size());
  return 0;
}
