#include "common/markup/html.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace gouji {
namespace {

// The document in one line: paragraphs in [], headings in #[], lines of a grid by /, cells by |.
std::string shown(const Document& document) {
  std::string text;
  for (const Block& block : document.blocks) {
    if (block.kind != BlockKind::kGrid) {
      text += (block.kind == BlockKind::kHeading ? "#" + std::to_string(block.level) : "") + "[" +
              std::string(document.view(block.text)) + "]";
      continue;
    }
    const Grid& grid = document.grids[block.grid];
    text += "{";
    std::uint32_t row = 0;
    for (std::size_t i = 0; i < grid.cells.size(); ++i) {
      const GridCell& cell = grid.cells[i];
      if (i > 0) text += cell.row == row ? "|" : "/";
      row = cell.row;
      text += std::string(document.view(cell.text));
      if (cell.row_span > 1) text += "^" + std::to_string(cell.row_span);
      if (cell.column_span > 1) text += ">" + std::to_string(cell.column_span);
    }
    text += "}";
  }
  std::replace(text.begin(), text.end(), '\n', ';');
  return text;
}

struct Case {
  std::string_view html;
  std::string_view shown;
};

void expect_shown(std::initializer_list<Case> cases) {
  for (const Case& c : cases) EXPECT_EQ(shown(scan_html(c.html)), c.shown) << c.html;
}

TEST(Html, BlocksEndWhereElementsEnd) {
  expect_shown({
      {"", ""},
      {"plain", "[plain]"},
      {"<p>a<p>b", "[a][b]"},
      {"<div>a<span>b</span> c</div>d", "[ab c][d]"},
      {"a<br>b<br/>c<hr>d", "[a][b][c][d]"},
      {"<h1>t</h1>x<h3>u</h3>", "#1[t][x]#3[u]"},
      {"<ul><li>a<li>b</ul>c", "[a][b][c]"},
      {"  a \r\n\t b  ", "[a b]"},
      {"中\r\n 文 字", "[中文 字]"},
      {"<pre>a  b\r\nc\td\n\n e</pre>", "[a  b][c\td][ e]"},
  });
}

TEST(Html, WhatIsNotShownGivesNoText) {
  expect_shown({
      {"a<script>if (1<2) x='</td>'</script>b", "[ab]"},
      {"a<SCRIPT>x</script >b", "[ab]"},
      {"a<style>p{}</style>b<template><p>c</template>d<noscript>e</noscript>f", "[abdf]"},
      {"a<!-- <p> -->b<!---->c", "[abc]"},
      {"a<!--[if gte mso 9]><xml>x</xml><![endif]-->b", "[ab]"},
      {"a<![if !vml]>b<![endif]>c", "[abc]"},
      {"a<?xml version=1?>b<!DOCTYPE html>c", "[abc]"},
      {"a<![CDATA[b<c]]>d", "[ab<cd]"},
      {"a<span style='display: none'>b<span>c</span></span>d", "[ad]"},
      {"a<p style=\"color:red;DISPLAY:NONE\">b</p>c", "[a][c]"},
      {"a<div hidden>b<div>c</div></div>d", "[a][d]"},
      {"<style='display:none'>a", ""},
      {"a<select><option>1</select>b", "[ab]"},
      {"a<input type=hidden value=3 hidden>b", "[ab]"},
      {"<span style='font-family:\"none\";display:inline'>a</span>", "[a]"},
  });
}

TEST(Html, OnlyTheLastOfARunOfSignsCanBeginATag) {
  EXPECT_EQ(scan_html("<p>a <<<b>x</b> << c <</p>d<<").text, "a <<x << c <\nd<<\n");
}

TEST(Html, GoesOnBehindAnElementWithoutContent) {
  for (const char* element : {"<script src=x></script>", "<style></style>", "<iframe src=x></iframe>", "<textarea></textarea>",
                              "<noscript></noscript>", "<svg></svg>"}) {
    EXPECT_EQ(scan_html(std::string("<p>a</p>") + element + "<p>b</p>").text, "a\nb\n") << element;
  }
}

TEST(Html, AHiddenCellIsNoCell) {
  expect_shown({
      {"<table><tr><td>a<td hidden>b<td>c</tr><tr hidden><td>d<td>e<tr><td>f<td>g</table>h",
       "{a|c/f|g}[h]"},
      {"<table><tr><td style='display:none'><table><tr><td>x<td>y</table><td>a<td>b</table>",
       "{a|b}"},
      {"<table hidden><tr><td>x<td>y</table>z", "[z]"},
      {"<table><tr><td><span hidden>x<td>a</table>", "{|a}"},
  });
}

TEST(Html, MarkupThatIsNoneIsText) {
  expect_shown({
      {"1 < 2 <3 <", "[1 < 2 <3 <]"},
      {"a & b &unknown; &#; &nosemi", "[a & b &unknown; &#; &nosemi]"},
      {"a</>b", "[ab]"},
      {"a<td", "[a]"},
      {"<p title='>'>a</p>", "[a]"},
      {"<p title='unclosed>a</p>", "[a]"},
      {"a<!-- unclosed <p>b<p>c", "[ab][c]"},
      {"a<script>unclosed", "[a]"},
      {"a<noscript>b", "[ab]"},
  });
}

TEST(Html, ADigitRaisedBehindADigitStaysRaised) {
  expect_shown({
      {"12<sup>1</sup>件", "[12¹件]"},
      {"<table><tr><td>12<sup><a href='#n'>[1]</a></sup><td>3<sup> 2</sup></table>", "{12[¹]|3 ²}"},
      {"<table><tr><td>12<sup>1<td>34<tr><td><sup>5</sup>6<td>7</table>", "{12¹|34/56|7}"},
      {"m<sup>2</sup> 8<sup>th</sup>9", "[m2 8th9]"},
  });
}

TEST(Html, EntitiesAreCharacters) {
  expect_shown({
      {"&lt;p&gt; &amp;amp; &quot;&ldquo;&rdquo;", "[<p> &amp; \"“”]"},
      {"&#20154;&#x4eba;&#X4EBA;&#49&#50;", "[人人人12]"},
      {"a&nbsp;b&nbsp", "[a\u00A0b\u00A0]"},
      {"&#0;&#xD800;&#x110000;&#99999999999;", "[\uFFFD\uFFFD\uFFFD\uFFFD]"},
      {"&#150;&#x96;", "[––]"},
      {"&ltb", "[<b]"},
      {"a&#32;&#10;b", "[a b]"},
  });
}

TEST(Html, TablesAreGrids) {
  expect_shown({
      {"<table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table>", "{a|b/c|d}"},
      {"<table><tr><td>a<td>b<tr><td>c<td>d</table>e", "{a|b/c|d}[e]"},
      {"<TABLE><TBODY><TR><TD>a</TD><TD>b</TD></TR></TBODY></TABLE>", "{a|b}"},
      {"<table><td>a<td>b</tr><td>c<td>d</table>", "{a|b/c|d}"},
      {"<table><tr><td></td><td>&nbsp;</td></tr></table>", "{|\u00A0}"},
      {"<table><tr><td>a<br>b</td><td><p>c</p><p>d</p></td></tr></table>", "{a;b|c;d}"},
      {"<table><tr><td>1<span>2</span><b>3</b></td><td>x</td></tr></table>", "{123|x}"},
      {"<table><caption>t</caption>u<tr><td>a<td>b</table>", "[t][u]{a|b}"},
      {"<table><tr><td>a<td>b", "{a|b}"},
      {"<table><tr><td>a<td>b</tr><table><tr><td>c<td>d</table>", "{a|b}{c|d}"},
      {"<tr><td>a<td>b</tr><p>c</p>", "{a|b}[c]"},
      {"a</td></tr></table>b", "[a][b]"},
      {"<table></table>a<table><tr></table>b", "[a][b]"},
  });
}

TEST(Html, SpansAreExpanded) {
  const Document document = scan_html(
      "<table><tr><td rowspan=2 "
      "colspan=2>a<td>b<td>c<tr><td>d<td>e<tr><td>f<td>g<td>h<td>i</table>");
  ASSERT_EQ(document.grids.size(), 1U);
  const Grid& grid = document.grids[0];
  EXPECT_EQ(grid.rows, 3U);
  EXPECT_EQ(grid.columns, 4U);
  EXPECT_EQ(shown(document), "{a^2>2|b|c/d|e/f|g|h|i}");
  EXPECT_EQ(grid.cells[3].column, 2U);
  EXPECT_EQ(grid.cells[5].column, 0U);
}

TEST(Html, AttributesAreReadHoweverTheyAreWritten) {
  for (const char* attributes : {"colspan=2", "colspan='2'", "COLSPAN=\"2\"", "ColSpan = 2", "colspan= '2' align=center", "class=a colspan=2",
                                 "align=\"center\" colspan=\"2\"", "title='a > b' colspan=2", "width=64 nowrap colspan=2", "lang=\"x\"colspan=2"}) {
    const Document document = scan_html(std::string("<table><tr><td ") + attributes + ">1</td><td>2</td></tr><tr><td>3<td>4<td>5</table>");
    ASSERT_EQ(document.grids.size(), 1U) << attributes;
    EXPECT_EQ(document.grids[0].cells[0].column_span, 2U) << attributes;
  }
}

TEST(Html, NamesThatOnlyBeginLikeAnAttributeAreOthers) {
  for (const char* attributes : {"colspans=2", "xcolspan=2", "colspan2=2", "styled='display:none'", "classic=colspan=2", "titles=colspan"}) {
    const Document document = scan_html(std::string("<table><tr><td ") + attributes + ">1</td><td>2</td></tr><tr><td>3<td>4</table>");
    ASSERT_EQ(document.grids.size(), 1U) << attributes;
    EXPECT_EQ(document.grids[0].cells[0].column_span, 1U) << attributes;
    EXPECT_EQ(document.grids[0].cells.size(), 4U) << attributes;
  }
}

TEST(Html, AStyleHidesWhereverItSaysSo) {
  const std::string filler = "color:red;font-family:'仿宋';padding:1pt";
  for (std::size_t before = 0; before < filler.size() + 1; ++before) {
    for (const char* hiding : {"display:none", "DISPLAY: NONE", "display :none;width:1px"}) {
      const std::string style = std::string(before, 'p') + ";" + hiding;
      EXPECT_EQ(scan_html("<p style=\"" + style + "\">x</p><p>y</p>").text, "y\n") << style;
    }
  }
  EXPECT_EQ(scan_html("<p style=\"" + filler + ";display:block\">x</p>").text, "x\n");
}

TEST(Html, EndTagsAreReadHoweverTheyAreWritten) {
  for (const char* end : {"</td>", "</TD>", "</td >", "</td\n>", "</td/>", "</td class=x>"}) {
    const Document document = scan_html(std::string("<table><tr><td>1") + end + "<td>2" + end + "</tr><tr><td>3<td>4</table>");
    ASSERT_EQ(document.grids.size(), 1U) << end;
    EXPECT_EQ(document.view(document.grids[0].cells[0].text), "1") << end;
  }
}

TEST(Html, SpansReachNoFurtherThanTheirTable) {
  expect_shown({
      {"<table><tr><td rowspan=9>a<td>b<tr><td>c</table>", "{a^2|b/c}"},
      {"<table><thead><tr><td rowspan=9>a<td>b<tbody><tr><td>c<td>d</table>", "{a|b/c|d}"},
      {"<table><tr><td colspan=1000000000>a<td rowspan=1e9>b<td rowspan=0>c<td colspan=x>d<td "
       "colspan=-3>e</table>",
       "{a|b|c|d|e}"},
      // A cell never covers one that hangs down from above.
      {"<table><tr><td>a<td rowspan=2>b<tr><td colspan=2>c<td>d</table>", "{a|b^2/c|d}"},
  });
  EXPECT_EQ(scan_html("<table><tr><td colspan=65>a<td>b</table>").limits,
            std::vector<std::string>{"GRID_SPAN"});
  EXPECT_TRUE(scan_html("<table><tr><td colspan=64>a<td rowspan=1000>b</table>").limits.empty());
}

TEST(Html, LayoutTablesAreDissolvedInOrder) {
  expect_shown({
      {"<table><tr><td>a</td></tr></table>", "[a]"},
      {"<table><tr><td>nav<td><p>x</p><table><tr><td>1<td>2</table><p>y</p></table>z",
       "[nav][x]{1|2}[y][z]"},
      {"<table><tr><td><table><tr><td><table><tr><td>1<td>2</table></table></table>", "{1|2}"},
      {"<table><caption>t</caption><tr><td>a<td><table><tr><td>1<td>2</table></table>",
       "[t][a]{1|2}"},
      {"<table><tr><td>nav<td><p>1<p>2<p>3<p>4<p>5<p>6</table>", "[nav][1][2][3][4][5][6]"},
  });
}

TEST(Html, ATableOfDataKeepsItsGridWhenTablesFollowInside) {
  expect_shown({
      {"<table><tr><td>1<td>2<td>3<td>4<p>三、申请<table><tr><td>5<td>6</table>x",
       "{1|2|3|4}[三、申请]{5|6}[x]"},
      {"<table><tr><td>1<td>2<td>3<td>n <table><tr><td>5</table><td>4</table>", "{1|2|3|n;5|4}"},
  });
}

TEST(Html, TablesDeeperThanTheLimitAreText) {
  HtmlLimits limits;
  limits.depth = 2;
  const Document document = scan_html(
      "<table><tr><td>a<td><table><tr><td>b<td><table><tr><td>c<td>d</table>e</table></table>f",
      limits);
  EXPECT_EQ(shown(document), "[a]{b|c;d;e}[f]");
  EXPECT_EQ(document.limits, std::vector<std::string>{"DEPTH"});
}

TEST(Html, GridsHaveLimits) {
  HtmlLimits limits;
  limits.cells = 3;
  EXPECT_EQ(shown(scan_html("<table><tr><td>a<td>b<tr><td>c<td>d</table>", limits)), "{a|b/c}");
  EXPECT_EQ(scan_html("<table><tr><td>a<td>b<tr><td>c<td>d</table>", limits).limits,
            std::vector<std::string>{"GRID_CELLS"});
  limits = {};
  limits.rows = 1;
  EXPECT_EQ(scan_html("<table><tr><td>a<td>b<tr><td>c<td>d</table>", limits).limits,
            std::vector<std::string>{"GRID_ROWS"});
  limits = {};
  limits.columns = 2;
  EXPECT_EQ(shown(scan_html("<table><tr><td>a<td colspan=9>b<td>c</table>", limits)), "{a|b}");
  limits = {};
  limits.blocks = 2;
  EXPECT_EQ(shown(scan_html("<p>a<p>b<p>c<p>d", limits)), "[a][b]");
  EXPECT_EQ(scan_html("<p>a<p>b<p>c", limits).limits, std::vector<std::string>{"BLOCKS"});
  limits = {};
  limits.links = 1;
  EXPECT_EQ(scan_html("<a href=x>1</a><a href=y>2</a>", limits).limits,
            std::vector<std::string>{"LINKS"});
  limits = {};
  limits.attributes = 1;
  EXPECT_EQ(scan_html("<a x=1 href=y>1</a>", limits).limits,
            std::vector<std::string>{"ATTRIBUTES"});
  EXPECT_TRUE(scan_html("<a x=1 href=y>1</a>", limits).links.empty());
}

TEST(Html, LinksImagesAndMetaAreKept) {
  const Document document = scan_html(
      "<head><title> 报告 &amp;\n附件 </title><meta name=PubDate content='2024-01-21'><base "
      "href='/b/'>"
      "<meta property=og:title content=x></head><p>a</p><p>见 <a href='x.pdf?a=1&amp;b=2'> 附件 1 "
      "</a></p>"
      "<table><tr><td>1<td><a href=y>2</a><img src=t.png alt='表&quot;'><tr><td>3<td>4</table>"
      "<img src='data:image/png;base64,AAAA'>");
  EXPECT_EQ(document.title, "报告 & 附件");
  ASSERT_EQ(document.meta.size(), 3U);
  EXPECT_EQ(document.meta[0].name, "PubDate");
  EXPECT_EQ(document.meta[0].content, "2024-01-21");
  EXPECT_EQ(document.meta[1].name, "base");
  EXPECT_EQ(document.meta[2].name, "og:title");
  ASSERT_EQ(document.links.size(), 2U);
  EXPECT_EQ(document.address(document.links[0]), "x.pdf?a=1&b=2");
  EXPECT_EQ(document.view(document.links[0].text), "附件 1");
  EXPECT_EQ(document.view(document.blocks[document.links[0].block].text), "见 附件 1");
  EXPECT_EQ(document.blocks[document.links[1].block].kind, BlockKind::kGrid);
  ASSERT_EQ(document.images.size(), 2U);
  EXPECT_FALSE(document.images[0].is_frame);
  EXPECT_EQ(document.images[0].src, "t.png");
  EXPECT_EQ(document.images[0].alt, "表\"");
  EXPECT_EQ(document.images[1].src, "data:image/png;base64");
}

TEST(Html, KeepsTheAddressOfALinkThatAlsoHasAName) {
  const Document document = scan_html("<a name=\"_GoBack\" href='x.pdf'>1</a><img name=n src='y.png'>");
  ASSERT_EQ(document.links.size(), 1U);
  EXPECT_EQ(document.address(document.links[0]), "x.pdf");
  ASSERT_EQ(document.images.size(), 1U);
  EXPECT_EQ(document.images[0].src, "y.png");
}

TEST(Html, NamesTheDocumentsThatItShowsInFrames) {
  const Document document =
      scan_html("<p>a</p><iframe name=f src='a.html'><p>old</p></iframe><embed src=b.pdf><object data='c.pdf'>d</object><p style='display:none'><embed src=e></p>");
  ASSERT_EQ(document.images.size(), 3U);
  EXPECT_EQ(document.images[0].src, "a.html");
  EXPECT_EQ(document.images[1].src, "b.pdf");
  EXPECT_EQ(document.images[2].src, "c.pdf");
  EXPECT_TRUE(document.images[2].is_frame);
  EXPECT_EQ(document.text.find("old"), std::string::npos);
}

TEST(Html, CharsetLabelIsFoundInThePage) {
  EXPECT_EQ(html_charset_label("<meta charset=\"gbk\">"), "gbk");
  EXPECT_EQ(
      html_charset_label("<meta http-equiv=Content-Type content=\"text/html; charset=gb2312\">"),
      "gb2312");
  EXPECT_EQ(html_charset_label("<?xml version='1.0' encoding='utf-8'?>"), "utf-8");
  EXPECT_EQ(html_charset_label("<meta charset="), "");
  EXPECT_EQ(html_charset_label("text"), "");
  std::string late(5000, ' ');
  late.append("<meta charset=gbk>");
  EXPECT_EQ(html_charset_label(late), "");
}

}  // namespace
}  // namespace gouji
