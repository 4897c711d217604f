// Which words beside a table without rules are the label of which row of values. A label may be
// wrapped above and below its values; labels of groups stand left of those of rows.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "services/parser/core/layout/fields.h"

namespace gouji::parser {

// A field in the label columns. `row` is the row of values that it shares a line with, or kNoRow.
struct LabelField {
  static constexpr std::uint32_t kNoRow = 0xFFFFFFFF;
  Field field;
  float size = 0;
  std::uint32_t row = kNoRow;
  bool starts_item = false;  // "1.", "（一）"
};

struct RowLabel {
  std::vector<std::uint32_t> group;  // indexes of label fields, from top to bottom
  std::vector<std::uint32_t> own;
};

// One for each row; `rows` are the heights of the rows of values, ascending; `fields` go from top to
// bottom, then from left to right; no label goes over a separator (height of a rule, ascending).
std::vector<RowLabel> find_row_labels(std::span<const LabelField> fields, std::span<const float> rows,
                                      std::span<const float> separators);

}  // namespace gouji::parser
