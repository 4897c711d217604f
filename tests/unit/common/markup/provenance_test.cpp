#include <gtest/gtest.h>

#include <algorithm>

#include "common/markup/html.h"
#include "tests/support/render_html.h"

namespace gouji {
namespace {

std::string_view bytes_at(std::string_view source, const Where& where) {
  return source.substr(static_cast<std::size_t>(where.begin),
                       static_cast<std::size_t>(where.end - where.begin));
}

bool is_figure(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789.-") == std::string_view::npos;
}

// Without tags: what a reader sees in the bytes.
std::string without_tags(std::string_view html) {
  std::string text;
  bool is_inside = false;
  for (char c : html) {
    if (c == '<') is_inside = true;
    if (!is_inside) text.push_back(c);
    if (c == '>') is_inside = false;
  }
  return text;
}

Document traced(std::string_view bytes) {
  const auto decision = decide_charset(bytes, {""});
  EXPECT_TRUE(decision.has_value());
  Document document = scan_html(decode_text(bytes, *decision));
  trace_to_source(document, bytes, *decision);
  return document;
}

void expect_exact(std::string_view bytes, std::size_t figures_min) {
  const Document document = traced(bytes);
  std::size_t figures = 0;
  for (const Grid& grid : document.grids) {
    for (const GridCell& cell : grid.cells) {
      const std::string_view text = document.view(cell.text);
      if (!is_figure(text)) continue;
      ++figures;
      ASSERT_EQ(without_tags(bytes_at(bytes, document.where(cell.text))), text);
    }
  }
  EXPECT_GE(figures, figures_min);
  for (std::size_t i = 1; i < document.runs.size(); ++i) {
    ASSERT_LE(document.runs[i - 1].text.end, document.runs[i].text.begin);
    ASSERT_LE(document.runs[i - 1].where.end, document.runs[i].where.begin);
  }
}

TEST(Provenance, OfEveryFigureIsExactInUtf8AndGb18030) {
  for (int edition : {2019, 2021}) {
    const auto figures = testing::made_up_figures(edition, edition);
    const std::size_t count = testing::all_figures(figures).size();
    for (const std::string& page :
         {testing::render_clean_html(figures), testing::render_word_html(figures)}) {
      expect_exact(page, count);
      expect_exact("\xEF\xBB\xBF" + page, count);
      expect_exact(testing::gb18030_by_iconv(page), count);
    }
  }
}

TEST(Provenance, InsideARunPositionsCorrespond) {
  const std::string html = "<p>收到12件，办结<b>30</b>件</p>";
  const Document document = traced(html);
  const auto at = static_cast<std::uint32_t>(document.text.find("12"));
  EXPECT_EQ(bytes_at(html, document.where({at, at + 2})), "12");
  const auto thirty = static_cast<std::uint32_t>(document.text.find("30"));
  EXPECT_EQ(bytes_at(html, document.where({thirty, thirty + 2})), "30");
  EXPECT_EQ(bytes_at(html, document.where(document.blocks[0].text)), "收到12件，办结<b>30</b>件");
}

TEST(Provenance, InGb18030AsciiStaysExactAmongChinese) {
  const std::string bytes = testing::gb18030_by_iconv("<p>共收到12件，办结７件</p>");
  const Document document = traced(bytes);
  const auto at = static_cast<std::uint32_t>(document.text.find("12"));
  EXPECT_EQ(bytes_at(bytes, document.where({at, at + 2})), "12");
  const auto wide = static_cast<std::uint32_t>(document.text.find("７"));
  EXPECT_EQ(bytes_at(bytes, document.where({wide, wide + 3})),
            testing::gb18030_by_iconv("件，办结７件"));
}

TEST(Provenance, OfAnEntityIsTheWholeReference) {
  const std::string html = "<p>&#49;&#50;a</p>";
  const Document document = traced(html);
  EXPECT_EQ(document.text, "12a\n");
  EXPECT_EQ(bytes_at(html, document.where({0, 1})), "&#49;");
  EXPECT_EQ(bytes_at(html, document.where({0, 2})), "&#49;&#50;");
  EXPECT_EQ(bytes_at(html, document.where({2, 3})), "a");
}

TEST(Provenance, OfABlankCellIsTheInsideOfItsTags) {
  const std::string html = "<table><tr><td>1</td><td><p> </p></td><td></td><td>2</td></tr></table>";
  const Document document = traced(html);
  ASSERT_EQ(document.grids.size(), 1U);
  const std::vector<GridCell>& cells = document.grids[0].cells;
  EXPECT_EQ(bytes_at(html, document.where(cells[1].text)), "<p> </p>");
  EXPECT_EQ(document.where(cells[2].text).begin,
            static_cast<std::int64_t>(html.find("</td><td>2")));
  EXPECT_EQ(bytes_at(html, document.where(cells[3].text)), "2");
}

TEST(Provenance, OfAnEmptyDocumentIsNothing) {
  EXPECT_EQ(Document{}.where({0, 0}), Where{});
  EXPECT_EQ(traced("<p></p>").where({0, 0}), Where{});
}

TEST(Provenance, RunsHaveALimitAndTheLastStandsForTheRest) {
  HtmlLimits limits;
  limits.runs = 3;
  std::string html = "<p>a&amp;b&amp;c&amp;d</p>";
  const Document document = scan_html(html, limits);
  EXPECT_EQ(document.runs.size(), 3U);
  EXPECT_EQ(document.limits, std::vector<std::string>{"RUNS"});
  EXPECT_EQ(bytes_at(html, document.where({5, 6})), "b&amp;c&amp;d");
}

}  // namespace
}  // namespace gouji
