// The smallest repairs of a table by brute force, to judge other solvers by: every set of cells is
// tried. Written without any of the validator's ideas.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <vector>

#include "common/report/identity.h"

namespace gouji::testing {

using CellValues = std::map<std::uint16_t, std::int64_t>;  // new value of each changed cell

struct SmallestRepairs {
  std::size_t size = 0;          // changes of each; 0 where nothing fails, or nothing was found
  std::set<CellValues> repairs;  // all of that size
  // False where no set up to the largest size tried is a repair, or where cells depend on each other
  // and a choice of values remains.
  bool is_decided = true;
};

struct RepairLimits {
  std::size_t size_most = 3;
  std::int64_t value_most = 999'999'999'999;
};

// A repair gives every changed cell another integer from 0 to value_most, such that every identity
// holds. Cells that are not known may take any value.
SmallestRepairs smallest_repairs(std::span<const Identity> identities, std::span<const std::int64_t> values,
                                 const std::vector<bool>& is_known, const RepairLimits& limits = {});

// Failing identities of which no two share a cell: so many changes are needed at least.
std::size_t disjoint_failures(std::span<const Identity> identities, std::span<const std::int64_t> values);

}  // namespace gouji::testing
