#include "tests/support/smallest_repairs.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace gouji::testing {
namespace {

using Line = std::vector<double>;  // coefficients of the variables, then the right side

std::int64_t difference(const Identity& identity, std::span<const std::int64_t> values) {
  std::int64_t sum = 0;
  for (const std::uint16_t cell : identity.plus) sum += values[cell];
  for (const std::uint16_t cell : identity.minus) sum -= values[cell];
  return sum;
}

double coefficient(const Identity& identity, std::uint16_t cell) {
  return static_cast<double>(std::count(identity.plus.begin(), identity.plus.end(), cell)) -
         static_cast<double>(std::count(identity.minus.begin(), identity.minus.end(), cell));
}

class Search {
 public:
  Search(std::span<const Identity> identities, std::span<const std::int64_t> values, const std::vector<bool>& is_known,
         const RepairLimits& limits)
      : identities_(identities), values_(values.begin(), values.end()), limits_(limits) {
    for (std::uint16_t cell = 0; cell < values_.size(); ++cell) {
      if (!is_known[cell]) values_[cell] = 0;
      (is_known[cell] ? known_ : unknown_).push_back(cell);
    }
  }

  SmallestRepairs run() {
    if (is_solvable({})) return {};
    for (found_.size = 1; found_.size <= limits_.size_most; ++found_.size) {
      std::vector<std::uint16_t> chosen;
      choose(chosen, 0);
      if (!found_.repairs.empty() || !found_.is_decided) return std::move(found_);
    }
    return {0, {}, false};
  }

 private:
  // Nothing to change: the cells that are not known can make every identity hold.
  bool is_solvable(const std::vector<std::uint16_t>& chosen) const { return eliminated(chosen).has_value(); }

  void choose(std::vector<std::uint16_t>& chosen, std::size_t next) {
    if (chosen.size() == found_.size) {
      if (touches_every_failure(chosen)) solve(chosen);
      return;
    }
    for (std::size_t i = next; i < known_.size(); ++i) {
      chosen.push_back(known_[i]);
      choose(chosen, i + 1);
      chosen.pop_back();
    }
  }

  bool touches_every_failure(const std::vector<std::uint16_t>& chosen) {
    if (failing_.empty())
      for (const Identity& identity : identities_) {
        const bool has_unknown = std::any_of(unknown_.begin(), unknown_.end(),
                                             [&](std::uint16_t cell) { return coefficient(identity, cell) != 0; });
        if (has_unknown || difference(identity, values_) == 0) continue;
        std::vector<bool> touched(values_.size(), false);
        for (const std::uint16_t cell : identity.plus) touched[cell] = true;
        for (const std::uint16_t cell : identity.minus) touched[cell] = true;
        failing_.push_back(std::move(touched));
      }
    return std::all_of(failing_.begin(), failing_.end(), [&](const std::vector<bool>& touched) {
      return std::any_of(chosen.begin(), chosen.end(), [&](std::uint16_t cell) { return touched[cell]; });
    });
  }

  // Gauss and Jordan over the unknown cells first, then the chosen ones; nullopt where the lines contradict.
  std::optional<std::vector<Line>> eliminated(const std::vector<std::uint16_t>& chosen) const {
    std::vector<std::uint16_t> variables = unknown_;
    variables.insert(variables.end(), chosen.begin(), chosen.end());
    std::vector<Line> lines;
    for (const Identity& identity : identities_) {
      Line line;
      for (const std::uint16_t cell : variables) line.push_back(coefficient(identity, cell));
      line.push_back(-static_cast<double>(difference(identity, values_)));
      lines.push_back(std::move(line));
    }
    std::size_t done = 0;
    for (std::size_t column = 0; column < variables.size(); ++column) {
      const auto pivot = std::find_if(lines.begin() + static_cast<std::ptrdiff_t>(done), lines.end(),
                                      [&](const Line& line) { return std::abs(line[column]) > 1e-9; });
      if (pivot == lines.end()) continue;
      std::iter_swap(lines.begin() + static_cast<std::ptrdiff_t>(done), pivot);
      const Line by = lines[done];
      for (std::size_t row = 0; row < lines.size(); ++row) {
        const double times = lines[row][column] / by[column];
        if (row != done && times != 0)
          for (std::size_t k = 0; k < by.size(); ++k) lines[row][k] -= times * by[k];
      }
      ++done;
    }
    const auto is_contradiction = [](const Line& line) {
      return std::abs(line.back()) > 1e-6 &&
             std::all_of(line.begin(), line.end() - 1, [](double factor) { return std::abs(factor) < 1e-9; });
    };
    if (std::any_of(lines.begin(), lines.end(), is_contradiction)) return std::nullopt;
    return lines;
  }

  void solve(const std::vector<std::uint16_t>& chosen) {
    const auto lines = eliminated(chosen);
    if (!lines) return;
    CellValues repair;
    for (std::size_t i = 0; i < chosen.size(); ++i) {
      const std::size_t column = unknown_.size() + i;
      const auto alone = std::find_if(lines->begin(), lines->end(), [&](const Line& line) {
        return std::abs(line[column]) > 1e-9 &&
               std::count_if(line.begin(), line.end() - 1, [](double factor) { return std::abs(factor) > 1e-9; }) == 1;
      });
      if (alone == lines->end()) {
        found_.is_decided = false;
        return;
      }
      const double delta = alone->back() / (*alone)[column];
      const double value = static_cast<double>(values_[chosen[i]]) + delta;
      if (std::abs(delta) < 0.5 || std::abs(delta - std::round(delta)) > 1e-6) return;
      if (value < -0.5 || value > static_cast<double>(limits_.value_most) + 0.5) return;
      repair[chosen[i]] = values_[chosen[i]] + static_cast<std::int64_t>(std::llround(delta));
    }
    found_.repairs.insert(repair);
  }

  std::span<const Identity> identities_;
  std::vector<std::int64_t> values_;
  RepairLimits limits_;
  std::vector<std::uint16_t> known_, unknown_;
  std::vector<std::vector<bool>> failing_;
  SmallestRepairs found_;
};

}  // namespace

SmallestRepairs smallest_repairs(std::span<const Identity> identities, std::span<const std::int64_t> values,
                                 const std::vector<bool>& is_known, const RepairLimits& limits) {
  return Search(identities, values, is_known, limits).run();
}

std::size_t disjoint_failures(std::span<const Identity> identities, std::span<const std::int64_t> values) {
  std::size_t most = 0;
  for (const std::string_view first : {"T3.ROW_SUM", "T3.OUTCOME_SUM", "T3.BALANCE"}) {
    std::vector<bool> used(values.size(), false);
    std::size_t count = 0;
    for (const bool is_turn_of_first : {true, false})
      for (const Identity& identity : identities) {
        if ((identity.rule == first) != is_turn_of_first || difference(identity, values) == 0) continue;
        const auto is_used = [&](std::uint16_t cell) { return used[cell]; };
        if (std::any_of(identity.plus.begin(), identity.plus.end(), is_used) ||
            std::any_of(identity.minus.begin(), identity.minus.end(), is_used))
          continue;
        ++count;
        for (const std::uint16_t cell : identity.plus) used[cell] = true;
        for (const std::uint16_t cell : identity.minus) used[cell] = true;
      }
    most = std::max(most, count);
  }
  return most;
}

}  // namespace gouji::testing
