#include "services/parser/core/layout/table_join.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <string>
#include <utility>

#include "services/parser/core/figure.h"
#include "services/parser/core/layout/cell_text.h"
#include "services/parser/core/layout/geometry.h"
#include "services/parser/core/layout/item_number.h"

namespace gouji::parser {
namespace {

constexpr float kSameSide = 4;
constexpr float kSliver = 6;

std::size_t code_points(std::string_view utf8) {
  return static_cast<std::size_t>(std::count_if(utf8.begin(), utf8.end(), [](char byte) { return (byte & 0xC0) != 0x80; }));
}

bool is_figure(const LaidCell& cell) { return parse_figure(text_of(cell.pieces)).has_value(); }

// The first cell at or behind the row.
std::vector<LaidCell>::iterator first_of_row(std::vector<LaidCell>& cells, std::uint32_t row) {
  return std::lower_bound(cells.begin(), cells.end(), row,
                          [](const LaidCell& cell, std::uint32_t wanted) { return cell.row < wanted; });
}

// Whether all sides of the table with fewer columns are sides of the other.
bool columns_agree(const LaidTable& above, const LaidTable& below) {
  const float shift = below.down.front() - above.down.front();
  if (std::fabs(below.down.back() - shift - above.down.back()) > kSameSide) return false;
  const bool is_above_wider = above.down.size() >= below.down.size();
  const std::vector<float>& more = is_above_wider ? above.down : below.down;
  const std::vector<float>& fewer = is_above_wider ? below.down : above.down;
  const float moved = is_above_wider ? -shift : shift;
  return std::all_of(fewer.begin(), fewer.end(), [&](float side) {
    const auto behind = std::lower_bound(more.begin(), more.end(), side + moved - kSameSide);
    return behind != more.end() && *behind <= side + moved + kSameSide;
  });
}

// Numbers of the sides in the list that has them all.
std::uint32_t side_at(const std::vector<float>& sides, float side) {
  const auto behind = std::lower_bound(sides.begin(), sides.end(), side);
  if (behind == sides.begin()) return 0;
  if (behind == sides.end() || side - *(behind - 1) < *behind - side) return static_cast<std::uint32_t>(behind - sides.begin()) - 1;
  return static_cast<std::uint32_t>(behind - sides.begin());
}

void move_columns(LaidTable& table, const std::vector<float>& sides, float shift) {
  for (LaidCell& cell : table.cells) {
    const std::uint32_t begin = side_at(sides, table.down[cell.column] + shift);
    const std::uint32_t end = side_at(sides, table.down[cell.column + cell.column_span] + shift);
    cell.column = begin;
    cell.column_span = std::max<std::uint32_t>(1, end - begin);
  }
  table.down = sides;
}

class Joiner {
 public:
  Joiner(LaidTable& above, LaidTable&& below) : above_(above), below_(std::move(below)) {}

  void run() {
    const float shift = below_.down.front() - above_.down.front();
    if (above_.down.size() >= below_.down.size()) {
      move_columns(below_, above_.down, -shift);
    } else {
      std::vector<float> sides = below_.down;
      for (float& side : sides) side -= shift;
      move_columns(above_, sides, 0);
      move_columns(below_, sides, -shift);
    }
    drop_rows(repeated_rows());
    if (is_cut_row()) {
      put_row_together();
    } else if (is_cut_through_text()) {
      put_text_together();
    }
    for (LaidCell& cell : below_.cells) {
      cell.row += above_.rows;
      above_.cells.push_back(std::move(cell));
    }
    above_.rows += below_.rows;
    above_.page = below_.page;
    above_.is_open_below = below_.is_open_below;
  }

 private:
  using Row = std::pair<std::vector<LaidCell>::iterator, std::vector<LaidCell>::iterator>;

  static Row row_of(LaidTable& table, std::uint32_t row) {
    return {first_of_row(table.cells, row), first_of_row(table.cells, row + 1)};
  }

  static bool is_same_header(Row a, Row b) {
    if (a.second - a.first != b.second - b.first) return false;
    bool has_text = false;
    for (; a.first != a.second; ++a.first, ++b.first) {
      const std::string text = text_of(a.first->pieces);
      if (is_figure(*a.first) || text != text_of(b.first->pieces) || a.first->column != b.first->column) return false;
      has_text = has_text || !text.empty();
    }
    return has_text;
  }

  // Rows at the top of the lower table that are the first rows of the upper one.
  std::uint32_t repeated_rows() {
    std::uint32_t same = 0;
    while (same + 1 < below_.rows && same < above_.rows && is_same_header(row_of(above_, same), row_of(below_, same))) ++same;
    // A header cell that reaches below the repeated rows is not only header.
    for (const LaidCell& cell : below_.cells) {
      if (cell.row < same && cell.row + cell.row_span > same) return 0;
    }
    return same;
  }

  void drop_rows(std::uint32_t count) {
    below_.cells.erase(below_.cells.begin(), first_of_row(below_.cells, count));
    for (LaidCell& cell : below_.cells) cell.row -= count;
    below_.rows -= count;
  }

  // What the last row above, or the first row below, holds.
  struct Half {
    bool has_label = false;
    bool has_item = false;  // a label with a number
    bool has_figure = false;
    std::uint32_t first_figure = 0;
  };

  Half half_of(const Row& row) const {
    Half half;
    half.first_figure = above_.columns();
    for (auto cell = row.first; cell != row.second; ++cell) {
      if (cell->pieces.empty()) continue;
      if (is_figure(*cell)) {
        half.has_figure = true;
        half.first_figure = std::min(half.first_figure, cell->column);
      } else {
        half.has_label = true;
        half.has_item = half.has_item || starts_item(text_of(cell->pieces));
      }
    }
    return half;
  }

  // The last row above and the first row below are halves of one: one of them has the figures.
  bool is_cut_row() {
    const Row upper = row_of(above_, above_.rows - 1), lower = row_of(below_, 0);
    const Half first = half_of(upper), second = half_of(lower);
    if (first.has_figure && second.has_figure) return is_cut_through_figures(upper, lower, first.has_item && !second.has_item);
    if (first.has_figure == second.has_figure) return false;
    if (!(first.has_figure ? second.has_label : first.has_label)) return false;
    if (!fits(upper, lower, std::min(first.first_figure, second.first_figure))) return false;
    if (!second.has_label || (above_.is_open_below && below_.is_open_above)) return true;
    // Rules are drawn around both halves, as they are around two rows.
    return first.has_item && !second.has_item;
  }

  // A break between two lines of a figure: below it stand ends of figures, and no label but the end
  // of one.
  bool is_cut_through_figures(const Row& upper, const Row& lower, bool is_numbered_above) {
    bool has_label = false;
    auto partner = upper.first;
    for (auto cell = lower.first; cell != lower.second; ++cell) {
      while (partner != upper.second && partner->column < cell->column) ++partner;
      // What reaches further down names more than this row.
      if (cell->pieces.empty() || cell->row_span > 1) continue;
      if (partner == upper.second || partner->column != cell->column || partner->column_span != cell->column_span) return false;
      if (starts_item(text_of(cell->pieces)) || (!partner->pieces.empty() && is_figure(*cell) != is_figure(*partner))) return false;
      if (is_figure(*cell) && !partner->pieces.empty() && has_label && !is_full(*partner)) return false;
      has_label = has_label || !is_figure(*cell);
    }
    return !has_label || is_numbered_above || (above_.is_open_below && below_.is_open_above);
  }

  // The cells of the upper table that reach down to the break, by column.
  std::vector<LaidCell*> cells_at_break() {
    std::vector<LaidCell*> cells(above_.columns(), nullptr);
    for (LaidCell& cell : above_.cells) {
      if (cell.row + cell.row_span == above_.rows) cells[cell.column] = &cell;
    }
    return cells;
  }

  // A break between the lines of a header: each line above it that goes on had no room for more.
  bool is_cut_through_text() {
    const std::vector<LaidCell*> above = cells_at_break();
    const Row lower = row_of(below_, 0);
    bool has_text = false;
    for (auto cell = lower.first; cell != lower.second; ++cell) {
      const LaidCell* partner = above[cell->column];
      if (cell->row_span > 1 || partner == nullptr || partner->column_span != cell->column_span) return false;
      if (cell->pieces.empty()) continue;
      has_text = true;
      if (partner->pieces.empty() || is_figure(*cell) || is_figure(*partner) || starts_item(text_of(cell->pieces)) || !is_full(*partner)) return false;
    }
    return has_text;
  }

  void put_text_together() {
    const std::vector<LaidCell*> above = cells_at_break();
    const Row lower = row_of(below_, 0);
    for (auto cell = lower.first; cell != lower.second; ++cell) {
      std::move(cell->pieces.begin(), cell->pieces.end(), std::back_inserter(above[cell->column]->pieces));
    }
    drop_rows(1);
  }

  // Whether the last line of the cell's figure has no room for another digit.
  bool is_full(const LaidCell& cell) const {
    const TextPiece& line = cell.pieces.back();
    const auto along = [&](const Box& box) { return above_.is_sideways ? height(box) : width(box); };
    const float wide = along(line.box);
    const std::size_t digits = code_points(line.text);
    return digits > 0 && is_full_line(wide, wide / static_cast<float>(digits), along(cell.box), above_.inset);
  }

  // No column has something on both sides, but for labels that go on.
  static bool fits(const Row& upper, const Row& lower, std::uint32_t first_figure) {
    auto partner = upper.first;
    for (auto cell = lower.first; cell != lower.second; ++cell) {
      while (partner != upper.second && partner->column < cell->column) ++partner;
      const bool has_partner = partner != upper.second && partner->column == cell->column &&
                               partner->column_span == cell->column_span;
      if (!has_partner && !cell->pieces.empty()) return false;
      if (!has_partner || cell->column + cell->column_span <= first_figure) continue;
      if (!cell->pieces.empty() && (!partner->pieces.empty() || !is_figure(*cell))) return false;
      if (!partner->pieces.empty() && !is_figure(*partner)) return false;
    }
    return true;
  }

  void put_row_together() {
    const Row upper = row_of(above_, above_.rows - 1), lower = row_of(below_, 0);
    auto partner = upper.first;
    for (auto cell = lower.first; cell != lower.second; ++cell) {
      while (partner != upper.second && partner->column < cell->column) ++partner;
      if (partner == upper.second || partner->column != cell->column) continue;
      const bool is_in_two = !cell->pieces.empty() && !partner->pieces.empty() && is_figure(*cell) && is_figure(*partner);
      if (is_in_two && !is_full(*partner)) partner->pieces.back().text += kUnclear;
      std::move(cell->pieces.begin(), cell->pieces.end(), std::back_inserter(partner->pieces));
      cell->pieces.clear();
    }
    std::vector<LaidCell> longer;  // cells of the row that reach further down
    for (auto cell = lower.first; cell != lower.second; ++cell) {
      if (cell->row_span == 1) continue;
      longer.push_back(std::move(*cell));
      longer.back().row = 1;
      --longer.back().row_span;
    }
    const auto rest = below_.cells.erase(lower.first, lower.second);
    std::move(longer.begin(), longer.end(), std::inserter(below_.cells, rest));
    std::sort(below_.cells.begin(), below_.cells.end(), [](const LaidCell& a, const LaidCell& b) {
      return a.row != b.row ? a.row < b.row : a.column < b.column;
    });
    for (LaidCell& cell : below_.cells) --cell.row;
    --below_.rows;
  }

  LaidTable& above_;
  LaidTable below_;
};

}  // namespace

void join_tables(std::vector<LaidItem>& items) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < items.size(); ++i) {
    auto* table = std::get_if<LaidTable>(&items[i]);
    auto* before = kept > 0 ? std::get_if<LaidTable>(&items[kept - 1]) : nullptr;
    if (table != nullptr && before != nullptr && table->page == before->page + 1 && !table->is_banded && !before->is_banded && columns_agree(*before, *table)) {
      Joiner(*before, std::move(*table)).run();
      continue;
    }
    if (kept != i) items[kept] = std::move(items[i]);
    ++kept;
  }
  items.resize(kept);
}

namespace {

// The labels of the row of values that ends the table.
struct LastLabels {
  LaidCell* own = nullptr;    // nearest to the values
  LaidCell* group = nullptr;  // in front of it
};

LastLabels last_labels(LaidTable& table) {
  LastLabels labels;
  for (auto cell = first_of_row(table.cells, table.rows - 1); cell != table.cells.end(); ++cell) {
    if (cell->pieces.empty()) continue;
    if (is_figure(*cell)) break;
    labels.group = labels.own;
    labels.own = &*cell;
  }
  return labels;
}

bool goes_on_in(const LaidCell* label, const LaidLine& line) {
  return label != nullptr && std::fabs(line.box.left - label->pieces.back().box.left) <= kSameSide;
}

// The lines from `at` on, if they end the label of the last row of the item in front of them.
std::size_t end_of_cut_label(std::vector<LaidItem>& items, std::size_t kept, std::size_t at) {
  auto* table = kept > 0 ? std::get_if<LaidTable>(&items[kept - 1]) : nullptr;
  if (table == nullptr || !table->is_banded) return at;
  const LastLabels labels = last_labels(*table);
  // What follows a label without a number may be the next header.
  if (labels.own == nullptr || !starts_item(text_of(labels.own->pieces))) return at;
  const float values = table->down[labels.own->column + std::size_t{1}];
  std::size_t end = at;
  for (; end < items.size(); ++end) {
    const auto* line = std::get_if<LaidLine>(&items[end]);
    if (line == nullptr || line->has_fields || line->page != table->page + 1 || line->box.right >= values) break;
    if (starts_item(line->piece.text) || !(goes_on_in(labels.own, *line) || goes_on_in(labels.group, *line))) break;
  }
  const auto* next = end < items.size() ? std::get_if<LaidTable>(&items[end]) : nullptr;
  return next != nullptr && next->is_banded && next->page == table->page + 1 ? end : at;
}

}  // namespace

void join_cut_labels(std::vector<LaidItem>& items) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < items.size();) {
    const std::size_t end = end_of_cut_label(items, kept, i);
    if (end > i) {
      const LastLabels labels = last_labels(std::get<LaidTable>(items[kept - 1]));
      for (; i < end; ++i) {
        LaidLine& line = std::get<LaidLine>(items[i]);
        (goes_on_in(labels.own, line) ? labels.own : labels.group)->pieces.push_back(std::move(line.piece));
      }
    }
    if (kept != i) items[kept] = std::move(items[i]);
    ++kept;
    ++i;
  }
  items.resize(kept);
}

namespace {

// Whether the page of the item begins with values that have no label.
bool begins_with_values(const LaidItem& item) {
  if (const auto* line = std::get_if<LaidLine>(&item)) return line->has_fields && line->piece.text.starts_with(kUnclear);
  const auto& table = std::get<LaidTable>(item);
  return table.is_banded && !table.cells.empty() && parse_figure(text_of(table.cells.front().pieces)).has_value();
}

std::uint32_t page_of(const LaidItem& item) {
  return std::visit([](const auto& laid) { return laid.page; }, item);
}

}  // namespace

void mark_cut_figures(std::vector<LaidItem>& items) {
  for (std::size_t i = 1; i < items.size(); ++i) {
    auto* table = std::get_if<LaidTable>(&items[i - 1]);
    if (table == nullptr || !table->is_banded || page_of(items[i]) != table->page + 1 || !begins_with_values(items[i])) continue;
    for (auto cell = first_of_row(table->cells, table->rows - 1); cell != table->cells.end(); ++cell) {
      if (is_figure(*cell)) cell->pieces.back().text += kUnclear;
    }
  }
}

namespace {

// Marks the rows (or columns) that are narrower than a line and hold nothing of their own.
template <typename Begin, typename Span>
std::vector<std::uint32_t> slivers(const LaidTable& table, const std::vector<float>& rules, Begin begin, Span span) {
  std::vector<std::uint32_t> is_sliver(rules.size() - 1, 0);
  for (std::size_t i = 0; i + 1 < rules.size(); ++i) is_sliver[i] = rules[i + 1] - rules[i] < kSliver ? 1 : 0;
  for (const LaidCell& cell : table.cells) {
    if (cell.pieces.empty()) continue;
    const auto first = is_sliver.begin() + begin(cell);
    if (std::all_of(first, first + span(cell), [](std::uint32_t mark) { return mark != 0; })) *first = 0;
  }
  return is_sliver;
}

}  // namespace

void drop_slivers(LaidTable& table, const std::vector<float>& across) {
  const auto rows = slivers(table, across, [](const LaidCell& c) { return c.row; }, [](const LaidCell& c) { return c.row_span; });
  const auto columns = slivers(table, table.down, [](const LaidCell& c) { return c.column; }, [](const LaidCell& c) { return c.column_span; });
  const auto is_set = [](std::uint32_t mark) { return mark != 0; };
  if (std::none_of(rows.begin(), rows.end(), is_set) && std::none_of(columns.begin(), columns.end(), is_set)) return;
  // The number that a rule has when the slivers in front of it are gone.
  const auto renumbered = [](const std::vector<std::uint32_t>& marks) {
    std::vector<std::uint32_t> numbers(marks.size() + 1, 0);
    for (std::size_t i = 0; i < marks.size(); ++i) numbers[i + 1] = numbers[i] + (marks[i] != 0 ? 0 : 1);
    return numbers;
  };
  const auto row_at = renumbered(rows), column_at = renumbered(columns);
  if (row_at.back() == 0 || column_at.back() == 0) return;
  std::vector<LaidCell> cells;
  for (LaidCell& cell : table.cells) {
    const std::uint32_t row_end = row_at[cell.row + cell.row_span], column_end = column_at[cell.column + cell.column_span];
    cell.row = row_at[cell.row];
    cell.column = column_at[cell.column];
    if (row_end == cell.row || column_end == cell.column) continue;
    cell.row_span = row_end - cell.row;
    cell.column_span = column_end - cell.column;
    cells.push_back(std::move(cell));
  }
  std::sort(cells.begin(), cells.end(), [](const LaidCell& a, const LaidCell& b) {
    return a.row != b.row ? a.row < b.row : a.column < b.column;
  });
  std::vector<float> down;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i] == 0) down.push_back(table.down[i]);
  }
  down.push_back(table.down.back());
  table.cells = std::move(cells);
  table.rows = row_at.back();
  table.down = std::move(down);
}

}  // namespace gouji::parser
