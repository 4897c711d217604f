// One pass over an HTML page, from bytes to blocks and grids. Linear in the page whatever it holds:
// no tree, no recursion, nothing is searched twice. It takes pages as they are: end tags missing,
// elements misnested, tables inside layout tables, the HTML that Word writes.
//
// What it decides:
//  - A table becomes a grid with its spans expanded. A table that only arranges other tables is
//    dissolved: its paragraphs and its tables follow one another in order. So is a table of one
//    cell.
//  - <br> and every block element end a block; inside a cell that is a line feed in the cell's
//  text.
//  - script, style, template, noscript, comments and elements hidden by `hidden` or display:none
//    give no text. The contents of CDATA sections and of Word's <![if]> do. A hidden table is named
//    in Document::limits ("HIDDEN_TABLE"): scripts may show what a page hides.
//  - In `text`, a tab follows each cell and a line feed each block, outside of their ranges.
#pragma once

#include <cstdint>
#include <string_view>

#include "common/markup/document.h"
#include "common/text/charset.h"

namespace gouji {

// What is above a limit is cut or read as plain text, and named in Document::limits.
struct HtmlLimits {
  std::uint32_t depth = 64;             // tables in tables; deeper ones are text ("DEPTH"). Other
                                        // elements are not stacked, so need no limit
  std::uint32_t attributes = 256;       // read of one tag ("ATTRIBUTES")
  std::uint32_t cells = 20'000;         // of one grid ("GRID_CELLS")
  std::uint32_t rows = 4'096;           // of one grid ("GRID_ROWS")
  std::uint32_t columns = 256;          // of one grid ("GRID_COLUMNS")
  std::uint32_t column_span = 64;       // above: 1 ("GRID_SPAN")
  std::uint32_t row_span = 1'000;       // above: 1 ("GRID_SPAN")
  std::uint32_t blocks = 1U << 18;      // the text after them is not read ("BLOCKS")
  std::uint32_t runs = 1U << 20;        // the last one then stands for the rest ("RUNS")
  std::uint32_t links = 1U << 16;       // links, and again images ("LINKS", "IMAGES")
  std::uint32_t meta = 1'024;           // ("META")
  std::uint32_t address_bytes = 4'096;  // of href and src; longer ones are dropped ("ADDRESS")
};

enum class HiddenText : std::uint8_t { kSkipped, kRead };

// Scans valid UTF-8. Provenance is in bytes of `html`. `format` is "html", `charset` "utf-8".
Document scan_html(std::string_view html, const HtmlLimits& limits = {},
                   HiddenText hidden = HiddenText::kSkipped);

// The charset that the first 4 KiB of a page name in <meta charset> or <meta http-equiv>, or an XML
// declaration; empty where there is none. Views `bytes`.
std::string_view html_charset_label(std::string_view bytes);

// Translates the provenance of a document, made from decode_text(bytes, decision), into positions
// in `bytes`. Stretches of ASCII keep a position for each byte.
void trace_to_source(Document& document, std::string_view bytes, const CharsetDecision& decision);

}  // namespace gouji
