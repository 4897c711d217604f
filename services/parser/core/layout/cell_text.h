// The fragments of one cell, or of one line, to text.
#pragma once

#include <span>
#include <vector>

#include "services/parser/core/layout/fragments.h"
#include "services/parser/core/layout/laid.h"

namespace gouji::parser {

// One piece a line. Lines of a label are written together; a figure whose digits do not fit into
// the cell's width goes on in the next line, other figures stay apart. Sorts the fragments.
std::vector<TextPiece> cell_text(const PageInk& ink, std::span<Fragment> fragments, const Box& cell);

// The fragments of one line, from left to right; `wide` stands where parts stand apart.
TextPiece line_text(const PageInk& ink, std::span<const Fragment> fragments, char wide);

}  // namespace gouji::parser
