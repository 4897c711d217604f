// Error localisation (Fellegi-Holt): all minimal sets of cell changes under which every equation of
// a table holds. Weight 1 to 3 exactly, within a budget of steps; beyond that only cells that on
// their own explain all they touch are taken off first, and the result says that it is not all.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "services/validator/core/parity_system.h"

namespace gouji::validator {

// Largest count that a repair may propose.
inline constexpr std::int64_t kProposedMax = 999'999'999'999;
inline constexpr std::size_t kWeightMax = 3;
inline constexpr std::size_t kSolutionsMax = 256;

// New value of a cell.
struct Repair {
  std::uint16_t cell = 0;
  std::int64_t value = 0;
  friend auto operator<=>(const Repair&, const Repair&) = default;
};
using Solution = std::vector<Repair>;  // sorted by cell

// One cause: failing equations that belong together, and every minimal way to mend them.
struct Cause {
  RowMask rows = 0;                 // rows of the system that fail and are covered
  std::vector<Solution> solutions;  // of one size; empty when none was found
  bool exhaustive = true;           // `solutions` are all there are
};

// Independent causes come apart. `values` are the cells as read; only known cells change.
std::vector<Cause> localise(const ParitySystem& system, std::span<const std::int64_t> values);

}  // namespace gouji::validator
