// Lines of running text to paragraphs and headings.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "common/markup/document.h"
#include "services/parser/core/layout/laid.h"

namespace gouji::parser {

struct LaidParagraph {
  BlockKind kind = BlockKind::kParagraph;
  std::uint8_t level = 0;
  std::vector<TextPiece> pieces;
};

// The measure of a document's text, taken from all its lines.
struct TextMeasure {
  float size = 0;  // of most characters
  struct Margins {
    float left = 0, right = 0;
  };
  std::vector<Margins> margins;  // of each page's running text
};

TextMeasure measure_text(const std::vector<LaidItem>& items, std::size_t pages);

// The lines stand between two tables, in reading order, perhaps over several pages. A line is wrapped
// when it reaches the right margin and the next one begins at the left margin; lines of a title are
// one heading; lines with fields stay lines.
std::vector<LaidParagraph> join_lines(std::span<LaidItem> lines, const TextMeasure& measure);

}  // namespace gouji::parser
