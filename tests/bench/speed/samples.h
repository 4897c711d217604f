// One report in every format and layout that the speed table shows, with what it says.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/rendering.h"

namespace gouji::bench {

// Web pages and texts in all layouts of the scoreboard, office files, PDFs.
std::vector<testing::Rendering> samples(const testing::ReportFigures& figures, std::uint32_t seed);

// A clean page of 15 kB, and one that Word made, of 235 kB.
std::string clean_page(const testing::ReportFigures& figures);
std::string word_page(const testing::ReportFigures& figures);

}  // namespace gouji::bench
