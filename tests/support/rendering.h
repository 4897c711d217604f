// Reports in every layout, made from figures and a seed: what the scoreboard reads.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/render_html.h"

namespace gouji::testing {

struct Rendering {
  std::string format;       // "text", "html", "json"
  std::string layout;       // "A3 pipes"
  std::string description;  // of the options, for messages
  std::string bytes;
  ReportFigures figures;    // as printed: "" is a blank cell, "-" a mark for none
  bool has_tables = true;
  bool is_lossy = false;    // not every cell can be told from the bytes
};

// One document for each layout. The organ is made up where the figures name none.
std::vector<Rendering> render_all(const ReportFigures& figures, std::uint32_t seed);

}  // namespace gouji::testing
