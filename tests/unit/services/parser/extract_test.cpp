#include "services/parser/core/extract.h"

#include <gtest/gtest.h>

#include "services/parser/core/read.h"
#include "services/parser/core/text_extract.h"
#include "tests/support/render_html.h"

namespace gouji::parser {
namespace {

std::string code_of(const ExtractOutcome& outcome) {
  const auto* reason = std::get_if<Reason>(&outcome);
  return reason != nullptr ? reason->code : "";
}

Document document_of(std::string_view bytes, std::string_view media_type = {}) {
  ExtractOutcome outcome = extract({bytes, media_type, {}});
  EXPECT_EQ(code_of(outcome), "");
  return std::holds_alternative<Document>(outcome) ? std::get<Document>(outcome) : Document{};
}

std::string_view bytes_at(std::string_view source, const Where& where) {
  return source.substr(static_cast<std::size_t>(where.begin),
                       static_cast<std::size_t>(where.end - where.begin));
}

struct Refused {
  std::string bytes;
  std::string_view code;
};

TEST(Extract, RefusesWithAReasonOfItsOwn) {
  const Refused cases[] = {
      {"", "EMPTY"},
      {"\n \n", "EMPTY"},
      {std::string(500, '\x02'), "NOT_TEXT_BINARY"},
      {"%PDF-1.7\n", "FORMAT_NOT_SUPPORTED"},
      {"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "FORMAT_NOT_SUPPORTED"},
      {"\xFF\xD8\xFF\xE0", "FORMAT_NOT_SUPPORTED"},
      {std::string("PK\x03\x04word/document.xml"), "MALFORMED_ZIP"},
      {"{\"title\": \"x\"}", "JSON_WITHOUT_DOCUMENT"},
      {"{\"content\": \"<p>cut", "MALFORMED_JSON"},
      {"a\xFF b\xFF c\xFF d\xFF", "CHARSET_UNDECIDED"},
  };
  for (const Refused& c : cases)
    EXPECT_EQ(code_of(extract({c.bytes, "text/html", {}})), c.code) << c.bytes.substr(0, 20);
}

TEST(Extract, ARefusalNamesTheFormatInBothLanguages) {
  const ExtractOutcome outcome = extract({"%PDF-1.7 renamed to .html", "text/html", {}});
  const auto* reason = std::get_if<Reason>(&outcome);
  ASSERT_NE(reason, nullptr);
  EXPECT_NE(reason->message.find("暂不支持 PDF"), std::string::npos);
  EXPECT_NE(reason->message.find("the format PDF is not supported"), std::string::npos);
}

TEST(Extract, RefusesWhatIsTooLarge) {
  EXPECT_EQ(code_of(extract({std::string(kInputBytesMax + 1, 'a'), {}, {}})), "TOO_LARGE");
}

TEST(Extract, SaysWhenLabelAndBytesDisagree) {
  const std::string page = "<meta charset=utf-8><p>本年新收政府信息公开申请数量</p><p>x";
  const Document labelled_wrong = document_of(testing::gb18030_by_iconv(page));
  EXPECT_EQ(labelled_wrong.charset, "gb18030");
  EXPECT_TRUE(labelled_wrong.charset_conflict);
  EXPECT_EQ(labelled_wrong.text, "本年新收政府信息公开申请数量\nx\n");
  EXPECT_FALSE(document_of(page).charset_conflict);
  EXPECT_TRUE(document_of(page, "text/html; charset=GBK").charset_conflict);
  EXPECT_EQ(document_of(page).charset, "utf-8");
}

TEST(ExtractText, EveryLineIsABlockWithItsPlace) {
  const std::string text = "一、总体情况\r\n\r\n规章|12|3|\n末行";
  const Document document = document_of(text);
  EXPECT_EQ(document.format, "text");
  ASSERT_EQ(document.blocks.size(), 4U);
  EXPECT_EQ(document.text, "一、总体情况\n\n规章|12|3|\n末行\n");
  for (const Block& block : document.blocks) EXPECT_EQ(block.kind, BlockKind::kLine);
  EXPECT_TRUE(document.blocks[1].text.empty());
  const auto at = static_cast<std::uint32_t>(document.text.find("12"));
  EXPECT_EQ(bytes_at(text, document.where({at, at + 2})), "12");
  EXPECT_EQ(bytes_at(text, document.where(document.blocks[3].text)), "末行");
  EXPECT_EQ(document.where(document.blocks[1].text).begin,
            static_cast<std::int64_t>(text.find("\r\n规章")));
}

TEST(ExtractText, PlacesAreExactInGb18030AndBehindAMark) {
  const std::string text = "一、总体情况\n规章|12|3|\n";
  for (const std::string& bytes : {"\xEF\xBB\xBF" + text, testing::gb18030_by_iconv(text)}) {
    const Document document = document_of(bytes);
    EXPECT_EQ(document.text, text);
    const auto at = static_cast<std::uint32_t>(document.text.find("12"));
    EXPECT_EQ(bytes_at(bytes, document.where({at, at + 2})), "12");
  }
}

TEST(ExtractText, RunsOfSeparatorsAreCapped) {
  const std::string bars(500, '|'), tabs(64, '\t'), kept(kSeparatorRunMax, '|');
  const std::string text = "规章|12" + bars + "34\n" + tabs + "5\n";
  const Document document = document_of(text);
  EXPECT_EQ(document.view(document.blocks[0].text), "规章|12" + kept + "34");
  EXPECT_EQ(document.view(document.blocks[1].text), tabs + "5");
  const auto at = static_cast<std::uint32_t>(document.text.find("34"));
  EXPECT_EQ(bytes_at(text, document.where({at, at + 2})), "34");
  EXPECT_EQ(document.limits, std::vector<std::string>{"SEPARATORS"});
}

TEST(ExtractText, LinesHaveALimit) {
  std::string text(kTextLinesMax + 5, '\n');
  text.append("x");
  const Document document = document_of(text);
  EXPECT_EQ(document.blocks.size(), kTextLinesMax);
  EXPECT_EQ(document.limits, std::vector<std::string>{"LINES"});
}

std::string json_string(const std::string& text) {
  std::string escaped = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') escaped += '\\';
    if (c == '\n' || c == '\r') {
      escaped += c == '\n' ? "\\n" : "\\r";
    } else {
      escaped += c;
    }
  }
  return escaped + "\"";
}

TEST(ExtractJson, TheLongestDocumentInsideIsRead) {
  const auto figures = testing::made_up_figures(2021, 2021);
  const std::string page = testing::render_clean_html(figures);
  const std::string json =
      "{\"code\": 0, \"data\": {\"title\": \"报告\", \"summary\": " +
      json_string(
          "<p>本年度报告的摘要，只有一段，比正文短得多，所以不会被当成正文；它也有标签。</p>") +
      ", \"content\": " + json_string(page) + "}}";
  for (const std::string& bytes : {json, testing::gb18030_by_iconv(json), "\xEF\xBB\xBF" + json}) {
    const Document document = document_of(bytes, "application/json");
    EXPECT_EQ(document.grids.size(), 3U);
    EXPECT_EQ(document.text, document_of(page).text);
    const Where where = document.where(document.grids[1].cells[20].text);
    const std::string_view place = bytes_at(bytes, where);
    EXPECT_TRUE(place.starts_with("<!DOCTYPE html>"));
    EXPECT_TRUE(place.ends_with("</html>\\n"));
  }
}

TEST(ExtractJson, EscapedTagsAndPlainTextAreRead) {
  const std::string escaped =
      "[{\"body\": "
      "\"\\u003ctable\\u003e\\u003ctr\\u003e\\u003ctd\\u003e1\\u003ctd\\u003e2\\u003c/table\\u003e"
      "\\u003cp\\u003e\\u603b\\u4f53\\u60c5\\u51b5\"}]";
  const Document html = document_of(escaped);
  ASSERT_EQ(html.grids.size(), 1U);
  EXPECT_EQ(html.text, "1\t2\n总体情况\n");
  const Document text = document_of(
      "{\"text\": "
      "\"一、总体情况\\n规章|12|"
      "3\\n二、主动公开政府信息情况\\n三、收到和处理政府信息公开申请情况\"}");
  EXPECT_EQ(text.format, "text");
  EXPECT_EQ(text.blocks.size(), 4U);
}

}  // namespace
}  // namespace gouji::parser
