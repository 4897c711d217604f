// HTML pages with known figures: every cell, in clean HTML, as Word writes it, and in GB18030.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/render_html.h"
#include "tests/unit/services/parser/every_cell.h"

namespace gouji::parser {
namespace {

using testing::ReportFigures;

TEST(Page, InCleanHtmlIsReadByBothReaders) {
  for (const int table2 : {2019, 2021}) {
    for (const int table3 : {2019, 2021}) {
      const ReportFigures figures = testing::made_up_figures(table2, table3, 7);
      expect_every_cell(testing::render_clean_html(figures), figures, 2);
    }
  }
}

TEST(Page, AsWordWritesItIsReadByBothReaders) {
  const ReportFigures figures = testing::made_up_figures(2021, 2021, 3);
  expect_every_cell(testing::render_word_html(figures), figures, 2);
  const ReportFigures older = testing::made_up_figures(2019, 2019, 4);
  expect_every_cell(testing::render_word_html(older), older, 2);
}

TEST(Page, InsideALayoutTableIsRead) {
  const ReportFigures figures = testing::made_up_figures(2021, 2021, 5);
  testing::WordStyle style;
  style.has_layout_table = true;
  expect_every_cell(testing::render_word_html(figures, style), figures, 2);
}

TEST(Page, InGb18030IsRead) {
  const ReportFigures figures = testing::made_up_figures(2019, 2019, 6);
  expect_every_cell(testing::gb18030_by_iconv(testing::render_word_html(figures)), figures, 2);
  expect_every_cell(testing::gb18030_by_iconv(testing::render_clean_html(figures)), figures, 2);
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
    expect_every_cell(testing::render_word_html(*figures), *figures, 2);
  }
  if (count == 0) GTEST_SKIP() << "no corpus at ../shared/corpus";
}

}  // namespace
}  // namespace gouji::parser
