// HTML pages with known figures: every cell, in clean HTML, as Word writes it, and in GB18030.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/core/decimal.h"
#include "tests/support/render_html.h"
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

void expect_every_cell(const std::string& page, const ReportFigures& figures, int witnesses = 2) {
  const Reading reading = reading_of(page);
  const std::vector<std::string> printed = testing::all_figures(figures);
  std::size_t at = 0;
  for (const TableReading& table : reading.tables) {
    const Form& form = gouji::form(table.table, table.edition);
    EXPECT_EQ(table.status, TableStatus::kRead);
    for (std::size_t i = 0; i < form.size(); ++i, ++at) {
      ASSERT_LT(at, printed.size());
      EXPECT_EQ(cell(reading, form.cells()[i].id), wanted_value(printed[at], form.cells()[i].type)) << form.cells()[i].id;
      if (i < table.witnesses.size() && !printed[at].empty()) {
        EXPECT_EQ(table.witnesses[i], witnesses) << form.cells()[i].id;
      }
    }
  }
  EXPECT_EQ(at, printed.size());
  EXPECT_EQ(reading.organ_name, figures.organ);
  EXPECT_EQ(reading.year, figures.year);
}

TEST(Page, InCleanHtmlIsReadByBothReaders) {
  for (const int table2 : {2019, 2021}) {
    for (const int table3 : {2019, 2021}) {
      const ReportFigures figures = testing::made_up_figures(table2, table3, 7);
      expect_every_cell(testing::render_clean_html(figures), figures);
    }
  }
}

TEST(Page, AsWordWritesItIsReadByBothReaders) {
  const ReportFigures figures = testing::made_up_figures(2021, 2021, 3);
  expect_every_cell(testing::render_word_html(figures), figures);
  const ReportFigures older = testing::made_up_figures(2019, 2019, 4);
  expect_every_cell(testing::render_word_html(older), older);
}

TEST(Page, InsideALayoutTableIsRead) {
  const ReportFigures figures = testing::made_up_figures(2021, 2021, 5);
  testing::WordStyle style;
  style.has_layout_table = true;
  expect_every_cell(testing::render_word_html(figures, style), figures);
}

TEST(Page, InGb18030IsRead) {
  const ReportFigures figures = testing::made_up_figures(2019, 2019, 6);
  expect_every_cell(testing::gb18030_by_iconv(testing::render_word_html(figures)), figures);
  expect_every_cell(testing::gb18030_by_iconv(testing::render_clean_html(figures)), figures);
}

TEST(Page, WithBlankCellsKeepsThemBlank) {
  ReportFigures figures = testing::made_up_figures(2021, 2021, 8);
  figures.table3[4][1] = "";
  figures.table3[9] = {"", "", "", "", "", "", ""};
  figures.table4[3] = "";
  const Reading reading = reading_of(testing::render_clean_html(figures));
  EXPECT_EQ(cell(reading, "t3.denied.1.commercial_enterprise"), "BLANK");
  EXPECT_EQ(cell(reading, "t3.denied.6.total"), "BLANK");
  EXPECT_EQ(cell(reading, "t4.reconsideration.pending"), "BLANK");
  EXPECT_EQ(cell(reading, "t4.reconsideration.total"), figures.table4[4]);
}

TEST(Page, WithWordsInACellSaysSo) {
  ReportFigures figures = testing::made_up_figures(2021, 2021, 9);
  figures.table3[4][1] = "见附件";
  figures.table3[5][0] = "未发生";
  const Reading reading = reading_of(testing::render_clean_html(figures));
  EXPECT_EQ(cell(reading, "t3.denied.1.commercial_enterprise"), "TEXT");
  EXPECT_EQ(cell(reading, "t3.denied.1.total"), figures.table3[4][6]);
  EXPECT_EQ(cell(reading, "t3.denied.2.natural_person"), "TEXT");
  EXPECT_EQ(cell(reading, "t3.denied.2.total"), figures.table3[5][6]);
}

// The corpus is not part of the project.
TEST(Page, WithTheFiguresOfARealReportIsRead) {
  int count = 0;
  for (const char* name : {"000", "001", "002", "F002", "F005"}) {
    auto figures = testing::figures_from_grid_file(std::string("../shared/corpus/grids/") + name + ".json");
    if (!figures) continue;
    ++count;
    figures->organ = "临河市人民政府";
    expect_every_cell(testing::render_word_html(*figures), *figures);
  }
  if (count == 0) GTEST_SKIP() << "no corpus at ../shared/corpus";
}

}  // namespace
}  // namespace gouji::parser
