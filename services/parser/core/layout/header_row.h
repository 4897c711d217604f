// The header above the rows of a table without rules: words that stand over one column each, wrapped
// or not.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "services/parser/core/layout/fields.h"

namespace gouji::parser {

// Where the values of one column stand.
struct Band {
  float left = 0, right = 0;
};

struct HeaderRow {
  std::size_t first_line = 0;                // lines [first_line, row) are the header
  std::vector<std::vector<TextPiece>> cells;  // one for each band
  std::vector<Field> beside;                  // what stands in these lines left of all bands
};

// The header of the row of values at line `row`, at or below line `begin`; nothing when fewer than
// half of the columns have one.
std::optional<HeaderRow> find_header(const PageInk& ink, std::span<const Fragment> fragments, const PageFields& page,
                                     std::span<const Band> bands, std::size_t begin, std::size_t row);

}  // namespace gouji::parser
