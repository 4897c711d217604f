// Pages as trees, and the subset of CSS selectors over them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/markup/html_tree.h"
#include "common/markup/selector.h"

namespace gouji {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> texts(std::string_view html, std::string_view css) {
  const HtmlTree tree(html);
  const auto selector = Selector::parse(css);
  EXPECT_TRUE(selector) << selector.error().message;
  std::vector<std::string> found;
  for (const std::uint32_t at : selector->find(tree)) found.push_back(tree.text(at));
  return found;
}

constexpr std::string_view kList = R"(<div id=box><ul class="list a"><li class="x odd"><a href="./t20240115_1.html" title='甲 &amp; 乙'>一</a> <span>2024-01-15</span>
<li class=x><a href="/b.pdf">二</a><li><b>三</b></ul></div><p>四<p>五<div><a href="//c">六</a></div>)";

TEST(Selector, FindsByNameIdClassAndAttribute) {
  EXPECT_THAT(texts(kList, "li"), ElementsAre("一 2024-01-15", "二", "三"));
  EXPECT_THAT(texts(kList, "#box a"), ElementsAre("一", "二"));
  EXPECT_THAT(texts(kList, "LI.x.odd, b"), ElementsAre("一 2024-01-15", "三"));
  EXPECT_THAT(texts(kList, "a[href^='./t20']"), ElementsAre("一"));
  EXPECT_THAT(texts(kList, "a[href$=pdf]"), ElementsAre("二"));
  EXPECT_THAT(texts(kList, "a[href*='/']"), ElementsAre("一", "二", "六"));
  EXPECT_THAT(texts(kList, "[title=\"甲 & 乙\"]"), ElementsAre("一"));
  EXPECT_THAT(texts(kList, "ul[class~=a] > li > a"), ElementsAre("一", "二"));
}

TEST(Selector, FindsByPlaceAndContent) {
  EXPECT_THAT(texts(kList, "li:has(a[href])"), ElementsAre("一 2024-01-15", "二"));
  EXPECT_THAT(texts(kList, "li:not(.x)"), ElementsAre("三"));
  EXPECT_THAT(texts(kList, "li:first-child > a"), ElementsAre("一"));
  EXPECT_THAT(texts(kList, "li:last-child"), ElementsAre("三"));
  EXPECT_THAT(texts(kList, "li:nth-child(2)"), ElementsAre("二"));
  EXPECT_THAT(texts(kList, "a + span"), ElementsAre("2024-01-15"));
  EXPECT_THAT(texts(kList, "li ~ li b"), ElementsAre("三"));
  EXPECT_THAT(texts(kList, "a:contains('二')"), ElementsAre("二"));
  EXPECT_THAT(texts(kList, "p"), ElementsAre("四", "五"));
  EXPECT_THAT(texts(kList, "p a"), IsEmpty());
}

TEST(Selector, TriesEveryAncestorBeforeItGivesUp) {
  EXPECT_THAT(texts("<div class=a><div><div class=b><i>x</i></div></div></div>", ".a > div .b i"), ElementsAre("x"));
  EXPECT_THAT(texts("<div class=a><p></p><div><div><i>x</i></div></div></div>", ".a > div i"), ElementsAre("x"));
}

TEST(Selector, SaysWhatItCannotRead) {
  for (const char* css : {"", "a[", "a[href", "a[href='x]", ":has(", "a::before", "a:hover", "> a", "a >", "a,,b", "li:has(a:has(b))", "a:nth-child(0)", "a b c d e f g h i", "p.", "#"}) {
    EXPECT_FALSE(Selector::parse(css)) << css;
  }
  EXPECT_THAT(Selector::parse("li:hass(a)").error().message, HasSubstr("selector \"li:hass(a)\": an unknown condition"));
}

TEST(Selector, StopsWhereAPageWouldTakeForEver) {
  std::string page;
  for (int i = 0; i < 20'000; ++i) page += "<div class=x>";
  const HtmlTree tree(page);
  (void)Selector::parse(".x .x .x .x .x .x .y")->find(tree);
  (void)Selector::parse(":has(.z) ~ :has(.z) .q")->find(tree);
}

TEST(HtmlTree, TakesPagesAsTheyAre) {
  EXPECT_THAT(texts("<table><tr><td>1<td>2<tr><td>3</table>", "td"), ElementsAre("1", "2", "3"));
  EXPECT_THAT(texts("<table><tr><td></div>1</td><td>2</td></tr></table>", "tr"), ElementsAre("1 2"));
  EXPECT_THAT(texts("a<b>1 < 2 & 3</b", "b"), ElementsAre("1 < 2 & 3"));
  EXPECT_THAT(texts("<p>a<!-- <p>no</p> -->b<![CDATA[<i>]]>c</p>", "p"), ElementsAre("ab<i>c"));
  EXPECT_THAT(texts("<script>var a = '<p>no</p>';</script><p>yes</p>", "p"), ElementsAre("yes"));
  EXPECT_THAT(texts("<script>no end<p>yes</p>", "p"), ElementsAre("yes"));
  EXPECT_THAT(texts("<p>a<br>b&nbsp;c</p>", "p"), ElementsAre("a b\u00a0c"));
  EXPECT_THAT(texts("<a title=\"x>y\" href=z>t</a>", "a[title='x>y'][href=z]"), ElementsAre("t"));
}

TEST(HtmlTree, TellsFiguresOfOneCellFromThoseOfAnother) {
  const auto comparable = [](std::string_view html) { return HtmlTree(html).comparable_text(kNoElement); };
  EXPECT_NE(comparable("<table><tr><td>1<td>23</table>"), comparable("<table><tr><td>12<td>3</table>"));
  EXPECT_NE(comparable("<table><tr><td></td><td>5</td></table>"), comparable("<table><tr><td>5</td><td></td></table>"));
  EXPECT_EQ(comparable("<p>本 局\n 公开</p>  <p>二</p>"), comparable("<p>本局公开</p><div>二</div>"));
}

TEST(HtmlTree, EndsInTimeWhateverThePage) {
  for (const std::string_view part : {"<", "<!", "<!--", "<![CDATA[", "<script>", "</a", "<a b='", "<td>", "<textarea></x>", "<p><li>"}) {
    std::string page;
    while (page.size() < 1'000'000) page += part;
    const HtmlTree tree(page);
    EXPECT_LE(tree.elements().size(), 200'000U);
    for (std::uint32_t i = 0; i < tree.elements().size(); ++i) {
      ASSERT_LT(tree.elements()[i].last, tree.elements().size());
      ASSERT_GE(tree.elements()[i].last, i);
      ASSERT_LE(tree.elements()[i].content, tree.elements()[i].end);
    }
  }
}

}  // namespace
}  // namespace gouji
