// Search for explanations of any size. In a set of changes that leaves no choice there is always an
// equation which only one of them touches: its residual gives that change. Taking such changes off
// one after the other, with the number that is needed at least as a bound, finds each set once.
#pragma once

#include <cstddef>
#include <cstdint>

#include "services/validator/core/search.h"

namespace gouji::validator {

// A whole column of table 3.
inline constexpr std::size_t kPeelSizeMax = 28;

enum class Breadth : std::uint8_t {
  kFocused,  // only the likeliest cells at each step: those that several failing rows share
  kFull,
};

// Solutions of exactly `weight` changes; all of them where `is_all` is true (never when focused).
// Stops when `steps` is used up, and counts it down.
Found search_by_peeling(const SearchProblem& problem, std::size_t weight, Breadth breadth, std::int64_t& steps);

}  // namespace gouji::validator
