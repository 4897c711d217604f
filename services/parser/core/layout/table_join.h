// Tables that go on over page breaks become one.
#pragma once

#include <vector>

#include "services/parser/core/layout/laid.h"

namespace gouji::parser {

// Joins a table with the one that follows it at the top of the next page, where nothing stands
// between them and their columns agree. The header that is printed again is left out; a row whose
// label and values the break parts is put together.
void join_tables(std::vector<LaidItem>& items);

// The label of the last row of a table without rules may end at the top of the next page, where the
// table goes on.
void join_cut_labels(std::vector<LaidItem>& items);

// Figures of a row without rules that the page break may have cut in two, as values without a label
// go on at the top of the next page, are unclear.
void mark_cut_figures(std::vector<LaidItem>& items);

// Leaves out rows and columns that are only the space between two rules.
void drop_slivers(LaidTable& table, const std::vector<float>& across);

}  // namespace gouji::parser
