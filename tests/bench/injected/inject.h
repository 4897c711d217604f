// Errors as people and programs make them, put into consistent grids; with what is known of them by
// brute force.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <string_view>
#include <vector>

#include "tests/bench/injected/documents.h"
#include "tests/bench/injected/grids.h"

namespace gouji::injected {

struct Case {
  Document document;
  Expected expected;
};

// "DIGIT_CHANGED", ...; in the order of the score.
const std::vector<std::string_view>& mechanisms();

// `times` cases of each mechanism in each grid; fewer where a grid has no place for it.
std::vector<Case> injected_cases(const std::vector<Grid>& grids, std::size_t times, std::uint32_t seed);

}  // namespace gouji::injected
