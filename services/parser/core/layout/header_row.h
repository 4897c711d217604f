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

// Lines [begin, row) may hold the header of the bands.
struct HeaderPlace {
  std::span<const Band> bands;
  std::size_t begin = 0;
  std::size_t row = 0;
  float left = 0;
};

struct HeaderRow {
  std::size_t first_line = 0;                // lines [first_line, row) are the header
  std::vector<std::vector<TextPiece>> cells;  // one for each band
  std::vector<Field> beside;                  // what stands in these lines left of all bands
};

// The columns that the header above line `row` has, each with the band that stands below it; values
// of some columns may be blank in all rows. Nothing where words stand over several columns, or a
// band is not below exactly one. Left of `left` stands the header of the labels.
std::optional<std::vector<Band>> header_columns(const PageInk& ink, std::span<const Fragment> fragments,
                                                const PageFields& page, const HeaderPlace& place);

// The header's text over each band; nothing when fewer than half of the bands have one.
std::optional<HeaderRow> find_header(const PageInk& ink, std::span<const Fragment> fragments, const PageFields& page,
                                     const HeaderPlace& place);

}  // namespace gouji::parser
