// Reports as plain text and markdown, in the layouts that copying, converters and portals make.
#pragma once

#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "tests/support/report_frame.h"
#include "tests/support/report_tables.h"

namespace gouji::testing {

enum class TextLayout : std::uint8_t {
  kCellLines,        // A1 a cell a line
  kCellLinesSpaced,  // A1 with empty lines between
  kCellPipes,        // A2 a cell a line, a pipe behind it
  kCellPipeLines,    // A2 the pipe on a line of its own
  kPipes,            // A3 a row a line, merged cells as empty fields
  kPipesFramed,      // A3 with a pipe in front and behind
  kPipesRepeated,    // A3 a merged cell's text in every place that it covers
  kPipesShort,       // A3b without the empty fields
  kTabs,             // A4 merged labels missing in later rows
  kTabsPadded,       // A4 but wide labels padded
  kSpaces,           // A5
  kRunTogether,      // A6 nothing between cells
  kCollapsed,        // A7 blank cells gone without a trace
  kDeduplicated,     // A8 lines that stood there before left out
  kSeparatorRuns,    // A9 hundreds of pipes or tabs behind each row
  kWrapped,          // A10 labels in two halves around their values, side column, page furniture
  kScrambledTable4,  // A11 the headers of table 4 in another order
  kSurplus,          // A12 a zero too many in some rows
  kNotInText,        // A15 headings without tables
  kNoSections,       // A16 sections 二 三 四 missing
  kMarkdown,         // a markdown table
  kMarkdownBold,     // with ** around labels
};
inline constexpr TextLayout kTextLayouts[] = {
    TextLayout::kCellLines,   TextLayout::kCellLinesSpaced, TextLayout::kCellPipes,       TextLayout::kCellPipeLines, TextLayout::kPipes,
    TextLayout::kPipesFramed, TextLayout::kPipesRepeated,   TextLayout::kPipesShort,      TextLayout::kTabs,          TextLayout::kTabsPadded,
    TextLayout::kSpaces,      TextLayout::kRunTogether,     TextLayout::kCollapsed,       TextLayout::kDeduplicated,  TextLayout::kSeparatorRuns,
    TextLayout::kWrapped,     TextLayout::kScrambledTable4, TextLayout::kSurplus,         TextLayout::kNotInText,     TextLayout::kNoSections,
    TextLayout::kMarkdown,    TextLayout::kMarkdownBold};

const char* name_of(TextLayout layout);  // "A3 pipes"
// The layout keeps what tells a blank cell from none, and which one it is.
bool shows_blanks(TextLayout layout);
// Not every cell can be told from the text.
bool loses_information(TextLayout layout);
// The text holds tables at all.
bool has_tables(TextLayout layout);

struct TextOptions {
  TextLayout layout = TextLayout::kPipes;
  bool has_furniture = false;  // page numbers between rows
  bool is_crlf = false;
};

std::string render_text(const std::vector<Part>& parts, const std::array<TableRows, 3>& tables, const TextOptions& options,
                        std::mt19937& random);

}  // namespace gouji::testing
