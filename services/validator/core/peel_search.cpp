#include "services/validator/core/peel_search.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace gouji::validator {
namespace {

// Rows that one cell touches; a combination of rows counts as one.
constexpr std::size_t kWidthMax = 16;
// Down to here equally likely beginnings share the steps.
constexpr std::size_t kSharedDepth = 2;

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
    is_chosen_.assign(system_.cells(), 0);
  }

  Found run() {
    if (breadth_ == Breadth::kFocused) try_lines();
    peel(0, 0, 0);
    std::sort(found_.begin(), found_.end());
    found_.erase(std::unique(found_.begin(), found_.end()), found_.end());
    return {std::move(found_), !is_cut_ && !is_open_ && breadth_ == Breadth::kFull};
  }

 private:
  // Shifted figures stand in one line: at the same place of every row that needs a change.
  void try_lines() {
    const ParitySystem::Bound bound = system_.changes_at_least(failing_);
    if (bound.changes != weight_) return;
    const auto residuals = residuals_;
    const RowMask failing = failing_;
    for (std::size_t place = 0; place < system_.touching(lowest_row(bound.apart)).size(); ++place) {
      if (take_line(bound.apart, place) && failing_ == 0) accept();
      residuals_ = residuals;
      failing_ = failing;
    }
  }

  bool take_line(RowMask rows, std::size_t place) {
    std::size_t depth = 0;
    for (; rows != 0; rows &= rows - 1) {
      const std::size_t row = lowest_row(rows);
      if (place >= system_.touching(row).size()) return false;
      const std::uint16_t cell = system_.touching(row)[place];
      const std::optional<std::int64_t> delta = completing(row, place);
      std::array<std::int64_t, kWidthMax> before;
      if (!delta || *delta == 0 || !apply({cell, 0, *delta}, before)) return false;
      chosen_[depth++] = {cell, values_[cell] + *delta};
    }
    return true;
  }

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
    const ParitySystem::Bound bound = system_.changes_at_least(failing_, deferred, left);
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
    const std::span<const std::uint16_t> cells = system_.touching(row);
    for (std::size_t place = 0; place < cells.size(); ++place) {
      if ((closed_ & system_.mask(cells[place])) != 0) continue;
      const std::optional<std::int64_t> delta = completing(row, place);
      if (delta) candidates_.push_back({cells[place], rank(cells[place], touched), *delta});
    }
    for (std::size_t at = first + 1; at < candidates_.size(); ++at)
      for (std::size_t k = at; k > first && candidates_[k - 1].rank < candidates_[k].rank; --k)
        std::swap(candidates_[k - 1], candidates_[k]);
    const std::size_t end = breadth_ == Breadth::kFull ? candidates_.size() : end_of_best(first);
    for (std::size_t at = first; at < end && !is_cut_; ++at) {
      const Candidate candidate = candidates_[at];
      if (breadth_ == Breadth::kFocused && depth < kSharedDepth) {
        share_out(end - at, [&] { take(candidate, row, depth, deferred, touched); });
      } else {
        take(candidate, row, depth, deferred, touched);
      }
    }
    candidates_.resize(first);
  }

  std::size_t end_of_best(std::size_t first) const {
    std::size_t end = first;
    while (end < candidates_.size() && candidates_[end].rank == candidates_[first].rank) ++end;
    return end;
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
    is_chosen_[candidate.cell] = 1;
    chosen_[depth] = {candidate.cell, values_[candidate.cell] + candidate.delta};
    peel(depth + 1, deferred & ~mask, touched | mask);
    is_chosen_[candidate.cell] = 0;
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

  // The delta that makes `row` hold, of the cell at this place in it, where it becomes a count.
  std::optional<std::int64_t> completing(std::size_t row, std::size_t place) const {
    const std::uint16_t cell = system_.touching(row)[place];
    const std::int64_t factor = system_.factors(row)[place];
    const std::int64_t residual = residuals_[row];
    if (is_chosen_[cell] != 0 || residual == INT64_MIN) return std::nullopt;
    std::int64_t delta = factor > 0 ? -residual : residual;
    if (factor != 1 && factor != -1) {
      if (residual % factor != 0) return std::nullopt;
      delta = -(residual / factor);
    }
    std::int64_t value = 0;
    if (__builtin_add_overflow(values_[cell], delta, &value) || value < 0 || value > kProposedMax) return std::nullopt;
    return delta;
  }

  int rank(std::uint16_t cell, RowMask touched) const {
    const RowMask mask = system_.mask(cell);
    return static_cast<int>(row_count(mask & failing_) * 4 + row_count(mask & touched));
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
  std::vector<std::uint8_t> is_chosen_;
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
