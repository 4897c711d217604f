// Exact search for small explanations: every set of cells that touches all failing rows is solved
// by elimination, so that cells which depend on each other are seen as well.
#pragma once

#include <cstddef>
#include <cstdint>

#include "services/validator/core/search.h"

namespace gouji::validator {

inline constexpr std::size_t kSetSizeMax = 3;

// Every solution of exactly `weight` <= kSetSizeMax changes. Stops when `steps` is used up, and
// counts it down.
Found search_sets(const SearchProblem& problem, std::size_t weight, std::int64_t& steps);

}  // namespace gouji::validator
