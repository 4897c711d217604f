// A grid with its spans expanded: which cell covers a place.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/markup/document.h"
#include "services/parser/core/figure.h"
#include "services/parser/core/tokens.h"

namespace gouji::parser {

class GridMatrix {
 public:
  // `grid` and `document` must outlive the matrix.
  GridMatrix(const Document& document, const Grid& grid);

  std::size_t rows() const { return rows_; }
  std::size_t columns() const { return columns_; }
  // The cell that covers the place; nullptr when none does.
  const GridCell* at(std::size_t row, std::size_t column) const;
  // The cells that begin in the row, from left to right.
  std::span<const GridCell* const> starting_in(std::size_t row) const {
    return std::span(starts_).subspan(row_begin_[row], row_begin_[row + 1] - row_begin_[row]);
  }
  std::u32string_view letters(const GridCell& cell) const;
  // The cell's content as a figure, a blank or words.
  const Token& token(const GridCell& cell) const { return tokens_[index(cell)]; }

 private:
  bool is_inside(const GridCell& cell) const;
  void order_by_row();
  void cover(const GridCell& cell, std::uint32_t number);
  std::size_t index(const GridCell& cell) const {
    return static_cast<std::size_t>(&cell - grid_.cells.data());
  }

  const Grid& grid_;
  std::size_t rows_ = 0;
  std::size_t columns_ = 0;
  std::vector<std::uint32_t> covering_;  // index + 1 of the cell, 0 = none
  std::vector<std::uint32_t> row_begin_;  // of each row in starts_
  std::vector<const GridCell*> starts_;
  std::u32string letters_;
  std::vector<std::uint32_t> letters_end_;
  std::vector<Token> tokens_;  // one a cell
};

// Grids with more places than this are not expanded; a report's largest has some 300.
inline constexpr std::size_t kGridPlacesMax = 65536;

// The grids whose text is inside `range`, without those that are too large.
std::vector<GridMatrix> grids_in(const Document& document, TextRange range);

}  // namespace gouji::parser
