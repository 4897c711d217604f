// Whether all equations of a table hold, in one pass over its cells: what nearly every report is asked.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "common/report/cell.h"
#include "common/report/form.h"
#include "common/report/identity.h"

namespace gouji::validator {

class CleanCheck {
 public:
  CleanCheck() = default;
  explicit CleanCheck(const Form& form);

  // All cells are numbers from 0 to 2^53 and all equations hold. `cells` has the form's size.
  bool passes(std::span<const Cell> cells) const;

 private:
  // Equations that follow the grid of a block: every row adds up to its last cell; in every column
  // rows [first, total) add up to row `total`, and row 0 + row 1 = total + the row behind it.
  struct Grid {
    std::size_t rows = 0;
    std::size_t columns = 0;
    std::size_t first = 0;
    std::size_t total = 0;  // 0 = the columns have no equations
  };
  static Grid grid_of(const Form& form);
  bool rows_hold(const Cell* cells) const;
  template <std::size_t kColumns>
  bool grid_passes(const Cell* cells) const;

  Grid grid_;
};

}  // namespace gouji::validator
