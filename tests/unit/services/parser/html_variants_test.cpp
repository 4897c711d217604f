// Pages as portals and editors really write them: each takes a clean page and changes one thing that
// must change nothing, or must be told.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <string>

#include "tests/support/render_html.h"
#include "tests/unit/services/parser/reading_help.h"

namespace gouji::parser {
namespace {

using testing::ReportFigures;

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  for (std::size_t at = text.find(what); at != text.npos; at = text.find(what, at + by.size())) text.replace(at, what.size(), by);
  return text;
}

// Every cell of the page as of the clean one.
void expect_same(const std::string& changed, const ReportFigures& figures) {
  const Reading clean = reading_of(testing::render_clean_html(figures)), reading = reading_of(changed);
  for (std::size_t t = 0; t < 3; ++t) {
    EXPECT_EQ(reading.tables[t].status, TableStatus::kRead);
    EXPECT_EQ(reading.tables[t].edition, clean.tables[t].edition);
    EXPECT_EQ(reading.tables[t].cells, clean.tables[t].cells) << to_string(reading.tables[t].table);
  }
  EXPECT_EQ(reading.key, clean.key);
}

const ReportFigures kFigures = testing::made_up_figures(2021, 2021, 21);
const std::string kPage = testing::render_clean_html(kFigures);

TEST(HtmlVariant, WithMenusBeforeAndAfterAndScriptsWithoutContent) {
  expect_same("<head><script src='a.js'></script><link rel=stylesheet href=b><script src='c.js'></script></head><div class=nav>" +
                  replaced(std::string(40, '.'), ".", "<a href='/x'>信息公开</a>") + "</div>" + kPage + "<script src=z></script><div>主办单位：某办</div>",
              kFigures);
}

TEST(HtmlVariant, WithNonBreakingAndIdeographicSpacesAroundItsFigures) {
  expect_same(std::regex_replace(kPage, std::regex("<td>([0-9]+)</td>"), "<td>&nbsp;\u3000$1\u2003&#160;</td>"), kFigures);
}

TEST(HtmlVariant, WithFullWidthFigures) {
  std::string page = kPage;
  const std::regex cells("<td>([0-9]+)</td>");
  std::string out;
  std::smatch match;
  while (std::regex_search(page, match, cells)) {
    out += match.prefix().str() + "<td>";
    for (const char digit : match[1].str()) out += std::string("\xEF\xBC") + static_cast<char>(0x90 + (digit - '0'));
    out += "</td>";
    page = match.suffix().str();
  }
  expect_same(out + page, kFigures);
}

TEST(HtmlVariant, WithAFigureOverSeveralSpansAndComments) {
  expect_same(std::regex_replace(kPage, std::regex("<td>([0-9])([0-9]+)</td>"),
                                 "<td><p class=MsoNormal><span>$1</span><!--x--><span style='mso-spacerun:yes'>$2</span><o:p></o:p></p></td>"),
              kFigures);
}

TEST(HtmlVariant, WithTheNumbersOfFootnotesBehindItsFigures) {
  expect_same(std::regex_replace(kPage, std::regex("<td>([0-9]+)</td>"), "<td>$1<sup>1</sup></td>"), kFigures);
  expect_same(std::regex_replace(kPage, std::regex("<td>([0-9]+)</td>"), "<td>$1<sup><a href='#_ftn1'>12</a></sup></td>"), kFigures);
}

TEST(HtmlVariant, WithALabelBrokenOverLinesAndSpans) {
  expect_same(replaced(replaced(kPage, "结果维持", "结果<br>维持"), "总计", "总<span> </span>计"), kFigures);
}

TEST(HtmlVariant, WithHeaderCellsThatAreDataCells) {
  expect_same(replaced(replaced(kPage, "<th", "<td"), "</th>", "</td>"), kFigures);
}

TEST(HtmlVariant, WithoutAnyEndTagOfRowsAndCells) {
  expect_same(replaced(replaced(replaced(kPage, "</td>", ""), "</tr>", ""), "</th>", ""), kFigures);
}

TEST(HtmlVariant, InUpperCaseWithUnquotedAttributes) {
  std::string page = replaced(replaced(replaced(kPage, "<table", "<TABLE BORDER=1"), "</table>", "</TABLE>"), "<tr", "<TR");
  expect_same(replaced(replaced(page, "<td", "<TD WIDTH=10"), "rowspan=", "ROWSPAN="), kFigures);
}

TEST(HtmlVariant, WithEveryCharacterAsAReference) {
  std::string page;
  for (std::size_t at = 0; at < kPage.size();) {
    const auto lead = static_cast<unsigned char>(kPage[at]);
    if (lead < 0xE0 || lead > 0xEF) {
      page += kPage[at++];
      continue;
    }
    const unsigned value = (lead & 0x0FU) << 12 | (static_cast<unsigned char>(kPage[at + 1]) & 0x3FU) << 6 | (static_cast<unsigned char>(kPage[at + 2]) & 0x3FU);
    page += "&#" + std::to_string(value) + ";";
    at += 3;
  }
  expect_same(page, kFigures);
}

TEST(HtmlVariant, WithHundredsOfEmptyLayoutCellsAroundIt) {
  std::string cells;
  for (int i = 0; i < 400; ++i) cells += "<td>&nbsp;</td>";
  expect_same("<table><tr>" + cells + "</tr><tr><td colspan=400>" + kPage + "</td></tr></table>", kFigures);
}

TEST(HtmlVariant, WithBytesOfAnotherEncodingInItsMenu) {
  // A fragment that the server puts in is in GB18030, the page in UTF-8.
  const std::string page = "<html><head><meta charset=utf-8></head><body><div>" + testing::gb18030_by_iconv("首页") + "</div>" + kPage + "</body></html>";
  expect_same(page, kFigures);
}

TEST(HtmlVariant, LabelledWithTheWrongCharset) {
  for (const char* label : {"gb2312", "iso-8859-1", "big5"}) {
    expect_same("<meta http-equiv=Content-Type content='text/html; charset=" + std::string(label) + "'>" + kPage, kFigures);
  }
  // The clean page names no charset of its own that would get in the way.
  const std::string page = testing::gb18030_by_iconv("<meta charset='utf-8'>" + replaced(kPage, "<meta charset=\"utf-8\">", ""));
  expect_same(page, kFigures);
  const Reading reading = reading_of(page);
  EXPECT_THAT(reading.warnings, ::testing::Contains(::testing::Field(&ReadingNote::code, "CHARSET_CONFLICT")));
}

TEST(HtmlVariant, WhoseTablesArePicturesSaysSo) {
  std::string page = kPage;
  for (std::size_t begin = page.find("<table"); begin != std::string::npos; begin = page.find("<table", begin)) {
    const std::size_t end = page.find("</table>", begin) + 8;
    page.replace(begin, end - begin, "<p><img src='t.png'></p>");
  }
  const Reading reading = reading_of(page);
  for (const TableReading& table : reading.tables) {
    EXPECT_EQ(table.status, TableStatus::kNotInText);
    EXPECT_TRUE(table.cells.empty());
  }
}

TEST(HtmlVariant, AsAnArticleOfAPortalsInterface) {
  std::string content;
  for (const char c : kPage.substr(kPage.find("<body"))) content += c == '"' ? "\\\"" : c == '\n' ? "\\n" : std::string(1, c);
  const std::string json = "{\"data\":{\"id\":1,\"title\":\"" + kFigures.organ + "2021年政府信息公开工作年度报告\",\"content\":\"" + content + "\"}}";
  expect_same(json, kFigures);
}

}  // namespace
}  // namespace gouji::parser
