#include "services/parser/core/layout/lattice.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "services/parser/core/layout/geometry.h"
#include "services/parser/core/layout/rule_marks.h"

namespace gouji::parser {
namespace {

class DisjointSets {
 public:
  explicit DisjointSets(std::size_t size) : parent_(size) {
    std::iota(parent_.begin(), parent_.end(), std::uint32_t{0});
  }
  std::uint32_t find(std::uint32_t at) {
    while (parent_[at] != at) {
      parent_[at] = parent_[parent_[at]];
      at = parent_[at];
    }
    return at;
  }
  void join(std::uint32_t a, std::uint32_t b) {
    a = find(a);
    b = find(b);
    parent_[std::max(a, b)] = std::min(a, b);
  }

 private:
  std::vector<std::uint32_t> parent_;
};

// Rules that hang together: indexes into RuleMarks::across and ::down, ascending.
struct Cluster {
  std::vector<std::uint32_t> across, down;
};

void push_new(std::vector<std::uint32_t>& list, std::size_t value) {
  const auto index = static_cast<std::uint32_t>(value);
  if (list.empty() || list.back() != index) list.push_back(index);
}

void include_ends(std::vector<std::uint32_t>& rules, std::pair<std::uint32_t, std::uint32_t> ends) {
  if (rules.empty() || rules.front() > ends.first) rules.insert(rules.begin(), ends.first);
  if (rules.back() < ends.second) rules.push_back(ends.second);
}

class ClusterFinder {
 public:
  explicit ClusterFinder(const RuleMarks& marks)
      : marks_(marks), rows_(marks.across.size()), columns_(marks.down.size()), sets_(rows_ * columns_) {}

  std::vector<Cluster> run() {
    each_piece([&](std::size_t row, std::size_t column, bool is_across) {
      sets_.join(node(row, column), is_across ? node(row, column + 1) : node(row + 1, column));
    });
    index_.assign(rows_ * columns_, 0);
    each_piece([&](std::size_t row, std::size_t column, bool is_across) {
      Found& found = of(node(row, column));
      if (is_across) {
        push_new(found.cluster.across, row);
        widen(found.sides, column, column + 1);
      } else {
        push_new(found.cluster.down, column);
        widen(found.heights, row, row + 1);
      }
    });
    std::vector<Cluster> clusters;
    for (Found& found : found_) {
      if (found.cluster.across.empty() || found.cluster.down.empty()) continue;
      add_lone_sides(found);
      include_ends(found.cluster.across, found.heights);
      include_ends(found.cluster.down, found.sides);
      clusters.push_back(std::move(found.cluster));
    }
    return clusters;
  }

 private:
  using Extent = std::pair<std::uint32_t, std::uint32_t>;
  struct Found {
    Cluster cluster;
    Extent sides{0xFFFFFFFF, 0}, heights{0xFFFFFFFF, 0};
  };

  std::uint32_t node(std::size_t row, std::size_t column) const {
    return static_cast<std::uint32_t>(row * columns_ + column);
  }

  // Rows first for horizontal pieces, columns first for vertical ones.
  template <typename Visit>
  void each_piece(Visit visit) const {
    for (std::size_t row = 0; row < rows_; ++row) {
      for (std::size_t column = 0; column + 1 < columns_; ++column) {
        if (marks_.across_drawn[marks_.across_at(row, column)] != 0) visit(row, column, true);
      }
    }
    for (std::size_t column = 0; column < columns_; ++column) {
      for (std::size_t row = 0; row + 1 < rows_; ++row) {
        if (marks_.down_drawn[marks_.down_at(column, row)] != 0) visit(row, column, false);
      }
    }
  }

  Found& of(std::uint32_t at) {
    const std::uint32_t root = sets_.find(at);
    if (index_[root] == 0) {
      found_.emplace_back();
      index_[root] = static_cast<std::uint32_t>(found_.size());
    }
    return found_[index_[root] - 1];
  }

  // Beside a cell that began on an earlier page and ends on a later one no rule goes across; its
  // outer side is a rule for itself, as high as the table.
  void add_lone_sides(Found& table) const {
    for (const Found& lone : found_) {
      if (!lone.cluster.across.empty() || lone.heights != table.heights) continue;
      for (const std::uint32_t side : lone.cluster.down) {
        auto& down = table.cluster.down;
        down.insert(std::lower_bound(down.begin(), down.end(), side), side);
      }
    }
  }

  static void widen(Extent& extent, std::size_t first, std::size_t last) {
    extent.first = std::min(extent.first, static_cast<std::uint32_t>(first));
    extent.second = std::max(extent.second, static_cast<std::uint32_t>(last));
  }

  const RuleMarks& marks_;
  std::size_t rows_, columns_;
  DisjointSets sets_;
  std::vector<std::uint32_t> index_;
  std::vector<Found> found_;
};

// Drawn length along each rule up to each place, so that any stretch is looked up in one step.
std::vector<float> drawn_lengths(const std::vector<std::uint8_t>& drawn, const std::vector<float>& places,
                                 std::size_t rules) {
  std::vector<float> lengths(rules * places.size(), 0);
  for (std::size_t rule = 0; rule < rules; ++rule) {
    for (std::size_t i = 1; i < places.size(); ++i) {
      const std::size_t at = rule * places.size() + i;
      lengths[at] = lengths[at - 1] + (drawn[at - 1] != 0 ? places[i] - places[i - 1] : 0);
    }
  }
  return lengths;
}

class TableBuilder {
 public:
  TableBuilder(const RuleMarks& marks, const std::vector<float>& across_lengths,
               const std::vector<float>& down_lengths, const Cluster& cluster)
      : marks_(marks), across_lengths_(across_lengths), down_lengths_(down_lengths), cluster_(cluster),
        rows_(cluster.across.size() - 1), columns_(cluster.down.size() - 1), fields_(rows_ * columns_) {
    find_outer_sides();
  }

  Lattice build() {
    join_fields();
    for (const std::uint32_t rule : cluster_.across) table_.across.push_back(marks_.across[rule]);
    for (const std::uint32_t rule : cluster_.down) table_.down.push_back(marks_.down[rule]);
    collect_cells();
    drop_unused_rules();
    std::sort(table_.cells.begin(), table_.cells.end(), [](const LatticeCell& a, const LatticeCell& b) {
      return a.row != b.row ? a.row < b.row : a.column < b.column;
    });
    return std::move(table_);
  }

 private:
  // Fields [first, second) that a virtual outer side closes.
  using Side = std::pair<std::size_t, std::size_t>;

  bool is_across_drawn(std::size_t rule, std::size_t column) const {
    const std::uint32_t at = cluster_.across[rule], from = cluster_.down[column], to = cluster_.down[column + 1];
    const float drawn = across_lengths_[marks_.across_at(at, to)] - across_lengths_[marks_.across_at(at, from)];
    return drawn * 2 > marks_.down[to] - marks_.down[from];
  }

  bool is_down_drawn(std::size_t rule, std::size_t row) const {
    const std::uint32_t at = cluster_.down[rule], from = cluster_.across[row], to = cluster_.across[row + 1];
    const float drawn = down_lengths_[marks_.down_at(at, to)] - down_lengths_[marks_.down_at(at, from)];
    return drawn * 2 > marks_.across[to] - marks_.across[from];
  }

  // From the first to the last crossing rule that reaches the side.
  template <typename Reaches>
  static Side closed(std::size_t rules, Reaches reaches) {
    std::size_t first = rules, last = rules;
    for (std::size_t rule = 0; rule < rules; ++rule) {
      if (!reaches(rule)) continue;
      if (first == rules) first = rule;
      last = rule;
    }
    return {first, last};
  }

  void find_outer_sides() {
    above_ = closed(columns_ + 1, [&](std::size_t rule) { return is_down_drawn(rule, 0); });
    below_ = closed(columns_ + 1, [&](std::size_t rule) { return is_down_drawn(rule, rows_ - 1); });
    left_ = closed(rows_ + 1, [&](std::size_t rule) { return is_across_drawn(rule, 0); });
    right_ = closed(rows_ + 1, [&](std::size_t rule) { return is_across_drawn(rule, columns_ - 1); });
    close_corners();
    table_.is_open_above = is_open(0);
    table_.is_open_below = is_open(rows_);
  }

  // Where both sides that meet in a corner are not drawn, no rule reaches the corner.
  void close_corners() {
    for (Side* side : {&above_, &below_}) {
      if (side->first >= side->second) continue;
      if (left_.first < left_.second) side->first = 0;
      if (right_.first < right_.second) side->second = columns_;
    }
    for (Side* side : {&left_, &right_}) {
      if (side->first >= side->second) continue;
      if (above_.first < above_.second) side->first = 0;
      if (below_.first < below_.second) side->second = rows_;
    }
  }

  bool is_open(std::size_t rule) const {
    std::size_t drawn = 0;
    for (std::size_t column = 0; column < columns_; ++column) drawn += is_across_drawn(rule, column) ? 1 : 0;
    return drawn * 2 < columns_;
  }

  bool parts_rows(std::size_t rule, std::size_t column) const {
    if (rule == 0 && column >= above_.first && column < above_.second) return true;
    if (rule == rows_ && column >= below_.first && column < below_.second) return true;
    return is_across_drawn(rule, column);
  }

  bool parts_columns(std::size_t rule, std::size_t row) const {
    if (rule == 0 && row >= left_.first && row < left_.second) return true;
    if (rule == columns_ && row >= right_.first && row < right_.second) return true;
    return is_down_drawn(rule, row);
  }

  std::uint32_t field(std::size_t row, std::size_t column) const {
    return static_cast<std::uint32_t>(row * columns_ + column);
  }

  void join_fields() {
    for (std::size_t row = 0; row < rows_; ++row) {
      for (std::size_t column = 0; column < columns_; ++column) {
        if (column + 1 < columns_ && !parts_columns(column + 1, row)) {
          fields_.join(field(row, column), field(row, column + 1));
        }
        if (row + 1 < rows_ && !parts_rows(row + 1, column)) {
          fields_.join(field(row, column), field(row + 1, column));
        }
      }
    }
    is_outside_.assign(rows_ * columns_, 0);
    for (std::size_t column = 0; column < columns_; ++column) {
      if (!parts_rows(0, column)) is_outside_[fields_.find(field(0, column))] = 1;
      if (!parts_rows(rows_, column)) is_outside_[fields_.find(field(rows_ - 1, column))] = 1;
    }
    for (std::size_t row = 0; row < rows_; ++row) {
      if (!parts_columns(0, row)) is_outside_[fields_.find(field(row, 0))] = 1;
      if (!parts_columns(columns_, row)) is_outside_[fields_.find(field(row, columns_ - 1))] = 1;
    }
  }

  // Runs of one room in a row, joined with the same run above. A room that is no rectangle, since a
  // rule is missing, becomes several cells.
  void collect_cells() {
    std::vector<std::uint32_t> above(columns_, 0);  // index + 1 of the cell that reaches the row above
    for (std::size_t row = 0; row < rows_; ++row) {
      std::vector<std::uint32_t> current(columns_, 0);
      for (std::size_t column = 0; column < columns_;) {
        const std::uint32_t room = fields_.find(field(row, column));
        std::size_t end = column + 1;
        while (end < columns_ && fields_.find(field(row, end)) == room) ++end;
        if (is_outside_[room] == 0) current[column] = cell_for(row, column, end, above[column], room);
        column = end;
      }
      above = std::move(current);
    }
  }

  std::uint32_t cell_for(std::size_t row, std::size_t column, std::size_t end, std::uint32_t above,
                         std::uint32_t room) {
    const auto span = static_cast<std::uint32_t>(end - column);
    if (above != 0 && table_.cells[above - 1].column_span == span && rooms_[above - 1] == room) {
      ++table_.cells[above - 1].row_span;
      return above;
    }
    table_.cells.push_back({static_cast<std::uint32_t>(row), static_cast<std::uint32_t>(column), 1, span});
    rooms_.push_back(room);
    return static_cast<std::uint32_t>(table_.cells.size());
  }

  // Rules that part no cells of this table.
  void drop_unused_rules() {
    std::vector<std::uint32_t> row_at(rows_ + 1, 0), column_at(columns_ + 1, 0);
    for (const LatticeCell& cell : table_.cells) {
      row_at[cell.row] = row_at[cell.row + cell.row_span] = 1;
      column_at[cell.column] = column_at[cell.column + cell.column_span] = 1;
    }
    renumber(row_at, table_.across);
    renumber(column_at, table_.down);
    for (LatticeCell& cell : table_.cells) {
      const std::uint32_t row_end = row_at[cell.row + cell.row_span];
      const std::uint32_t column_end = column_at[cell.column + cell.column_span];
      cell.row = row_at[cell.row];
      cell.column = column_at[cell.column];
      cell.row_span = row_end - cell.row;
      cell.column_span = column_end - cell.column;
    }
  }

  // Turns marks of used rules into their new numbers and keeps only their places.
  static void renumber(std::vector<std::uint32_t>& used, std::vector<float>& places) {
    std::uint32_t next = 0;
    for (std::size_t i = 0; i < used.size(); ++i) {
      if (used[i] == 0) continue;
      places[next] = places[i];
      used[i] = next++;
    }
    places.resize(next);
  }

  const RuleMarks& marks_;
  const std::vector<float>& across_lengths_;
  const std::vector<float>& down_lengths_;
  const Cluster& cluster_;
  std::size_t rows_, columns_;
  DisjointSets fields_;
  Side above_, below_, left_, right_;
  std::vector<std::uint8_t> is_outside_;
  std::vector<std::uint32_t> rooms_;  // of each cell
  Lattice table_;
};

void cover(Lattice& table) {
  table.covering.assign(std::size_t{table.rows()} * table.columns(), 0);
  for (std::uint32_t i = 0; i < table.cells.size(); ++i) {
    const LatticeCell& cell = table.cells[i];
    for (std::uint32_t row = cell.row; row < cell.row + cell.row_span; ++row) {
      const auto first = table.covering.begin() + static_cast<std::ptrdiff_t>(row) * table.columns();
      std::fill(first + cell.column, first + cell.column + cell.column_span, i + 1);
    }
  }
}

std::optional<std::size_t> place_between(const std::vector<float>& rules, float at) {
  const auto behind = std::upper_bound(rules.begin(), rules.end(), at);
  if (behind == rules.begin() || behind == rules.end()) return std::nullopt;
  return static_cast<std::size_t>(behind - rules.begin()) - 1;
}

}  // namespace

std::optional<std::uint32_t> Lattice::cell_at(float x, float y) const {
  const auto row = place_between(across, y);
  const auto column = place_between(down, x);
  if (!row || !column) return std::nullopt;
  const std::uint32_t cell = covering[*row * columns() + *column];
  if (cell == 0) return std::nullopt;
  return cell - 1;
}

Lattices find_lattices(const PageInk& ink, const LayoutLimits& limits) {
  Lattices found;
  if (ink.horizontal.empty() || ink.vertical.empty()) return found;
  const RuleMarks marks = mark_rules(ink, limits.rule_places);
  found.is_cut = marks.is_cut;
  if (marks.is_cut || marks.across.size() < 2 || marks.down.size() < 2) return found;
  const auto across_lengths = drawn_lengths(marks.across_drawn, marks.down, marks.across.size());
  const auto down_lengths = drawn_lengths(marks.down_drawn, marks.across, marks.down.size());
  for (const Cluster& cluster : ClusterFinder(marks).run()) {
    if (cluster.across.size() < 2 || cluster.down.size() < 2) continue;
    Lattice table = TableBuilder(marks, across_lengths, down_lengths, cluster).build();
    if (table.cells.size() < 2) continue;
    if (table.cells.size() > limits.cells || table.columns() > limits.columns) {
      found.is_cut = true;
      continue;
    }
    cover(table);
    found.tables.push_back(std::move(table));
  }
  if (found.tables.size() > limits.page_tables) {
    found.is_cut = true;
    found.tables.resize(limits.page_tables);
  }
  std::sort(found.tables.begin(), found.tables.end(), [](const Lattice& a, const Lattice& b) {
    return a.across.front() != b.across.front() ? a.across.front() < b.across.front() : a.down.front() < b.down.front();
  });
  return found;
}

}  // namespace gouji::parser
