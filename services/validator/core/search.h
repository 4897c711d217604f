// What the searches for explanations share: a repair, a solution, and the steps that are left.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "services/validator/core/parity_system.h"

namespace gouji::validator {

// Largest count that a repair may propose.
inline constexpr std::int64_t kProposedMax = 999'999'999'999;
inline constexpr std::size_t kSolutionsMax = 256;

// New value of a cell.
struct Repair {
  std::uint16_t cell = 0;
  std::int64_t value = 0;
  friend auto operator<=>(const Repair&, const Repair&) = default;
};
using Solution = std::vector<Repair>;  // sorted by cell

// Failing rows of one connected part of a system.
struct SearchProblem {
  const ParitySystem& system;
  std::span<const std::int64_t> values;     // of all cells, as read
  std::span<const std::int64_t> residuals;  // of all rows
  RowMask failing = 0;
};

struct Found {
  std::vector<Solution> solutions;  // sorted
  bool is_all = true;               // no solution of this size is missing
};

}  // namespace gouji::validator
