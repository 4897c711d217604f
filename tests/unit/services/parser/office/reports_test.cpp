// Reports with known figures in every office format: every cell, organ and year.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/render_doc.h"
#include "tests/support/render_office.h"
#include "tests/unit/services/parser/every_cell.h"

namespace gouji::parser {
namespace {

using testing::ReportFigures;

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

TEST(Report, AsRtfIsReadInBothSpellings) {
  for (const int edition : {2019, 2021}) {
    const ReportFigures figures = testing::made_up_figures(edition, edition, 13);
    expect_every_cell(testing::render_rtf(figures), figures);
    expect_every_cell(testing::render_rtf(figures, {true}), figures);
  }
}

TEST(Report, AsDocIsRead) {
  for (const int edition : {2019, 2021}) {
    ReportFigures figures = testing::made_up_figures(edition, edition, 14);
    figures.table3[6] = {"", "", "", "", "", "", ""};
    expect_every_cell(testing::render_doc(figures), figures);
    testing::DocOptions options;
    options.pieces = 17;
    expect_every_cell(testing::render_doc(figures, options), figures);
  }
}

TEST(Report, AsXlsxIsRead) {
  for (const int edition : {2019, 2021}) {
    const ReportFigures figures = testing::made_up_figures(edition, edition, 15);
    expect_every_cell(testing::render_xlsx(figures), figures);
  }
}

TEST(Report, AsOfdIsRead) {
  for (const int edition : {2019, 2021}) {
    const ReportFigures figures = testing::made_up_figures(edition, edition, 17);
    expect_every_cell(testing::render_ofd(figures), figures);
  }
}

TEST(Report, AsPageNamedDocIsRead) {
  const ReportFigures figures = testing::made_up_figures(2021, 2021, 16);
  expect_every_cell("MIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n\n" + testing::render_word_html(figures), figures);
}

}  // namespace
}  // namespace gouji::parser
