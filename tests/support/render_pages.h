// Reports as web pages, in the shapes that Word, editors and content management systems give tables.
#pragma once

#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "tests/support/report_frame.h"
#include "tests/support/report_tables.h"

namespace gouji::testing {

enum class PageLayout : std::uint8_t {
  kSpans,        // A22 rowspan and colspan, td or th, thead and colgroup
  kWord,         // A21 Word-made: styles, o:p, figures in several spans
  kFlat,         // A22 no spans, empty cells in the places that would be covered
  kRepeated,     // no spans, the text of a merged cell in every place
  kUnclosed,     // end tags of cells and rows missing
  kNested,       // inside tables for layout
  kSplit,        // a table goes on as a second one behind a page break
  kJson,         // A21 the page as a string inside JSON
};
inline constexpr PageLayout kPageLayouts[] = {PageLayout::kSpans,  PageLayout::kWord,  PageLayout::kFlat,  PageLayout::kRepeated,
                                              PageLayout::kUnclosed, PageLayout::kNested, PageLayout::kSplit, PageLayout::kJson};
const char* name_of(PageLayout layout);

std::string render_page(const std::vector<Part>& parts, const std::array<TableRows, 3>& tables, PageLayout layout, std::mt19937& random);

}  // namespace gouji::testing
