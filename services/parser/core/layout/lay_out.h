// Positioned pages to a Document: lines and paragraphs in reading order, tables as grids. The same
// for PDF, OFD and recognised pictures.
//
// What it decides:
//  - Rulings that meet are a table; a row or column that a page break leaves without its outer rule
//    is closed. Rows that have no rules are rows of figures with the labels beside them; where the
//    column of a figure cannot be told, the lines stay lines (BlockKind::kLine, a tab between
//    fields) and no grid is made of them.
//  - A table that goes on over a page break is one grid, without the header that is printed again;
//    a row that the break cuts in two is one row.
//  - Page numbers and running headers and footers are left out, also where they stand in a table.
//  - Nothing stands between characters of Chinese text; a figure whose digits stand apart by less
//    than a fifth of their size is one figure.
//  - A character that its font does not name is U+FFFD, so that no figure can be read off it.
//  - Overprinted characters count once; a hidden text layer counts where nothing visible stands.
//
// Every stretch of text has its page and box (Where) in page coordinates; an empty cell has the
// place of the cell. As with HTML a tab follows each cell and a line feed each block, outside of
// their ranges. The caller sets Document::format. Pure; any thread; linear or n log n in what is on
// the pages, whatever it is.
#pragma once

#include <cstdint>
#include <vector>

#include "common/markup/document.h"
#include "services/parser/core/layout/page.h"

namespace gouji::parser {

// What is above a limit is left out and named in Document::limits.
struct LayoutLimits {
  std::uint32_t pages = 1'000;            // ("PAGES")
  std::uint32_t page_glyphs = 1'000'000;  // of one page ("GLYPHS")
  std::uint32_t glyphs = 1'000'000;       // of all pages ("GLYPHS")
  std::uint32_t page_rulings = 200'000;   // of one page ("RULINGS")
  std::uint32_t rule_places = 768;        // different heights or sides of rules of one page; a page
                                          // with more has no ruled tables ("RULINGS")
  std::uint32_t page_tables = 64;         // of one page; the text of further ones is lines
                                          // ("RULINGS")
  std::uint32_t cells = 20'000;           // of one grid; its text is lines then ("GRID_CELLS")
  std::uint32_t columns = 256;            // of one grid ("GRID_COLUMNS")
};

Document lay_out(const std::vector<Page>& pages, const LayoutLimits& limits = {});

}  // namespace gouji::parser
