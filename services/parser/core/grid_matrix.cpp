#include "services/parser/core/grid_matrix.h"

#include <algorithm>

#include "common/text/fold.h"
#include "services/parser/core/letters.h"

namespace gouji::parser {
namespace {

void fill(Token& token, const Document& document, const GridCell& cell) {
  token.range = cell.text;
  const std::string_view text = document.view(cell.text);
  if (const auto count = plain_count(text)) {
    token.kind = TokenKind::kFigure;
    token.figure.value.unscaled = *count;
    return;
  }
  if (begins_like_words(text)) return;
  const std::string_view core = trim_spaces(text);
  if (core.empty()) {
    token.kind = TokenKind::kBlank;
  } else if (const auto figure = parse_figure(core)) {
    token.kind = TokenKind::kFigure;
    token.figure = *figure;
  }
}

}  // namespace

GridMatrix::GridMatrix(const Document& document, const Grid& grid)
    : grid_(grid), rows_(grid.rows), columns_(grid.columns), covering_(rows_ * columns_, 0), row_begin_(rows_ + 2, 0),
      letters_end_(grid.cells.size()), tokens_(grid.cells.size()) {
  constexpr std::size_t kLettersOfCell = 4;
  letters_.reserve(grid.cells.size() * kLettersOfCell);
  Token* token = tokens_.data();
  std::uint32_t* letters_end = letters_end_.data();
  std::uint32_t number = 0;
  for (const GridCell& cell : grid.cells) {
    fill(*token, document, cell);
    if (token->kind == TokenKind::kText) append_letters(letters_, document.view(cell.text));
    *letters_end = static_cast<std::uint32_t>(letters_.size());
    ++token, ++letters_end, ++number;
    if (is_inside(cell)) cover(cell, number);
  }
  order_by_row();
}

bool GridMatrix::is_inside(const GridCell& cell) const { return cell.row < rows_ && cell.column < columns_; }

void GridMatrix::cover(const GridCell& cell, std::uint32_t number) {
  row_begin_[cell.row + 2] += 1;
  std::uint32_t* place = &covering_[cell.row * columns_ + cell.column];
  if (cell.row_span == 1 && cell.column_span == 1) {
    *place = number;
    return;
  }
  const std::size_t rows = std::min<std::size_t>(rows_ - cell.row, cell.row_span);
  const std::size_t columns = std::min<std::size_t>(columns_ - cell.column, cell.column_span);
  for (std::size_t row = 0; row < rows; ++row, place += columns_) std::fill_n(place, columns, number);
}

// From row_begin_[row + 2], how many cells begin in the row, to row_begin_[row], where they begin.
void GridMatrix::order_by_row() {
  for (std::size_t row = 2; row < row_begin_.size(); ++row) row_begin_[row] += row_begin_[row - 1];
  starts_.resize(row_begin_.back());
  // Putting a row's cells in moves its beginning to its end, which is where the next one begins.
  std::uint32_t* const next = row_begin_.data() + 1;
  const GridCell** const starts = starts_.data();
  for (const GridCell& cell : grid_.cells) {
    if (is_inside(cell)) starts[next[cell.row]++] = &cell;
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
