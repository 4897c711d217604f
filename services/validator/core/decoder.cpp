#include "services/validator/core/decoder.h"

#include <algorithm>
#include <array>
#include <bit>
#include <numeric>
#include <optional>

namespace gouji::validator {
namespace {

__extension__ typedef __int128 Wide;

// Cells tried in one diagnosis of a table: about half a millisecond.
constexpr std::int64_t kStepsMax = 30'000;

std::size_t lowest(RowMask mask) { return static_cast<std::size_t>(std::countr_zero(mask)); }
RowMask bit(std::size_t row) { return RowMask{1} << row; }

template <typename Visit>
void for_each_row(RowMask mask, Visit visit) {
  for (; mask != 0; mask &= mask - 1) visit(lowest(mask));
}

// The deltas of `cells` that make every row of `rows` zero; nullopt when there are none, more than
// one solution, or a delta that is zero or no integer.
class DeltaSolver {
 public:
  DeltaSolver(const ParitySystem& system, std::span<const std::int64_t> residuals,
              std::span<const std::uint16_t> cells)
      : system_(system), residuals_(residuals), cells_(cells) {}

  std::optional<std::array<std::int64_t, kWeightMax>> solve(RowMask rows) {
    for_each_row(rows, [&](std::size_t row) { add(row); });
    if (is_contradiction_ || pivots_ != cells_.size()) return std::nullopt;
    std::array<std::int64_t, kWeightMax> deltas{};
    for (std::size_t i = cells_.size(); i-- > 0;) {
      Wide right = matrix_[i][cells_.size()];
      for (std::size_t k = i + 1; k < cells_.size(); ++k) right -= matrix_[i][k] * deltas[k];
      if (right % matrix_[i][i] != 0) return std::nullopt;
      const Wide delta = right / matrix_[i][i];
      if (delta == 0 || delta > INT64_MAX || delta < INT64_MIN) return std::nullopt;
      deltas[i] = static_cast<std::int64_t>(delta);
    }
    return deltas;
  }

 private:
  using Equation = std::array<Wide, kWeightMax + 1>;

  void add(std::size_t row) {
    Equation equation{};
    for (std::size_t i = 0; i < cells_.size(); ++i)
      for (const ParitySystem::Entry& entry : system_.column(cells_[i]))
        if (entry.row == row) equation[i] = entry.factor;
    equation[cells_.size()] = -Wide{residuals_[row]};
    for (std::size_t i = 0; i < cells_.size(); ++i) {
      if (equation[i] == 0) continue;
      if (matrix_[i][i] == 0) {
        matrix_[i] = equation;
        ++pivots_;
        return;
      }
      const Wide mine = equation[i];
      for (std::size_t k = i; k <= cells_.size(); ++k)
        equation[k] = equation[k] * matrix_[i][i] - matrix_[i][k] * mine;
    }
    is_contradiction_ = is_contradiction_ || equation[cells_.size()] != 0;
  }

  const ParitySystem& system_;
  std::span<const std::int64_t> residuals_;
  std::span<const std::uint16_t> cells_;
  std::array<Equation, kWeightMax> matrix_{};
  std::size_t pivots_ = 0;
  bool is_contradiction_ = false;
};

// All sets of exactly `weight` cells that mend the failing rows of one connected part.
class SetSearch {
 public:
  SetSearch(const ParitySystem& system, std::span<const std::int64_t> values,
            std::span<const std::int64_t> residuals, RowMask failing, std::int64_t& steps)
      : system_(system), values_(values), residuals_(residuals), failing_(failing), steps_(steps) {}

  // False when steps or room ran out.
  bool run(std::size_t weight) {
    weight_ = weight;
    extend(0, 0, 0);
    return !is_cut_;
  }
  std::vector<Solution> take() { return std::move(found_); }

 private:
  // `once` are the rows that exactly one chosen cell touches, `covered` those that any does. A row
  // that holds and is touched once must be touched again; one that fails must be touched at all.
  void extend(std::size_t depth, RowMask once, RowMask covered) {
    const RowMask needed = (once & ~failing_) | (failing_ & ~covered);
    const std::size_t left = weight_ - depth;
    if (left == 0) {
      if (needed == 0) accept(covered);
      return;
    }
    if (std::popcount(needed) > static_cast<int>(left) * system_.widest()) return;
    if (needed != 0) {
      try_cells(system_.touching(narrowest(needed)), depth, once, covered);
    } else {
      for_each_row(covered, [&](std::size_t row) { try_cells(system_.touching(row), depth, once, covered); });
    }
  }

  void try_cells(const std::vector<std::uint16_t>& cells, std::size_t depth, RowMask once, RowMask covered) {
    for (const std::uint16_t cell : cells) {
      if (is_cut_ || --steps_ < 0) {
        is_cut_ = true;
        return;
      }
      const auto chosen_end = chosen_.begin() + static_cast<std::ptrdiff_t>(depth);
      if (std::find(chosen_.begin(), chosen_end, cell) != chosen_end) continue;
      chosen_[depth] = cell;
      const RowMask mask = system_.mask(cell);
      extend(depth + 1, (once & ~mask) | (mask & ~covered), covered | mask);
    }
  }

  std::size_t narrowest(RowMask rows) const {
    std::size_t best = lowest(rows);
    for_each_row(rows, [&](std::size_t row) {
      if (system_.touching(row).size() < system_.touching(best).size()) best = row;
    });
    return best;
  }

  void accept(RowMask covered) {
    std::array<std::uint16_t, kWeightMax> sorted = chosen_;
    for (std::size_t i = 1; i < weight_; ++i)
      for (std::size_t k = i; k > 0 && sorted[k] < sorted[k - 1]; --k) std::swap(sorted[k], sorted[k - 1]);
    const std::span<const std::uint16_t> cells(sorted.data(), weight_);
    const auto deltas = DeltaSolver(system_, residuals_, cells).solve(covered | failing_);
    if (!deltas) return;
    Solution solution;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      std::int64_t value = 0;
      if (__builtin_add_overflow(values_[cells[i]], (*deltas)[i], &value) || value < 0 || value > kProposedMax) return;
      solution.push_back({cells[i], value});
    }
    const auto place = std::lower_bound(found_.begin(), found_.end(), solution);
    if (place != found_.end() && *place == solution) return;
    if (found_.size() == kSolutionsMax) {
      is_cut_ = true;
      return;
    }
    found_.insert(place, std::move(solution));
  }

  const ParitySystem& system_;
  std::span<const std::int64_t> values_;
  std::span<const std::int64_t> residuals_;
  RowMask failing_;
  std::int64_t& steps_;
  std::size_t weight_ = 0;
  std::array<std::uint16_t, kWeightMax> chosen_{};
  std::vector<Solution> found_;
  bool is_cut_ = false;
};

// Rows joined into classes.
class RowClasses {
 public:
  RowClasses() { std::iota(parent_.begin(), parent_.end(), std::size_t{0}); }
  std::size_t of(std::size_t row) const {
    while (parent_[row] != row) row = parent_[row];
    return row;
  }
  void join(RowMask rows) {
    if (rows == 0) return;
    const std::size_t first = of(lowest(rows));
    for_each_row(rows, [&](std::size_t row) { parent_[of(row)] = first; });
  }

 private:
  std::array<std::size_t, kRowsMax> parent_{};
};

class Localiser {
 public:
  Localiser(const ParitySystem& system, std::span<const std::int64_t> values) : system_(system), values_(values) {
    for (std::size_t row = 0; row < system.rows(); ++row) residuals_.push_back(system.residual(row));
  }

  std::vector<Cause> run() {
    RowClasses parts;
    for (std::size_t cell = 0; cell < values_.size(); ++cell) parts.join(system_.mask(static_cast<std::uint16_t>(cell)));
    for (RowMask left = system_.failing(); left != 0;) {
      const std::size_t part = parts.of(lowest(left));
      RowMask rows = 0;
      for_each_row(left, [&](std::size_t row) { rows |= parts.of(row) == part ? bit(row) : 0; });
      left &= ~rows;
      solve_part(rows);
    }
    return std::move(causes_);
  }

 private:
  void solve_part(RowMask failing) {
    if (search(failing, true)) return;
    // Too many for an exact search: take off what explains itself, then search again.
    const RowMask left = take_off_singles(failing);
    if (left == 0 || (left != failing && search(left, false))) return;
    causes_.push_back({left, {}, false});
  }

  bool search(RowMask failing, bool is_exact) {
    for (std::size_t weight = 1; weight <= kWeightMax; ++weight) {
      SetSearch sets(system_, values_, residuals_, failing, steps_);
      const bool is_whole = sets.run(weight);
      std::vector<Solution> solutions = sets.take();
      if (!solutions.empty()) {
        split(failing, std::move(solutions), is_exact && is_whole && system_.is_complete());
        return true;
      }
      if (!is_whole) return false;
    }
    return false;
  }

  // Cells whose one change mends every row they touch, where no other such cell disputes a row.
  RowMask take_off_singles(RowMask failing) {
    std::vector<Solution> singles;
    std::array<int, kRowsMax> claims{};
    for (std::size_t i = 0; i < values_.size(); ++i) {
      const auto cell = static_cast<std::uint16_t>(i);
      const RowMask mask = system_.mask(cell);
      if (mask == 0 || (mask & ~failing) != 0) continue;
      const std::array<std::uint16_t, 1> cells{cell};
      const auto deltas = DeltaSolver(system_, residuals_, cells).solve(mask);
      std::int64_t value = 0;
      if (!deltas || __builtin_add_overflow(values_[cell], (*deltas)[0], &value)) continue;
      if (value < 0 || value > kProposedMax) continue;
      singles.push_back({{cell, value}});
      for_each_row(mask, [&](std::size_t row) { ++claims[row]; });
    }
    for (const Solution& single : singles) {
      const RowMask mask = system_.mask(single.front().cell);
      bool is_disputed = false;
      for_each_row(mask, [&](std::size_t row) { is_disputed = is_disputed || claims[row] > 1; });
      if (is_disputed) continue;
      causes_.push_back({mask, {single}, false});
      for_each_row(mask, [&](std::size_t row) { residuals_[row] = 0; });
      failing &= ~mask;
    }
    return failing;
  }

  // Parts of the solutions that never share a row are causes of their own, if every combination of
  // them is a solution.
  void split(RowMask failing, std::vector<Solution> solutions, bool exhaustive) {
    RowClasses classes;
    for (const Solution& solution : solutions)
      for (const Repair& repair : solution) classes.join(system_.mask(repair.cell));
    std::vector<Cause> parts;
    std::size_t combinations = 1;
    for (RowMask left = failing; left != 0;) {
      Cause& part = parts.emplace_back(Cause{0, {}, exhaustive});
      const std::size_t of_class = classes.of(lowest(left));
      for_each_row(left, [&](std::size_t row) { part.rows |= classes.of(row) == of_class ? bit(row) : 0; });
      left &= ~part.rows;
      for (const Solution& solution : solutions) {
        Solution projected;
        for (const Repair& repair : solution)
          if (classes.of(lowest(system_.mask(repair.cell))) == of_class) projected.push_back(repair);
        part.solutions.push_back(std::move(projected));
      }
      std::sort(part.solutions.begin(), part.solutions.end());
      part.solutions.erase(std::unique(part.solutions.begin(), part.solutions.end()), part.solutions.end());
      combinations *= part.solutions.size();
    }
    if (combinations == solutions.size()) {
      for (Cause& part : parts) causes_.push_back(std::move(part));
    } else {
      causes_.push_back({failing, std::move(solutions), exhaustive});
    }
  }

  const ParitySystem& system_;
  std::span<const std::int64_t> values_;
  std::vector<std::int64_t> residuals_;
  std::int64_t steps_ = kStepsMax;
  std::vector<Cause> causes_;
};

}  // namespace

std::vector<Cause> localise(const ParitySystem& system, std::span<const std::int64_t> values) {
  return Localiser(system, values).run();
}

}  // namespace gouji::validator
