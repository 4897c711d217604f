// Poppler's leanest way over all pages of a PDF: its own interpreter with a device that only counts.
// A baseline for pdf_bench, built where Debian's libpoppler-private-dev is installed.
#pragma once

#include <cstdint>
#include <string_view>

namespace gouji {

struct PopplerWalk {
  std::int64_t characters = 0;
  std::int64_t paths = 0;
};
PopplerWalk poppler_walk(std::string_view pdf);

// The characters of poppler-cpp's text_list() on all pages.
std::int64_t poppler_text_list(std::string_view pdf);

}  // namespace gouji
