// The fields of a line: what stands together, apart from what is in other columns.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "services/parser/core/layout/fragments.h"
#include "services/parser/core/layout/laid.h"

namespace gouji::parser {

// Fragments [first, first + count) of the page's sorted fragments.
struct Field {
  Box box;
  std::uint32_t first = 0;
  std::uint32_t count = 0;
  bool is_value = false;  // a figure, or a mark for none
};

struct FieldLine {
  Line line;
  std::uint32_t first = 0;  // index of its first field
  std::uint32_t count = 0;
  std::uint32_t values = 0;
  std::uint32_t first_value = 0;  // number of fields in front of the first value

  // A row of values with or without its label: from the first value on there is little else.
  bool is_row = false;
};

struct PageFields {
  std::vector<FieldLine> lines;
  std::vector<Field> fields;

  std::span<const Field> of(const FieldLine& line) const { return std::span(fields).subspan(line.first, line.count); }
};

// Sorts the fragments as group_lines() does.
PageFields find_fields(const PageInk& ink, std::span<Fragment> fragments);

}  // namespace gouji::parser
