// Rows of values whose columns lie below one another: where a table without rules is on its page.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "services/parser/core/layout/fields.h"
#include "services/parser/core/layout/header_row.h"

namespace gouji::parser {

// Lines [begin, end) of the page: its header, rows of values in the same bands, and labels between
// them. From `labels` on there is no header.
struct BandRun {
  std::size_t begin = 0, labels = 0, end = 0;
  std::vector<Band> bands;
  std::vector<std::size_t> rows;  // lines
  std::optional<HeaderRow> header;
  bool is_certain = false;  // no two columns can share a band, and none has two bands
};

// Runs do not overlap. A value that overlaps two bands, or a second value in one, begins another
// run; so does text among the columns.
std::vector<BandRun> find_band_runs(const PageInk& ink, std::span<const Fragment> fragments, const PageFields& page,
                                    std::uint32_t columns_max);

}  // namespace gouji::parser
