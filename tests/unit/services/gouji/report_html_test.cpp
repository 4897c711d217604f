#include "services/gouji/report_html.h"

#include <gtest/gtest.h>

#include "tests/unit/services/gouji/checked_document.h"

namespace gouji::command {
namespace {

std::size_t count(const std::string& text, std::string_view part) {
  std::size_t n = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++n;
  return n;
}

TEST(CheckHtml, EscapesWhateverTheDocumentSays) {
  const std::string page = html_section(checked_document(), Language::kChinese);
  EXPECT_EQ(page.find("<script"), std::string::npos);
  EXPECT_NE(page.find("表三&lt;script&gt;"), std::string::npos);
  EXPECT_NE(page.find("许昌市&lt;b&gt;水利局"), std::string::npos);
  EXPECT_EQ(html_escaped("<a href=\"x\" id='y'>&"), "&lt;a href=&quot;x&quot; id=&#39;y&#39;&gt;&amp;");
}

TEST(CheckHtml, MarksTheWrongCellWithReportedAndProposedValue) {
  const std::string page = html_section(checked_document(), Language::kChinese);
  EXPECT_EQ(count(page, "<td class=\"certain\""), 1U);
  EXPECT_NE(page.find("<s>41</s> <b>14</b>"), std::string::npos);
  EXPECT_EQ(count(page, " class=\"off\""), 1U);
}

TEST(CheckHtml, NeverStrikesAFigureThatOnlyMayBeWrong) {
  const std::string page = html_section(checked_document(3), Language::kChinese);
  EXPECT_EQ(page.find("<s>"), std::string::npos);
  EXPECT_EQ(count(page, "<td class=\"possible\""), 2U);
}

TEST(CheckHtml, ListsNoMoreExplanationsThanAReaderCanUse) {
  EXPECT_EQ(count(html_section(checked_document(500), Language::kEnglish), "<tr><th rowspan"), 25U);
}

TEST(CheckHtml, LoadsNothingFromElsewhere) {
  const std::string page = html_begin(Language::kChinese) + html_section(checked_document(), Language::kChinese) + html_end(Language::kChinese);
  EXPECT_EQ(page.find("http://"), std::string::npos);
  EXPECT_EQ(page.find("https://"), std::string::npos);
  EXPECT_EQ(page.find(" src="), std::string::npos);
  EXPECT_EQ(count(page, "<table"), count(page, "</table>"));
}

TEST(CheckHtml, SaysWhyADocumentWasNotRead) {
  CheckedDocument document = checked_document();
  document.outcome = Refusal{RefusalClass::kPoison, {"EMPTY", "文件为空 & 无字"}};
  const std::string page = html_section(document, Language::kChinese);
  EXPECT_NE(page.find("<b>无法读取</b> 文件为空 &amp; 无字（EMPTY）"), std::string::npos);
}

}  // namespace
}  // namespace gouji::command
