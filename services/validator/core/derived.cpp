#include "services/validator/core/derived.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <span>

#include "services/validator/core/search.h"

namespace gouji::validator {
namespace {

constexpr std::size_t kNoColumn = static_cast<std::size_t>(-1);

// factors * unknowns = rest.
struct Row {
  std::vector<std::int64_t> factors;
  std::int64_t rest = 0;
};

// a := fa * a - fb * b, made small again; false on overflow, `a` then being of no use.
bool combine(Row& a, std::int64_t fa, const Row& b, std::int64_t fb) {
  const auto mix = [&](std::int64_t& x, std::int64_t y) {
    std::int64_t left = 0;
    std::int64_t right = 0;
    return !__builtin_mul_overflow(x, fa, &left) && !__builtin_mul_overflow(y, fb, &right) && !__builtin_sub_overflow(left, right, &x);
  };
  if (!mix(a.rest, b.rest)) return false;
  std::int64_t divisor = a.rest == INT64_MIN ? 1 : a.rest;
  for (std::size_t i = 0; i < a.factors.size(); ++i) {
    if ((a.factors[i] != 0 || b.factors[i] != 0) && (!mix(a.factors[i], b.factors[i]) || a.factors[i] == INT64_MIN)) return false;
    divisor = std::gcd(divisor, a.factors[i]);
  }
  if (divisor <= 1 || a.rest == INT64_MIN) return true;
  a.rest /= divisor;
  for (std::int64_t& factor : a.factors) factor /= divisor;
  return true;
}

// The equations over the unknown cells of a table.
class Unknowns {
 public:
  Unknowns(const TableView& table, Convention convention) : columns_(table.cells.size(), kNoColumn) {
    for (std::size_t i = 0; i < table.cells.size(); ++i)
      if (!counts_as_number(table.cells[i], convention)) {
        columns_[i] = cells_.size();
        cells_.push_back(static_cast<std::uint16_t>(i));
      }
    values_.resize(cells_.size());
    for (const Identity& identity : identities(*table.form)) add(identity, table.cells);
  }

  // False where no values from 0 satisfy all equations.
  bool solve() {
    do {
      if (!take_values()) return false;
    } while (put_values_in());
    eliminate();
    do {
      if (!take_values()) return false;
    } while (put_values_in());
    return true;
  }

  const std::vector<std::uint16_t>& cells() const { return cells_; }
  const std::optional<std::int64_t>& value(std::size_t column) const { return values_[column]; }

 private:
  void add(const Identity& identity, std::span<const Cell> table) {
    Row row;
    row.factors.resize(cells_.size());
    bool is_small = true;
    const auto add_cells = [&](const std::vector<std::uint16_t>& cells, std::int64_t sign) {
      for (const std::uint16_t cell : cells) {
        if (columns_[cell] != kNoColumn) row.factors[columns_[cell]] += sign;
        else if (sign > 0 ? __builtin_sub_overflow(row.rest, table[cell].value, &row.rest)
                          : __builtin_add_overflow(row.rest, table[cell].value, &row.rest))
          is_small = false;
      }
    };
    add_cells(identity.plus, 1);
    add_cells(identity.minus, -1);
    if (is_small) rows_.push_back(std::move(row));
  }

  // Every row solved for one unknown that no other row has.
  void eliminate() {
    std::vector<bool> is_pivot(rows_.size(), false);
    for (std::size_t column = 0; column < cells_.size(); ++column) {
      std::size_t pivot = rows_.size();
      for (std::size_t i = 0; i < rows_.size() && pivot == rows_.size(); ++i)
        if (!is_pivot[i] && rows_[i].factors[column] != 0) pivot = i;
      if (pivot == rows_.size()) continue;
      is_pivot[pivot] = true;
      for (std::size_t i = 0; i < rows_.size(); ++i) {
        if (i == pivot || rows_[i].factors[column] == 0) continue;
        // A row that grows beyond all figures says nothing any more.
        if (!combine(rows_[i], rows_[pivot].factors[column], rows_[pivot], rows_[i].factors[column]))
          rows_[i] = {std::vector<std::int64_t>(cells_.size()), 0};
      }
    }
  }

  // What single rows tell: one unknown left, or a sum of zero. False at a contradiction.
  bool take_values() {
    for (const Row& row : rows_) {
      std::size_t positive = 0;
      std::size_t negative = 0;
      std::size_t last = 0;
      for (std::size_t i = 0; i < row.factors.size(); ++i) {
        if (row.factors[i] == 0) continue;
        ++(row.factors[i] > 0 ? positive : negative);
        last = i;
      }
      if (positive > 0 && negative > 0) continue;
      if (positive + negative == 0 || row.rest == 0) {
        if (row.rest != 0 || !take_zeros(row)) return false;
        continue;
      }
      if ((row.rest > 0) != (positive > 0)) return false;
      if (positive + negative == 1 && (row.rest % row.factors[last] != 0 || !take(last, row.rest / row.factors[last]))) return false;
    }
    return true;
  }

  bool take_zeros(const Row& row) {
    for (std::size_t i = 0; i < row.factors.size(); ++i)
      if (row.factors[i] != 0 && !take(i, 0)) return false;
    return true;
  }

  bool take(std::size_t column, std::int64_t value) {
    if (value > kProposedMax || (values_[column] && *values_[column] != value)) return false;
    values_[column] = value;
    return true;
  }

  // True where a row has become shorter.
  bool put_values_in() {
    bool is_any = false;
    for (Row& row : rows_)
      for (std::size_t i = 0; i < row.factors.size(); ++i) {
        if (row.factors[i] == 0 || !values_[i]) continue;
        std::int64_t part = 0;
        const bool is_lost = __builtin_mul_overflow(row.factors[i], *values_[i], &part) || __builtin_sub_overflow(row.rest, part, &row.rest);
        if (is_lost) row = {std::vector<std::int64_t>(cells_.size()), 0};
        else row.factors[i] = 0;
        is_any = true;
      }
    return is_any;
  }

  std::vector<std::size_t> columns_;   // of a cell
  std::vector<std::uint16_t> cells_;   // of a column
  std::vector<std::optional<std::int64_t>> values_;
  std::vector<Row> rows_;
};

}  // namespace

std::vector<DerivedValue> derive(const TableView& table, Convention convention) {
  const auto is_unread = [](const Cell& cell) { return cell.state == CellState::kUnreadable || cell.state == CellState::kAbsent; };
  if (identities(*table.form).empty() || std::none_of(table.cells.begin(), table.cells.end(), is_unread)) return {};
  Unknowns unknowns(table, convention);
  if (!unknowns.solve()) return {};
  std::vector<DerivedValue> derived;
  for (std::size_t column = 0; column < unknowns.cells().size(); ++column) {
    const std::uint16_t cell = unknowns.cells()[column];
    if (unknowns.value(column) && is_unread(table.cells[cell])) derived.push_back({table.form->cells()[cell].id, *unknowns.value(column)});
  }
  return derived;
}

}  // namespace gouji::validator
