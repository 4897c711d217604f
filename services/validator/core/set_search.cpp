#include "services/validator/core/set_search.h"

#include <algorithm>
#include <array>
#include <optional>

namespace gouji::validator {
namespace {

__extension__ typedef __int128 Wide;

// The deltas of `cells` that make every row of `rows` zero; nullopt when there are none, more than
// one solution, or a delta that is zero or no integer.
class DeltaSolver {
 public:
  DeltaSolver(const ParitySystem& system, std::span<const std::int64_t> residuals,
              std::span<const std::uint16_t> cells)
      : system_(system), residuals_(residuals), cells_(cells) {}

  std::optional<std::array<std::int64_t, kSetSizeMax>> solve(RowMask rows) {
    for_each_row(rows, [&](std::size_t row) { add(row); });
    if (is_contradiction_ || pivots_ != cells_.size()) return std::nullopt;
    std::array<std::int64_t, kSetSizeMax> deltas{};
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
  // After solve(): the rows leave a choice.
  bool is_open() const { return !is_contradiction_ && pivots_ != cells_.size(); }

 private:
  using Equation = std::array<Wide, kSetSizeMax + 1>;

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
  std::array<Equation, kSetSizeMax> matrix_{};
  std::size_t pivots_ = 0;
  bool is_contradiction_ = false;
};

// All sets of exactly `weight` cells that mend the failing rows of one connected part.
class SetSearch {
 public:
  SetSearch(const SearchProblem& problem, std::size_t weight, std::int64_t& steps)
      : system_(problem.system), values_(problem.values), residuals_(problem.residuals), failing_(problem.failing),
        weight_(weight), steps_(steps) {}

  Found run() {
    extend(0, 0, 0);
    return {std::move(found_), !is_cut_ && !is_open_};
  }

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
    if (row_count(needed) > left * system_.widest()) return;
    if (needed != 0) {
      try_cells(system_.touching(narrowest(needed)), depth, once, covered);
    } else {
      for_each_row(covered, [&](std::size_t row) { try_cells(system_.touching(row), depth, once, covered); });
    }
  }

  void try_cells(std::span<const std::uint16_t> cells, std::size_t depth, RowMask once, RowMask covered) {
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
    std::size_t best = lowest_row(rows);
    for_each_row(rows, [&](std::size_t row) {
      if (system_.touching(row).size() < system_.touching(best).size()) best = row;
    });
    return best;
  }

  void accept(RowMask covered) {
    std::array<std::uint16_t, kSetSizeMax> sorted = chosen_;
    for (std::size_t i = 1; i < weight_; ++i)
      for (std::size_t k = i; k > 0 && sorted[k] < sorted[k - 1]; --k) std::swap(sorted[k], sorted[k - 1]);
    const std::span<const std::uint16_t> cells(sorted.data(), weight_);
    DeltaSolver solver(system_, residuals_, cells);
    const auto deltas = solver.solve(covered | failing_);
    // Cells that stand for each other: within the bounds there may be many solutions, or none.
    is_open_ = is_open_ || solver.is_open();
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
  std::size_t weight_;
  std::int64_t& steps_;
  std::array<std::uint16_t, kSetSizeMax> chosen_{};
  std::vector<Solution> found_;
  bool is_cut_ = false;
  bool is_open_ = false;
};

}  // namespace

Found search_sets(const SearchProblem& problem, std::size_t weight, std::int64_t& steps) {
  return SetSearch(problem, weight, steps).run();
}

}  // namespace gouji::validator
