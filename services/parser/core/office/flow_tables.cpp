#include "services/parser/core/office/flow_tables.h"

#include <algorithm>

namespace gouji::parser {
namespace {

// Deeper tables are text of the table around them.
constexpr std::size_t kDepthMax = 16;

}  // namespace

void FlowTables::leave(std::size_t depth) {
  for (; open_.size() > depth; open_.pop_back()) builder_.end_table();
}

void FlowTables::enter(std::size_t depth, std::size_t at) {
  depth = std::min(depth, kDepthMax);
  leave(depth);
  while (open_.size() < depth || (depth > 0 && !open_.back().has_cell)) {
    if (!open_.empty() && !open_.back().has_cell) {
      if (!open_.back().has_row) builder_.begin_row();
      builder_.begin_cell(at);
      open_.back() = {true, true};
      continue;
    }
    builder_.begin_table();
    open_.emplace_back();
  }
}

void FlowTables::end_cell(std::size_t depth, std::size_t at) {
  if (depth == 0) return;
  enter(depth, at);
  builder_.end_cell(at);
  open_.back().has_cell = false;
}

void FlowTables::end_row(std::size_t depth, const std::vector<CellPlace>& places) {
  depth = std::min(depth, kDepthMax);
  if (depth == 0 || open_.size() < depth) return;
  leave(depth);
  builder_.end_row(places);
  open_.back() = {};
}

}  // namespace gouji::parser
