// The fragments of one cell, or of one line, to text.
#pragma once

#include <span>
#include <vector>

#include "services/parser/core/layout/fragments.h"
#include "services/parser/core/layout/laid.h"

namespace gouji::parser {

// Where text may stand in a cell of a table.
struct CellRoom {
  Box box;             // between its rules
  float inset = 0;     // what the table's text leaves free inside of either side
  bool is_one = true;  // no rule of the table would part its lines into two rows
};

// Whether a line had no room for one more character as wide as `next`.
inline bool is_full_line(float line, float next, float cell, float inset) {
  constexpr float kInexact = 0.5F;  // points: rules have a width, and text is placed in steps
  return line + next > cell - 2 * inset - kInexact;
}

// One piece a line. Lines of a label are written together; a figure goes on in the next line where
// the line above has no room for another digit. Where it has, U+FFFD stands between the two: they
// may be one figure or two. Sorts the fragments.
std::vector<TextPiece> cell_text(const PageInk& ink, std::span<Fragment> fragments, const CellRoom& room);

// The fragments of one line, from left to right; `wide` stands where parts stand apart.
TextPiece line_text(const PageInk& ink, std::span<const Fragment> fragments, char wide);

}  // namespace gouji::parser
