#include "services/validator/core/decoder.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <optional>
#include <utility>

#include "services/validator/core/peel_search.h"
#include "services/validator/core/set_search.h"

namespace gouji::validator {
namespace {

// Steps of one diagnosis of a table: well under a millisecond.
constexpr std::int64_t kStepsMax = 5'000;
constexpr std::int64_t kStepsOfSets = 3'000;
constexpr std::int64_t kStepsOfLikeliest = 1'000;
// Sizes beyond the least possible one that are tried.
constexpr std::size_t kSizesTried = 3;

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
    const std::size_t first = of(lowest_row(rows));
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
      const std::size_t part = parts.of(lowest_row(left));
      RowMask rows = 0;
      for_each_row(left, [&](std::size_t row) { rows |= parts.of(row) == part ? row_bit(row) : 0; });
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

  // Sizes from the least that is possible; `is_exact` becomes false where a smaller set may exist.
  bool search(RowMask failing, bool is_exact) {
    const SearchProblem problem{system_, values_, residuals_, failing};
    const std::size_t least = system_.changes_at_least(failing).changes;
    for (std::size_t weight = std::max(least, std::size_t{1}); weight <= kSetSizeMax; ++weight) {
      Found found = within(kStepsOfSets, [&](std::int64_t& steps) { return search_sets(problem, weight, steps); });
      is_exact = is_exact && (found.is_all || !found.solutions.empty());
      if (take(failing, std::move(found), is_exact)) return true;
    }
    const std::size_t most = std::min(least + kSizesTried, kPeelSizeMax);
    for (std::size_t weight = std::max(least, kSetSizeMax + 1); weight <= most && steps_ > 0; ++weight) {
      Found found = peel(problem, weight, is_exact);
      const bool is_proven = found.is_all;
      if (take(failing, std::move(found), is_exact)) return true;
      is_exact = is_exact && is_proven;
    }
    return false;
  }

  // A search with no more than `most` of the steps that are left.
  template <typename Search>
  Found within(std::int64_t most, Search search) {
    const std::int64_t given = std::min(steps_, most);
    std::int64_t left = given;
    Found found = search(left);
    steps_ -= given - std::max(left, std::int64_t{0});
    return found;
  }

  // The likeliest first, so that they are found even where not all can be tried.
  Found peel(const SearchProblem& problem, std::size_t weight, bool is_exact) {
    Found focused = within(kStepsOfLikeliest, [&](std::int64_t& steps) {
      return search_by_peeling(problem, weight, Breadth::kFocused, steps);
    });
    if (!is_exact) return focused;
    Found all = within(steps_, [&](std::int64_t& steps) {
      return search_by_peeling(problem, weight, Breadth::kFull, steps);
    });
    if (all.is_all) return all;
    all.solutions.insert(all.solutions.end(), focused.solutions.begin(), focused.solutions.end());
    std::sort(all.solutions.begin(), all.solutions.end());
    all.solutions.erase(std::unique(all.solutions.begin(), all.solutions.end()), all.solutions.end());
    return all;
  }

  bool take(RowMask failing, Found found, bool is_exact) {
    if (found.solutions.empty()) return false;
    split(failing, std::move(found.solutions), is_exact && found.is_all && system_.is_complete());
    return true;
  }

  // Cells whose one change mends every row they touch, where no other such cell disputes a row.
  RowMask take_off_singles(RowMask failing) {
    std::vector<Solution> singles;
    std::array<int, kRowsMax> claims{};
    for (std::size_t i = 0; i < values_.size(); ++i) {
      const auto cell = static_cast<std::uint16_t>(i);
      const RowMask mask = system_.mask(cell);
      if (mask == 0 || (mask & ~failing) != 0) continue;
      const std::optional<std::int64_t> value = completing(cell);
      if (!value) continue;
      singles.push_back({{cell, *value}});
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

  // The value of `cell` under which every row that it touches holds.
  std::optional<std::int64_t> completing(std::uint16_t cell) const {
    std::optional<std::int64_t> value;
    for (const ParitySystem::Entry& entry : system_.column(cell)) {
      const std::int64_t residual = residuals_[entry.row];
      std::int64_t completed = 0;
      if (residual == INT64_MIN || residual % entry.factor != 0) return std::nullopt;
      if (__builtin_sub_overflow(values_[cell], residual / entry.factor, &completed)) return std::nullopt;
      if (completed < 0 || completed > kProposedMax || (value && *value != completed)) return std::nullopt;
      value = completed;
    }
    return value;
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
      const std::size_t of_class = classes.of(lowest_row(left));
      for_each_row(left, [&](std::size_t row) { part.rows |= classes.of(row) == of_class ? row_bit(row) : 0; });
      left &= ~part.rows;
      for (const Solution& solution : solutions) {
        Solution projected;
        for (const Repair& repair : solution)
          if (classes.of(lowest_row(system_.mask(repair.cell))) == of_class) projected.push_back(repair);
        part.solutions.push_back(std::move(projected));
      }
      std::sort(part.solutions.begin(), part.solutions.end());
      part.solutions.erase(std::unique(part.solutions.begin(), part.solutions.end()), part.solutions.end());
      combinations *= part.solutions.size();
      if (combinations > solutions.size()) break;
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
