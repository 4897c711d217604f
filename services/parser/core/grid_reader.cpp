#include "services/parser/core/grid_reader.h"

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "services/parser/core/grid_matrix.h"
#include "services/parser/core/letters.h"
#include "services/parser/core/row_names.h"
#include "services/parser/core/value_run.h"

namespace gouji::parser {
namespace {

// Grid columns [first, second) of each column of a block.
using ColumnMap = std::vector<std::pair<std::size_t, std::size_t>>;

struct Label {
  std::size_t row = 0;
  bool is_exact = true;
  std::size_t end_column = 0;  // first column right of the label
};

void fill(DraftCell& cell, const Token& token, std::uint16_t confidence) {
  cell.text = token.range;
  cell.confidence = confidence;
  cell.figure = token.figure;
  switch (token.kind) {
    case TokenKind::kFigure: cell.state = token.figure.state; break;
    case TokenKind::kBlank: cell.state = CellState::kBlank; break;
    case TokenKind::kText: cell.state = CellState::kText; break;
  }
}

class RowReader {
 public:
  RowReader(TableId table, Edition edition)
      : table_(table), form_(form(table, edition)),
        other_form_(form(table, edition == Edition::k2019 ? Edition::k2021 : Edition::k2019)),
        names_(RowNames::of(table)), draft_(empty_draft(table)) {}

  // Matrices must live until the last one is read: headers of one may stand above rows of the next.
  void read(const GridMatrix& matrix) {
    for (std::size_t row = 0; row < matrix.rows(); ++row) {
      if (const auto label = find_label(matrix, row)) {
        read_row(matrix, row, *label);
      } else {
        read_header(matrix, row);
      }
    }
  }

  TableDraft take() { return std::move(draft_); }

 private:
  struct Header {
    std::size_t begin = 0, end = 0;  // columns
    std::u32string_view letters;
  };

  std::optional<std::size_t> exact(std::u32string_view letters) const {
    const auto row = names_.exact(letters);
    if (!row || !is_short_label(letters)) return row;
    return *row >= next_row_ && *row <= next_row_ + 5 ? row : std::nullopt;
  }

  // The label right in front of the values: the last words there, alone or with the cell before
  // them, or what they nearly are. Header rows have words everywhere, so a row needs a place for
  // values behind its label, and at most one remark behind those.
  std::optional<Label> find_label(const GridMatrix& matrix, std::size_t row) {
    const GridCell* last = nullptr;
    const GridCell* before = nullptr;
    std::size_t words_behind = 0;
    bool has_values = false;
    for (const GridCell* cell : matrix.starting_in(row)) {
      const bool is_text = matrix.token(*cell).kind == TokenKind::kText;
      // Empty places of merged labels stand in front of a label as well.
      if (is_text && (!has_values || (last == nullptr && words_behind == 0))) {
        if (last != nullptr) before = last;
        last = cell;
        has_values = false;
      } else if (is_text) {
        ++words_behind;
      } else if (last != nullptr) {
        has_values = true;
      }
    }
    if (const auto label = label_before_words(matrix, row)) return label;
    if (last == nullptr || words_behind > 1 || !has_values) return std::nullopt;
    const bool is_short = is_short_label(matrix.letters(*last));
    if (is_short && before != nullptr && is_before_short_header(matrix.letters(*before))) return std::nullopt;
    const std::size_t end_column = std::size_t{last->column} + last->column_span;
    if (const auto row_name = named(matrix, before, *last)) return Label{*row_name, true, end_column};
    if (matrix.letters(*last).size() <= 2 || comparisons_++ >= kComparisonsMax) return std::nullopt;
    const auto near = names_.nearest(matrix.letters(*last), next_row_, names_.size());
    return near ? std::optional(Label{*near, false, end_column}) : std::nullopt;
  }

  // A label in full, and words where the first columns' values stand (未发生, 12（其中网络8）).
  std::optional<Label> label_before_words(const GridMatrix& matrix, std::size_t row) const {
    const std::size_t first = first_column();
    const GridCell* label = nullptr;
    const GridCell* words = nullptr;
    bool has_value = false;
    for (const GridCell* cell : matrix.starting_in(row)) {
      const bool is_text = matrix.token(*cell).kind == TokenKind::kText;
      if (cell->column >= first) {
        if (is_text) words = cell;
        has_value = has_value || !is_text;
      } else if (is_text) {
        label = cell;
      }
    }
    if (label == nullptr || words == nullptr || !has_value || is_short_label(matrix.letters(*label))) return std::nullopt;
    const auto row_name = names_.exact(matrix.letters(*label));
    if (!row_name) return std::nullopt;
    return Label{*row_name, true, std::size_t{label->column} + label->column_span};
  }

  // The first column under a header of a value; behind every column where no header is known.
  std::size_t first_column() const {
    std::size_t first = headers_.empty() ? 0 : headers_.front().begin;
    for (const Header& header : headers_) {
      if (is_column_header(form_, header.letters) || is_column_header(other_form_, header.letters)) first = std::min(first, header.begin);
    }
    return first;
  }

  std::optional<std::size_t> named(const GridMatrix& matrix, const GridCell* before, const GridCell& last) const {
    const auto alone = exact(matrix.letters(last));
    if (alone || before == nullptr) return alone;
    return exact(std::u32string(matrix.letters(*before)) + std::u32string(matrix.letters(last)));
  }

  bool is_header(const GridMatrix& matrix, std::size_t row) const {
    const auto& cells = matrix.starting_in(row);
    return std::any_of(cells.begin(), cells.end(), [&](const GridCell* cell) {
      const std::u32string_view letters = matrix.letters(*cell);
      return is_column_header(form_, letters) || is_column_header(other_form_, letters);
    });
  }

  void read_header(const GridMatrix& matrix, std::size_t row) {
    if (!is_header(matrix, row)) return;
    if (table_ == TableId::kT2 || has_rows_behind_) headers_.clear();
    has_rows_behind_ = false;
    mapped_.reset();
    for (const GridCell* cell : matrix.starting_in(row)) {
      const std::u32string_view letters = matrix.letters(*cell);
      if (letters.empty() || letters == U"信息内容" || letters.starts_with(U"第二十条")) continue;
      headers_.push_back({cell->column, std::size_t{cell->column} + cell->column_span, letters});
    }
  }

  const Form* form_with(std::size_t row, RowPlace& place) const {
    for (const Form* candidate : {&form_, &other_form_}) {
      if (const auto& found = names_.place(candidate->edition(), row)) {
        place = *found;
        return candidate;
      }
    }
    return nullptr;
  }

  // Per column of the block the grid columns of its header; empty when headers do not tell.
  const ColumnMap& map_columns(const Form& with, std::size_t block) {
    if (!mapped_ || mapped_form_ != &with || mapped_block_ != block) {
      mapped_ = make_map(with, block);
      mapped_form_ = &with;
      mapped_block_ = block;
    }
    return *mapped_;
  }

  ColumnMap make_map(const Form& with, std::size_t block) const {
    ColumnMap mapped(with.blocks()[block].columns.size(), {0, 0});
    std::size_t named = 0;
    for (const Header& header : headers_) {
      const auto column = column_of(with, block, header.letters);
      if (!column || mapped[*column].second != 0) continue;
      mapped[*column] = {header.begin, header.end};
      ++named;
    }
    if (named == mapped.size()) return mapped;
    // Cut headers ("本年新" twice) still stand in the form's order.
    if (table_ != TableId::kT2 || headers_.size() != mapped.size()) return {};
    for (std::size_t i = 0; i < mapped.size(); ++i) mapped[i] = {headers_[i].begin, headers_[i].end};
    return mapped;
  }

  void read_row(const GridMatrix& matrix, std::size_t row, const Label& label) {
    has_rows_behind_ = true;
    RowPlace place;
    const Form* with = form_with(label.row, place);
    if (with == nullptr || draft_.rows[label.row] == RowState::kRead) return;
    draft_.rows[label.row] = RowState::kSeen;
    next_row_ = std::max(next_row_, label.row + 1);
    const ColumnMap& mapped = map_columns(*with, place.block);
    const bool is_read = mapped.empty() ? read_in_order(matrix, row, label, place.columns)
                                        : read_by_columns(matrix, row, label, mapped);
    if (!is_read) return;
    draft_.rows[label.row] = RowState::kRead;
    if (label.is_exact) return;
    for (DraftCell& cell : draft_.row_cells(label.row)) {
      cell.confidence = std::min(cell.confidence, kMisspeltLabel);
    }
  }

  // Nothing names the columns: the cells right of the label, in order.
  bool read_in_order(const GridMatrix& matrix, std::size_t row, const Label& label,
                     std::size_t columns) {
    std::vector<Token> run;
    for (const GridCell* cell : matrix.starting_in(row)) {
      if (cell->column >= label.end_column) run.push_back(matrix.token(*cell));
    }
    const Fit fit = fit_values(run, columns, std::nullopt);
    if (!fit.row) return false;
    std::copy(fit.row->cells.begin(), fit.row->cells.end(), draft_.row_cells(label.row).begin());
    return true;
  }

  bool read_by_columns(const GridMatrix& matrix, std::size_t row, const Label& label,
                       const ColumnMap& mapped) {
    std::vector<const GridCell*>& used = used_;
    used.clear();
    for (const auto& [begin, end] : mapped) {
      const GridCell* cell = filled_cell(matrix, row, std::max(begin, label.end_column), end);
      if (cell == nullptr || std::find(used.begin(), used.end(), cell) != used.end()) return false;
      used.push_back(cell);
    }
    bool is_overlong = false;
    for (const GridCell* cell : matrix.starting_in(row)) {
      const Token& token = matrix.token(*cell);
      if (cell->column < label.end_column || token.kind != TokenKind::kFigure) continue;
      if (std::find(used.begin(), used.end(), cell) != used.end()) continue;
      is_overlong = true;
      if (token.figure.state == CellState::kNumber && token.figure.value.unscaled != 0) return false;
    }
    const std::span<DraftCell> cells = draft_.row_cells(label.row);
    for (std::size_t i = 0; i < used.size(); ++i) {
      fill(cells[i], matrix.token(*used[i]), is_overlong ? kSurplusDropped : kOneReader);
    }
    return true;
  }

  // The one cell of the row under a header; of several the one that is not empty.
  static const GridCell* filled_cell(const GridMatrix& matrix, std::size_t row, std::size_t begin,
                                     std::size_t end) {
    const GridCell* found = nullptr;
    for (std::size_t column = begin; column < end; ++column) {
      const GridCell* cell = matrix.at(row, column);
      if (cell == nullptr || cell == found || cell->row != row) continue;
      if (found == nullptr || matrix.token(*found).kind == TokenKind::kBlank) {
        found = cell;
      } else if (matrix.token(*cell).kind != TokenKind::kBlank) {
        return nullptr;
      }
    }
    return found;
  }

  TableId table_;
  const Form& form_;
  const Form& other_form_;
  const RowNames& names_;
  TableDraft draft_;
  std::vector<Header> headers_;
  std::vector<const GridCell*> used_;  // cells of the row that is read
  std::optional<ColumnMap> mapped_;
  const Form* mapped_form_ = nullptr;
  std::size_t mapped_block_ = 0;
  bool has_rows_behind_ = false;
  std::size_t next_row_ = 0;
  std::size_t comparisons_ = 0;
};

// 0 行政复议, 1 未经复议直接起诉, 2 复议后起诉.
std::optional<std::size_t> group_of(std::u32string_view letters) {
  if (letters.find(U"直接起诉") != letters.npos) return 1;
  if (letters.find(U"复议后") != letters.npos) return 2;
  if (letters.find(U"行政复议") != letters.npos) return 0;
  return std::nullopt;
}

std::optional<std::size_t> result_of(std::u32string_view letters) {
  constexpr std::u32string_view kResults[] = {U"维持", U"纠正", U"其他", U"未审结", U"总计"};
  for (std::size_t i = 0; i < std::size(kResults); ++i) {
    if (letters.find(kResults[i]) != letters.npos) return i;
  }
  return std::nullopt;
}

constexpr std::size_t kTable4Cells = 15;
constexpr std::size_t kTable4Results = 5;

// Column of the matrix for each of the fifteen cells, read off the headers above `row`.
std::vector<std::size_t> table4_columns(const GridMatrix& matrix, std::size_t row) {
  std::vector<std::size_t> columns(kTable4Cells, matrix.columns());
  std::size_t named = 0;
  for (std::size_t column = 0; column < matrix.columns(); ++column) {
    const GridCell* start = matrix.at(row, column);
    if (start == nullptr || start->column != column) continue;
    std::optional<std::size_t> group, result;
    for (std::size_t above = row; above-- > 0;) {
      const GridCell* header = matrix.at(above, column);
      if (header == nullptr) continue;
      const std::u32string_view letters = matrix.letters(*header);
      if (!result) result = result_of(letters);
      if (!group) group = group_of(letters);
    }
    if (!group || !result) continue;
    std::size_t& place = columns[*group * kTable4Results + *result];
    if (place == matrix.columns()) ++named;
    place = column;
  }
  if (named != kTable4Cells) columns.clear();
  return columns;
}

bool is_table4_header(const GridMatrix& matrix, std::size_t row) {
  std::size_t results = 0;
  for (const GridCell* cell : matrix.starting_in(row)) {
    if (matrix.letters(*cell).find(U"结果维持") != std::u32string_view::npos) ++results;
  }
  return results > 0;
}

bool read_table4_row(const GridMatrix& matrix, std::size_t row, TableDraft& draft) {
  std::vector<Token> run;
  for (const GridCell* cell : matrix.starting_in(row)) {
    const Token& token = matrix.token(*cell);
    if (token.kind != TokenKind::kText) run.push_back(token);
  }
  if (run.size() < kTable4Results) return false;
  draft.rows[0] = RowState::kSeen;
  const std::vector<std::size_t> columns = table4_columns(matrix, row);
  const Fit fit = fit_values(run, kTable4Cells, std::nullopt);
  if (columns.empty() && !fit.row) return false;
  for (std::size_t i = 0; i < kTable4Cells; ++i) {
    if (columns.empty()) {
      draft.cells[i] = fit.row->cells[i];
      continue;
    }
    const GridCell* cell = matrix.at(row, columns[i]);
    fill(draft.cells[i], matrix.token(*cell), kOneReader);
  }
  draft.rows[0] = RowState::kRead;
  return true;
}

}  // namespace

TableDraft read_rows_by_grid(const Document& document, TextRange range, TableId table,
                             Edition edition) {
  RowReader reader(table, edition);
  const std::vector<GridMatrix> matrices = grids_in(document, range);
  for (const GridMatrix& matrix : matrices) reader.read(matrix);
  return reader.take();
}

TableDraft read_table4_by_grid(const Document& document, TextRange range) {
  TableDraft draft = empty_draft(TableId::kT4);
  for (const GridMatrix& matrix : grids_in(document, range)) {
    bool is_below_header = false;
    for (std::size_t row = 0; row < matrix.rows(); ++row) {
      if (is_table4_header(matrix, row)) {
        is_below_header = true;
      } else if (is_below_header && read_table4_row(matrix, row, draft)) {
        return draft;
      }
    }
  }
  return draft;
}

}  // namespace gouji::parser
