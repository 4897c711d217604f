// Reports with known figures in every office format: every cell, organ and year.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/core/decimal.h"
#include "tests/support/render_office.h"
#include "tests/unit/services/parser/reading_help.h"

namespace gouji::parser {
namespace {

using testing::ReportFigures;

// The printed figure as the cell should hold it.
std::string wanted_value(const std::string& printed, CellType type) {
  if (printed.empty()) return "BLANK";
  const Result<Decimal> value = parse_decimal(printed);
  if (!value) return printed;
  if (type == CellType::kMoney) return std::to_string(fen_from_wan_yuan(*value).value_or(-1));
  return std::to_string(value->unscaled);
}

void expect_every_cell(const std::string& bytes, const ReportFigures& figures) {
  const Reading reading = reading_of(bytes);
  const std::vector<std::string> printed = testing::all_figures(figures);
  std::size_t at = 0;
  for (const TableReading& table : reading.tables) {
    const Form& form = gouji::form(table.table, table.edition);
    EXPECT_EQ(table.status, TableStatus::kRead);
    for (std::size_t i = 0; i < form.size(); ++i, ++at) {
      ASSERT_LT(at, printed.size());
      EXPECT_EQ(cell(reading, form.cells()[i].id), wanted_value(printed[at], form.cells()[i].type)) << form.cells()[i].id;
    }
  }
  EXPECT_EQ(at, printed.size());
  EXPECT_EQ(reading.organ_name, figures.organ);
  EXPECT_EQ(reading.year, figures.year);
}

TEST(Report, AsDocxIsRead) {
  for (const int table2 : {2019, 2021}) {
    for (const int table3 : {2019, 2021}) {
      const ReportFigures figures = testing::made_up_figures(table2, table3, 11);
      expect_every_cell(testing::render_docx(figures), figures);
    }
  }
}

TEST(Report, AsDocxInEveryStyleIsRead) {
  ReportFigures figures = testing::made_up_figures(2021, 2021, 12);
  figures.table3[4][1] = "";
  testing::DocxStyle edited;
  edited.splits_runs = true;
  expect_every_cell(testing::render_docx(figures, edited), figures);
  edited.has_tracked_changes = true;
  edited.numbers_headings = true;
  expect_every_cell(testing::render_docx(figures, edited), figures);
  testing::DocxStyle framed;
  framed.is_in_table = true;
  expect_every_cell(testing::render_docx(figures, framed), figures);
  testing::DocxStyle tabbed;
  tabbed.has_tabs = true;
  expect_every_cell(testing::render_docx(figures, tabbed), figures);
}

}  // namespace
}  // namespace gouji::parser
