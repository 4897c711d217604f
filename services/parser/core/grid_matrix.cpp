#include "services/parser/core/grid_matrix.h"

#include <algorithm>

#include "common/text/fold.h"
#include "services/parser/core/letters.h"

namespace gouji::parser {
namespace {

Token token_of(const Document& document, const GridCell& cell) {
  Token token;
  token.range = cell.text;
  const std::string_view text = trim_spaces(document.view(cell.text));
  if (text.empty()) {
    token.kind = TokenKind::kBlank;
  } else if (const auto figure = parse_figure(text)) {
    token.kind = TokenKind::kFigure;
    token.figure = *figure;
  }
  return token;
}

}  // namespace

GridMatrix::GridMatrix(const Document& document, const Grid& grid)
    : grid_(grid), rows_(grid.rows), columns_(grid.columns) {
  covering_.assign(rows_ * columns_, 0);
  starts_.resize(rows_);
  letters_end_.reserve(grid.cells.size());
  for (std::size_t i = 0; i < grid.cells.size(); ++i) {
    const GridCell& cell = grid.cells[i];
    tokens_.push_back(token_of(document, cell));
    if (tokens_.back().kind == TokenKind::kText) append_letters(letters_, document.view(cell.text));
    letters_end_.push_back(static_cast<std::uint32_t>(letters_.size()));
    if (cell.row >= rows_ || cell.column >= columns_) continue;
    starts_[cell.row].push_back(&cell);
    const std::size_t row_end = std::min<std::size_t>(rows_, std::size_t{cell.row} + cell.row_span);
    const std::size_t column_end =
        std::min<std::size_t>(columns_, std::size_t{cell.column} + cell.column_span);
    for (std::size_t row = cell.row; row < row_end; ++row) {
      std::fill(covering_.begin() + static_cast<std::ptrdiff_t>(row * columns_ + cell.column),
                covering_.begin() + static_cast<std::ptrdiff_t>(row * columns_ + column_end),
                static_cast<std::uint32_t>(i + 1));
    }
  }
}

const GridCell* GridMatrix::at(std::size_t row, std::size_t column) const {
  if (row >= rows_ || column >= columns_) return nullptr;
  const std::uint32_t covering = covering_[row * columns_ + column];
  return covering == 0 ? nullptr : &grid_.cells[covering - 1];
}

std::u32string_view GridMatrix::letters(const GridCell& cell) const {
  const std::size_t i = index(cell);
  const std::uint32_t begin = i == 0 ? 0 : letters_end_[i - 1];
  return std::u32string_view(letters_).substr(begin, letters_end_[i] - begin);
}

std::vector<GridMatrix> grids_in(const Document& document, TextRange range) {
  std::vector<GridMatrix> matrices;
  for (const Block& block : document.blocks) {
    if (block.kind != BlockKind::kGrid) continue;
    if (block.text.end <= range.begin || block.text.begin >= range.end) continue;
    const Grid& grid = document.grids[block.grid];
    if (std::size_t{grid.rows} * grid.columns <= kGridPlacesMax) {
      matrices.emplace_back(document, grid);
    }
  }
  return matrices;
}

}  // namespace gouji::parser
