// Tables of formats that do not open and close them: a paragraph says how deep in tables it stands,
// and marks end cells and rows.
#pragma once

#include <cstddef>
#include <vector>

#include "services/parser/core/office/flow_builder.h"

namespace gouji::parser {

class FlowTables {
 public:
  explicit FlowTables(FlowBuilder& builder) : builder_(builder) {}

  // Text of a paragraph `depth` tables deep follows; `at` is its place in the source.
  void enter(std::size_t depth, std::size_t at);
  // Marks of the table at `depth` (from 1).
  void end_cell(std::size_t depth, std::size_t at);
  void end_row(std::size_t depth, const std::vector<CellPlace>& places);

 private:
  struct Open {
    bool has_row = false;
    bool has_cell = false;
  };
  void leave(std::size_t depth);

  FlowBuilder& builder_;
  std::vector<Open> open_;
};

}  // namespace gouji::parser
