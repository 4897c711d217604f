// Pages as portals serve them: every damage of the list must leave every figure readable, or lose
// no more than what the damage took away.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "services/parser/core/extract.h"
#include "tests/support/render_html.h"

namespace gouji::parser {
namespace {

using testing::ReportFigures;

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

bool is_figure(std::string_view text) {
  return text.empty() || text == "\u00A0" ||
         text.find_first_not_of("0123456789.-") == std::string_view::npos;
}

// The figures of all grids in reading order.
std::vector<std::string> figures_in(std::string_view page) {
  const ExtractOutcome outcome = extract({page, "text/html", {}});
  const auto* document = std::get_if<Document>(&outcome);
  std::vector<std::string> figures;
  if (document == nullptr) return figures;
  for (const Grid& grid : document->grids) {
    for (const GridCell& cell : grid.cells) {
      const std::string text(document->view(cell.text));
      if (is_figure(text) && cell.row > 0) figures.push_back(text);
    }
  }
  return figures;
}

// The columns of the wide tables, so that a shifted cell is seen.
std::vector<std::uint32_t> widths_in(std::string_view page) {
  const ExtractOutcome outcome = extract({page, "text/html", {}});
  std::vector<std::uint32_t> widths;
  for (const Grid& grid : std::get<Document>(outcome).grids) widths.push_back(grid.columns);
  return widths;
}

struct Damage {
  const char* name;
  std::function<std::string(const std::string&)> apply;
};

std::string without_some(const std::string& page, std::string_view what, int every) {
  std::string text;
  int count = 0;
  for (std::size_t at = 0; at < page.size();) {
    const bool is_here = page.compare(at, what.size(), what) == 0;
    if (is_here && ++count % every == 0) {
      at += what.size();
      continue;
    }
    text.push_back(page[at++]);
  }
  return text;
}

const std::vector<Damage>& damages_of_markup() {
  static const std::vector<Damage> damages = {
      {"none", [](const std::string& p) { return p; }},
      {"no </td>", [](const std::string& p) { return replaced(p, "</td>", ""); }},
      {"no </tr>", [](const std::string& p) { return replaced(p, "</tr>", ""); }},
      {"no </td> and no </tr>",
       [](const std::string& p) { return replaced(replaced(p, "</td>", ""), "</tr>", ""); }},
      {"every third </td> missing",
       [](const std::string& p) { return without_some(p, "</td>", 3); }},
      {"no <tr> start tags",
       [](const std::string& p) {
         return replaced(replaced(p, "<tr>", ""), "<tr style='mso-yfti-irow:1;height:21.0pt'>", "");
       }},
      {"tables never closed", [](const std::string& p) { return replaced(p, "</table>", ""); }},
      {"upper case",
       [](const std::string& p) {
         return replaced(
             replaced(replaced(replaced(p, "<td", "<TD"), "</td>", "</TD>"), "<table", "<TABLE"),
             "rowspan", "ROWSPAN");
       }},
      {"th for td",
       [](const std::string& p) { return replaced(replaced(p, "<td", "<th"), "</td>", "</th>"); }},
      {"text directly in the table",
       [](const std::string& p) { return replaced(p, "<tr", "多余<tr"); }},
      {"unclosed p, span and font",
       [](const std::string& p) {
         return replaced(replaced(replaced(p, "</p>", ""), "</span>", ""), "<td",
                         "<font color=red><td");
       }},
      {"misnested b and i",
       [](const std::string& p) { return replaced(p, "</td>", "<b><i></b></i></td>"); }},
      {"form and div between table and row",
       [](const std::string& p) { return replaced(p, "<tr", "<form><div><tr"); }},
      {"tbody and colgroup",
       [](const std::string& p) { return replaced(p, "</table>", "</tbody></colgroup></table>"); }},
      {"> in an attribute",
       [](const std::string& p) { return replaced(p, "<td", "<td title='a>b' alt=\">\""); }},
      {"conditional comments",
       [](const std::string& p) {
         return replaced(p, "</td>", "<!--[if !supportEmptyParas]--><!--[endif]--></td>");
       }},
      {"downlevel-revealed conditions",
       [](const std::string& p) { return replaced(p, "</td>", "<![if !vml]><![endif]></td>"); }},
  };
  return damages;
}

const std::vector<Damage>& damages_around_cells() {
  static const std::vector<Damage> damages = {
      {"comments with cells in them",
       [](const std::string& p) { return replaced(p, "</td>", "</td><!-- <td>9999</td> -->"); }},
      {"scripts with cells in them",
       [](const std::string& p) {
         return replaced(p, "<table", "<script>'<td>9999</td>'</script><table");
       }},
      {"hidden figures",
       [](const std::string& p) {
         return replaced(p, "</td>", "<span style='display:none'>9999</span></td>");
       }},
      {"everything in a layout table",
       [](const std::string& p) {
         return replaced(replaced(p, "<body", "<body><table><tr><td>nav</td><td><div"), "</body>",
                         "</div></td></tr></table></body>");
       }},
      {"layout table in layout table",
       [](const std::string& p) {
         return replaced(replaced(p, "<body", "<body><table><tr><td><table><tr><td>a<td><div"),
                         "</body>", "</table></table></body>");
       }},
      {"line ends of Windows and indents",
       [](const std::string& p) { return replaced(p, "<td", "\r\n\t\t\t<td"); }},
      {"digits as entities",
       [](const std::string& p) { return replaced(replaced(p, ">1", ">&#49;"), ">2", ">&#x32;"); }},
      {"digits split over spans",
       [](const std::string& p) { return replaced(p, "0</", "<b></b><span>0</span></"); }},
      {"bad spans",
       [](const std::string& p) {
         return replaced(p, "<td>", "<td colspan=\"1e9\" rowspan=abc>");
       }},
      {"NUL and broken UTF-8 in some tags",
       [](const std::string& p) {
         return replaced(replaced(p, ">17<", std::string(" \0=\xE4\xB8>17<", 10)), ">信息",
                         "\xFF>信息");
       }},
      {"as XHTML",
       [](const std::string& p) {
         return "<?xml version=\"1.0\" encoding=\"utf-8\"?>" + replaced(p, "<br>", "<br/>");
       }},
      {"with a byte order mark", [](const std::string& p) { return "\xEF\xBB\xBF" + p; }},
      {"in GB18030", [](const std::string& p) { return testing::gb18030_by_iconv(p); }},
  };
  return damages;
}

void expect_all_figures(const ReportFigures& figures, const std::string& page,
                        const std::string& what) {
  const std::vector<std::string> expected = testing::all_figures(figures);
  const std::vector<std::uint32_t> widths = widths_in(page);
  for (const auto* damages : {&damages_of_markup(), &damages_around_cells()}) {
    for (const Damage& damage : *damages) {
      const std::string damaged = damage.apply(page);
      EXPECT_EQ(figures_in(damaged), expected) << what << ": " << damage.name;
      EXPECT_EQ(widths_in(damaged), widths) << what << ": " << damage.name;
    }
  }
}

TEST(HtmlDamage, LosesNoFigureOfACleanPage) {
  for (int edition : {2019, 2021}) {
    const ReportFigures figures = testing::made_up_figures(edition, edition);
    expect_all_figures(figures, testing::render_clean_html(figures), "clean");
  }
}

TEST(HtmlDamage, LosesNoFigureOfAWordPage) {
  const ReportFigures figures = testing::made_up_figures(2021, 2019, 7);
  expect_all_figures(figures, testing::render_word_html(figures, {.bytes = 1000}), "word");
}

TEST(HtmlDamage, TheOfficialTablesHaveTheirShape) {
  const std::vector<std::uint32_t> expected = {4, 10, 15};
  for (int edition : {2019, 2021}) {
    const ReportFigures figures = testing::made_up_figures(edition, edition);
    EXPECT_EQ(widths_in(testing::render_clean_html(figures)), expected);
    EXPECT_EQ(widths_in(testing::render_word_html(figures)), expected);
    EXPECT_EQ(widths_in(testing::render_word_html(figures, {.has_layout_table = true})), expected);
    EXPECT_GE(testing::render_word_html(figures).size(), 235'000U);
  }
}

TEST(HtmlDamage, HalfAPageKeepsTheFiguresBeforeTheCut) {
  const ReportFigures figures = testing::made_up_figures(2019, 2019);
  const std::vector<std::string> all = testing::all_figures(figures);
  const std::string page = testing::render_clean_html(figures);
  const std::string half = page.substr(0, page.find(all.back() + "</td></tr>\n</table>"));
  std::vector<std::string> found = figures_in(half);
  ASSERT_GE(found.size(), all.size() - 1);
  found.resize(all.size() - 1);
  EXPECT_TRUE(std::equal(found.begin(), found.end(), all.begin()));
}

TEST(HtmlDamage, AReportThatAScriptWillShowIsReadWhenNothingElseIsThere) {
  const ReportFigures figures = testing::made_up_figures(2021, 2021);
  const std::string hidden =
      replaced(testing::render_clean_html(figures), "<body>", "<body><div style='display:none'>");
  EXPECT_EQ(figures_in(hidden), testing::all_figures(figures));
  const Document document = std::get<Document>(extract({hidden, {}, {}}));
  EXPECT_EQ(document.limits, std::vector<std::string>{"HIDDEN_READ"});
  const std::string both = replaced(hidden, "<body>", "<body><table><tr><td>1<td>2</table>");
  EXPECT_EQ(widths_in(both), std::vector<std::uint32_t>{2});
  EXPECT_EQ(std::get<Document>(extract({both, {}, {}})).limits,
            std::vector<std::string>{"HIDDEN_TABLE"});
}

TEST(HtmlDamage, RowsWithoutATableAreStillRows) {
  const ReportFigures figures = testing::made_up_figures(2021, 2021);
  const std::string page = testing::render_clean_html(figures);
  const std::string bare = replaced(replaced(page, "<table border=\"1\">\n", ""), "</table>\n", "");
  EXPECT_EQ(figures_in(bare), testing::all_figures(figures));
}

TEST(HtmlDamage, FiguresOfRealReportsComeBack) {
  int found = 0;
  for (const char* name : {"000", "001", "002", "003", "F002", "F005", "F009", "F010"}) {
    const auto figures =
        testing::figures_from_grid_file(std::string("../shared/corpus/grids/") + name + ".json");
    if (!figures) continue;
    ++found;
    EXPECT_EQ(figures_in(testing::render_clean_html(*figures)), testing::all_figures(*figures))
        << name;
  }
  if (found == 0) GTEST_SKIP() << "../shared/corpus/grids is not there";
}

}  // namespace
}  // namespace gouji::parser
