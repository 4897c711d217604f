// Gives every fragment of a page to the cell of a ruled table that it stands in.
#pragma once

#include <vector>

#include "services/parser/core/layout/fragments.h"
#include "services/parser/core/layout/laid.h"
#include "services/parser/core/layout/lattice.h"

namespace gouji::parser {

struct FilledTables {
  std::vector<LaidTable> tables;  // one for each lattice
  std::vector<Fragment> outside;  // fragments that stand in no table
};

// A figure that stands across a rule goes to the cell that holds its middle, as it is written too
// wide for it. Where it may as well be two figures, one a cell, both cells get U+FFFD.
FilledTables fill_tables(const PageInk& ink, const std::vector<Lattice>& lattices,
                         const std::vector<Fragment>& fragments);

}  // namespace gouji::parser
