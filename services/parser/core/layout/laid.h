// What layout makes of pages before it becomes a Document: pieces of text with their places, tables
// of cells, lines.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "services/parser/core/layout/page.h"

namespace gouji::parser {

// A stretch of text that stands in one place; what parts it from the piece before it is its start.
struct TextPiece {
  std::string text;  // UTF-8
  Box box;           // on the page
  std::int32_t page = 0;
};

// Stands where nobody can tell what the figure is.
inline constexpr char kUnclear[] = "\xEF\xBF\xBD";

struct LaidCell {
  std::uint32_t row = 0;
  std::uint32_t column = 0;
  std::uint32_t row_span = 1;
  std::uint32_t column_span = 1;
  std::vector<TextPiece> pieces;
  Box box;  // of the cell, on the page
  std::int32_t page = 0;
  bool is_header = false;
};

struct LaidTable {
  std::uint32_t rows = 0;
  std::vector<float> down;      // left sides of the columns, and the right side of the last
  std::vector<LaidCell> cells;  // by row, then column
  Box box;                      // in layout coordinates
  std::uint32_t page = 0;       // index of the page it ends on
  bool is_open_above = false;   // its upper side is not drawn
  bool is_open_below = false;
  float inset = 0;              // what its text leaves free inside of the sides of cells
  bool is_sideways = false;     // its lines run up or down the page
  bool is_banded = false;       // no rules: its columns are where its values are

  std::uint32_t columns() const { return static_cast<std::uint32_t>(down.size()) - 1; }
};

struct LaidLine {
  TextPiece piece;
  Box box;  // in layout coordinates
  float size = 0;
  bool has_fields = false;  // parts of it stand apart like the fields of a table
  std::uint32_t page = 0;   // index
};

using LaidItem = std::variant<LaidLine, LaidTable>;

// The text of all pieces.
std::string text_of(const std::vector<TextPiece>& pieces);

}  // namespace gouji::parser
