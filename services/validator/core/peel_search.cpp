#include "services/validator/core/peel_search.h"

#include <algorithm>
#include <array>
#include <bit>
#include <optional>

namespace gouji::validator {
namespace {

// Rows that one cell touches; a combination of rows counts as one.
constexpr std::size_t kWidthMax = 16;

// A cell with the delta that makes one row hold.
struct Candidate {
  std::uint16_t cell = 0;
  int rank = 0;  // higher = likelier
  std::int64_t delta = 0;
};

class PeelSearch {
 public:
  PeelSearch(const SearchProblem& problem, std::size_t weight, Breadth breadth, std::int64_t& steps)
      : system_(problem.system), values_(problem.values), weight_(weight), breadth_(breadth), steps_(steps) {
    // Rows beside the failing part hold, and changes there explain nothing.
    std::copy(problem.residuals.begin(), problem.residuals.end(), residuals_.begin());
    failing_ = problem.failing;
    is_chosen_.assign(system_.cells(), false);
  }

  Found run() {
    peel(0, 0, 0);
    std::sort(found_.begin(), found_.end());
    found_.erase(std::unique(found_.begin(), found_.end()), found_.end());
    return {std::move(found_), !is_cut_ && !is_open_ && breadth_ == Breadth::kFull};
  }

 private:
  // `deferred` are rows that two or more of the remaining changes touch.
  void peel(std::size_t depth, RowMask deferred, RowMask touched) {
    const std::size_t left = weight_ - depth;
    if (failing_ == 0) {
      if (left == 0) accept();
      return;
    }
    if (left == 0 || is_cut_) return;
    if (--steps_ < 0) {
      is_cut_ = true;
      return;
    }
    const ParitySystem::Bound bound = system_.changes_at_least(failing_, deferred);
    if (bound.changes > left) return;
    if ((failing_ & ~deferred) == 0) {
      // Only changes that form a ring are left, and they leave a choice.
      is_open_ = true;
      return;
    }
    // Where as many rows are apart as changes are left, each of these rows takes exactly one.
    const RowMask certain = bound.changes == left ? bound.apart & ~deferred : 0;
    const std::size_t row = narrowest(certain != 0 ? certain : failing_ & ~deferred);
    try_row(row, depth, deferred, touched);
    if (breadth_ == Breadth::kFull && certain == 0) peel(depth, deferred | row_bit(row), touched);
  }

  // Exactly one of the remaining changes touches `row`.
  void try_row(std::size_t row, std::size_t depth, RowMask deferred, RowMask touched) {
    const std::size_t first = candidates_.size();
    for (const std::uint16_t cell : system_.touching(row)) {
      const std::optional<std::int64_t> delta = completing(row, cell);
      if (delta && (closed_ & system_.mask(cell)) == 0) candidates_.push_back({cell, rank(cell, touched), *delta});
    }
    std::stable_sort(candidates_.begin() + static_cast<std::ptrdiff_t>(first), candidates_.end(),
                     [](const Candidate& a, const Candidate& b) { return a.rank > b.rank; });
    const std::size_t end = candidates_.size();
    for (std::size_t at = first; at < end && !is_cut_; ++at) {
      if (breadth_ == Breadth::kFocused && candidates_[at].rank < candidates_[first].rank) break;
      const Candidate candidate = candidates_[at];
      if (breadth_ == Breadth::kFocused && depth == 0) {
        share_out(end - at, [&] { take(candidate, row, depth, deferred, touched); });
      } else {
        take(candidate, row, depth, deferred, touched);
      }
    }
    candidates_.resize(first);
  }

  // One of `count` beginnings gets its share of the steps, so that no one uses up all.
  template <typename Try>
  void share_out(std::size_t count, Try attempt) {
    const std::int64_t share = steps_ / static_cast<std::int64_t>(count);
    const std::int64_t kept = steps_ - share;
    steps_ = share;
    attempt();
    steps_ = kept + std::max(steps_, std::int64_t{0});
    is_cut_ = found_.size() >= kSolutionsMax || steps_ == 0;
  }

  void take(const Candidate& candidate, std::size_t row, std::size_t depth, RowMask deferred, RowMask touched) {
    const RowMask mask = system_.mask(candidate.cell);
    const RowMask failing = failing_;
    const RowMask closed = closed_;
    std::array<std::int64_t, kWidthMax> before;
    if (!apply(candidate, before)) {
      is_cut_ = true;
      return;
    }
    closed_ |= row_bit(row);
    is_chosen_[candidate.cell] = true;
    chosen_[depth] = {candidate.cell, values_[candidate.cell] + candidate.delta};
    peel(depth + 1, deferred & ~mask, touched | mask);
    is_chosen_[candidate.cell] = false;
    closed_ = closed;
    failing_ = failing;
    std::size_t at = 0;
    for (const ParitySystem::Entry& entry : system_.column(candidate.cell)) residuals_[entry.row] = before[at++];
  }

  // False, with nothing changed, when a residual would overflow.
  bool apply(const Candidate& candidate, std::array<std::int64_t, kWidthMax>& before) {
    const auto column = system_.column(candidate.cell);
    if (column.size() > kWidthMax) return false;
    std::array<std::int64_t, kWidthMax> after;
    for (std::size_t i = 0; i < column.size(); ++i) {
      std::int64_t step = 0;
      before[i] = residuals_[column[i].row];
      if (__builtin_mul_overflow(column[i].factor, candidate.delta, &step) ||
          __builtin_add_overflow(before[i], step, &after[i]))
        return false;
    }
    for (std::size_t i = 0; i < column.size(); ++i) {
      residuals_[column[i].row] = after[i];
      const RowMask bit = row_bit(column[i].row);
      failing_ = after[i] != 0 ? failing_ | bit : failing_ & ~bit;
    }
    return true;
  }

  // The delta of `cell` that makes `row` hold, where it is a count within the bounds.
  std::optional<std::int64_t> completing(std::size_t row, std::uint16_t cell) const {
    if (is_chosen_[cell]) return std::nullopt;
    const auto column = system_.column(cell);
    const auto entry = std::find_if(column.begin(), column.end(), [&](const auto& each) { return each.row == row; });
    const std::int64_t residual = residuals_[row];
    if (residual == INT64_MIN || residual % entry->factor != 0) return std::nullopt;
    const std::int64_t delta = -(residual / entry->factor);
    std::int64_t value = 0;
    if (__builtin_add_overflow(values_[cell], delta, &value) || value < 0 || value > kProposedMax) return std::nullopt;
    return delta;
  }

  int rank(std::uint16_t cell, RowMask touched) const {
    const RowMask mask = system_.mask(cell);
    return std::popcount(mask & failing_) * 4 + std::popcount(mask & touched);
  }

  std::size_t narrowest(RowMask rows) const {
    std::size_t best = lowest_row(rows);
    for_each_row(rows, [&](std::size_t row) {
      if (system_.touching(row).size() < system_.touching(best).size()) best = row;
    });
    return best;
  }

  void accept() {
    if (found_.size() >= kSolutionsMax) {
      is_cut_ = true;
      return;
    }
    Solution solution(chosen_.begin(), chosen_.begin() + static_cast<std::ptrdiff_t>(weight_));
    std::sort(solution.begin(), solution.end());
    found_.push_back(std::move(solution));
  }

  const ParitySystem& system_;
  std::span<const std::int64_t> values_;
  std::size_t weight_;
  Breadth breadth_;
  std::int64_t& steps_;
  std::array<std::int64_t, kRowsMax> residuals_{};
  RowMask failing_ = 0;
  RowMask closed_ = 0;  // rows that no further change touches
  std::vector<bool> is_chosen_;
  std::vector<Candidate> candidates_;  // of all rows on the way down
  std::array<Repair, kPeelSizeMax> chosen_{};
  std::vector<Solution> found_;
  bool is_cut_ = false;
  bool is_open_ = false;
};

}  // namespace

Found search_by_peeling(const SearchProblem& problem, std::size_t weight, Breadth breadth, std::int64_t& steps) {
  return PeelSearch(problem, weight, breadth, steps).run();
}

}  // namespace gouji::validator
