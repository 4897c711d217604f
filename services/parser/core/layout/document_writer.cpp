#include "services/parser/core/layout/document_writer.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace gouji::parser {
namespace {

// Where counts in 1/100 pt. Coordinates are limited when pages are read.
std::int32_t hundredths(float points) { return static_cast<std::int32_t>(std::lround(points * 100)); }

Where where_of(const Box& box, std::int32_t page) {
  Where where;
  where.page = page;
  where.left = hundredths(box.left);
  where.top = hundredths(box.top);
  where.right = hundredths(box.right);
  where.bottom = hundredths(box.bottom);
  return where;
}

}  // namespace

TextRange DocumentWriter::append(const std::vector<TextPiece>& pieces) {
  TextRange range{size(), size()};
  for (const TextPiece& piece : pieces) {
    const std::uint32_t begin = size();
    document_.text += piece.text;
    document_.runs.push_back({{begin, size()}, where_of(piece.box, piece.page)});
  }
  range.end = size();
  return range;
}

void DocumentWriter::add_text(BlockKind kind, std::uint8_t level, const std::vector<TextPiece>& pieces) {
  Block block;
  block.kind = kind;
  block.level = level;
  block.text = append(pieces);
  document_.blocks.push_back(block);
  document_.text.push_back('\n');
}

void DocumentWriter::add_table(const LaidTable& table) {
  Block block;
  block.kind = BlockKind::kGrid;
  block.grid = static_cast<std::uint32_t>(document_.grids.size());
  block.text.begin = size();
  Grid grid;
  grid.rows = table.rows;
  grid.columns = static_cast<std::uint32_t>(table.down.size()) - 1;
  for (const LaidCell& cell : table.cells) {
    GridCell written;
    written.row = cell.row;
    written.column = cell.column;
    written.row_span = cell.row_span;
    written.column_span = cell.column_span;
    written.text = append(cell.pieces);
    if (cell.pieces.empty()) document_.runs.push_back({written.text, where_of(cell.box, cell.page)});
    block.text.end = size();
    document_.text.push_back('\t');
    grid.cells.push_back(written);
  }
  block.text.end = std::max(block.text.end, block.text.begin);
  document_.grids.push_back(std::move(grid));
  document_.blocks.push_back(block);
  document_.text.push_back('\n');
}

void DocumentWriter::add_limit(const char* name) {
  auto& limits = document_.limits;
  if (std::find(limits.begin(), limits.end(), name) == limits.end()) limits.emplace_back(name);
}

Document DocumentWriter::take() { return std::move(document_); }

}  // namespace gouji::parser
