// The three official tables as rows of cells with spans, in the layout of the national forms: what
// every rendering starts from.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/render_html.h"

namespace gouji::testing {

enum class CellKind : std::uint8_t {
  kHeader,  // of a block or a column
  kLabel,   // of a row
  kGroup,   // of several rows; a merged cell
  kFigure,
};

struct TableCell {
  std::string text;
  int rows = 1;  // that it spans
  int columns = 1;
  CellKind kind = CellKind::kHeader;
  bool is_change = false;  // a figure of 本年增/减
  bool is_money = false;
};
using TableRow = std::vector<TableCell>;
using TableRows = std::vector<TableRow>;

TableRows table2_rows(const ReportFigures& figures);
TableRows table3_rows(const ReportFigures& figures);
TableRows table4_rows(const ReportFigures& figures);

// Columns of the widest row.
int width_of(const TableRows& rows);

}  // namespace gouji::testing
