// Figures and blanks that follow each other, fitted to the number of cells that a row has.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "services/parser/core/table_draft.h"
#include "services/parser/core/tokens.h"

namespace gouji::parser {

struct FittedRow {
  std::vector<DraftCell> cells;     // exactly as many as asked for
  std::size_t leading_blanks = 0;   // cells before the first value that are padding
  bool is_overlong = false;         // a surplus of zeros was left out
};

enum class Misfit {
  kShort,     // fewer values than cells, and nothing tells which is missing
  kOverlong,  // more values than cells
};

struct Fit {
  std::optional<FittedRow> row;
  Misfit misfit = Misfit::kShort;  // without a row
};

// `padding` is the number of empty cells that stand before the values in the table's other rows,
// where it is known. Values behind a full line of them belong to the page, not to the row.
Fit fit_values(std::span<const Token> run, std::size_t cells, std::optional<std::size_t> padding);

// A row's figures with surplus zeros behind them: a zero there may be the end of the last figure,
// broken by a space ("1 0"). So where both together are the sum of what stands in front, or nothing
// is there to add up. `values` are all the row's cells, not empty.
bool ends_broken(std::span<const Token> values);

}  // namespace gouji::parser
