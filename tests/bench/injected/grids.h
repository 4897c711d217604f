// Consistent grids that errors are injected into: figures of real reports where a folder of them is
// given, and made-up ones.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/report/form.h"

namespace gouji::injected {

// Tables 3 and 4 of one report; every identity holds, every cell is a number.
struct Grid {
  std::string name;
  Edition edition = Edition::k2021;
  std::vector<std::int64_t> t3;
  std::vector<std::int64_t> t4;
};

// `count` grids of each edition, in turn of a busy, a usual and a quiet office: most cells of real
// reports are zero.
std::vector<Grid> made_up_grids(std::size_t count, std::uint32_t seed);

// The files *.json of a folder that are such a grid, by name; others are left out.
std::vector<Grid> grids_in(const std::string& folder);

}  // namespace gouji::injected
