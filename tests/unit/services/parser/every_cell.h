// That a document with known figures is read whole: every cell, organ and year.
#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/decimal.h"
#include "tests/support/render_html.h"
#include "tests/unit/services/parser/reading_help.h"

namespace gouji::parser {

// The printed figure as the cell should hold it.
inline std::string wanted_value(const std::string& printed, CellType type) {
  if (printed.empty()) return "BLANK";
  const Result<Decimal> value = parse_decimal(printed);
  if (!value) return printed;
  if (type == CellType::kMoney) return std::to_string(fen_from_wan_yuan(*value).value_or(-1));
  return std::to_string(value->unscaled);
}

// `witnesses`: how many readers must agree on each figure; nullopt asks nothing.
inline void expect_every_cell(std::string_view document, const testing::ReportFigures& figures, std::optional<int> witnesses = {}) {
  const Reading reading = reading_of(document);
  const std::vector<std::string> printed = testing::all_figures(figures);
  std::size_t at = 0;
  for (const TableReading& table : reading.tables) {
    const Form& form = gouji::form(table.table, table.edition);
    EXPECT_EQ(table.status, TableStatus::kRead);
    for (std::size_t i = 0; i < form.size(); ++i, ++at) {
      ASSERT_LT(at, printed.size());
      const FormCell& asked = form.cells()[i];
      EXPECT_EQ(cell(reading, asked.id), wanted_value(printed[at], asked.type)) << asked.id;
      if (witnesses && i < table.witnesses.size() && !printed[at].empty()) {
        EXPECT_EQ(table.witnesses[i], *witnesses) << asked.id;
      }
    }
  }
  EXPECT_EQ(at, printed.size());
  EXPECT_EQ(reading.organ_name, figures.organ);
  EXPECT_EQ(reading.year, figures.year);
}

}  // namespace gouji::parser
