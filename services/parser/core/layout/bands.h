// Tables without rules, or with horizontal ones only: rows of values whose columns lie below one
// another, with the labels beside them.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "services/parser/core/layout/fragments.h"
#include "services/parser/core/layout/laid.h"

namespace gouji::parser {

// What stands on a page outside of its ruled tables, from top to bottom: tables by bands, and lines.
// A value is in the one band that it overlaps; a row with a value in two bands, or two values in
// one, begins another table. Rows of a single value are lines: their label, a tab, the value.
std::vector<LaidItem> read_bands(const PageInk& ink, const std::vector<Fragment>& outside, std::uint32_t page,
                                 const LayoutLimits& limits);

}  // namespace gouji::parser
