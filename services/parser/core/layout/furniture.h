// Page numbers and running headers and footers: what stands at the edge of pages and is no part of
// the text that runs over them.
#pragma once

#include <vector>

#include "services/parser/core/layout/fragments.h"

namespace gouji::parser {

struct PageFragments {
  PageInk ink;
  std::vector<Fragment> fragments;
};

// Takes the furniture out of every page's fragments. Only the outermost lines of a page are looked
// at. A line is furniture when it is
//  - a page number with its marks ("- 3 -", "第3页", "3/12"), or
//  - a bare number that counts the pages, at one height on several of them, or
//  - the same text at the same height on several pages, and not the header row of a table.
void take_furniture_out(std::vector<PageFragments>& pages);

}  // namespace gouji::parser
