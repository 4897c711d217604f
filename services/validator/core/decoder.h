// Error localisation (Fellegi-Holt): all minimal sets of cell changes under which every equation of
// a table holds, within a budget of steps. Where the budget cuts the search, what was found is given
// and `exhaustive` is false; cells that on their own explain all they touch are then taken off first.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "services/validator/core/search.h"

namespace gouji::validator {

// One cause: failing equations that belong together, and every minimal way to mend them.
struct Cause {
  RowMask rows = 0;                 // rows of the system that fail and are covered
  std::vector<Solution> solutions;  // of one size; empty when none was found
  bool exhaustive = true;           // `solutions` are all there are
};

// Independent causes come apart. `values` are the cells as read; only known cells change.
std::vector<Cause> localise(const ParitySystem& system, std::span<const std::int64_t> values);

}  // namespace gouji::validator
