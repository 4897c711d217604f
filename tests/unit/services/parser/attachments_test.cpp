// A page and its attachments are one report: what the page lacks comes from them, and says so.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/render_html.h"
#include "tests/unit/services/parser/reading_help.h"

namespace gouji::parser {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Field;
using ::testing::Not;

constexpr std::string_view kTitle = "临河市人民政府2021年政府信息公开工作年度报告";
constexpr std::string_view kProse =
    "<h2>一、总体情况</h2><p>2021年，临河市人民政府主动公开信息100条。统计期限自2021年1月1日起至2021年12月31日止。</p>"
    "<h2>二、主动公开政府信息情况</h2><p>见附件。</p><h2>三、收到和处理政府信息公开申请情况</h2><p>见附件。</p>"
    "<h2>四、政府信息公开行政复议、行政诉讼情况</h2><p>见附件。</p><h2>五、存在的主要问题及改进情况</h2><p>无。</p>"
    "<h2>六、其他需要报告的事项</h2><p>无。</p>";

std::string page(std::string_view title, std::string_view content) {
  return "<html><body><h1>" + std::string(title) + "</h1>" + std::string(content) + "</body></html>";
}

ReadOutcome read_with(std::string_view body, const std::vector<std::string>& attachments) {
  Input input;
  input.bytes = body;
  input.location_id = "0123";
  for (const std::string& bytes : attachments) {
    input.attachments.push_back({"附件" + std::to_string(input.attachments.size() + 1), "", "text/html", bytes});
  }
  return read(input, OrganDirectory::empty());
}

Reading reading_with(std::string_view body, const std::vector<std::string>& attachments) {
  ReadOutcome outcome = read_with(body, attachments);
  if (auto* reading = std::get_if<Reading>(&outcome)) return std::move(*reading);
  ADD_FAILURE() << "refused: " << std::get<Refusal>(outcome).reason.code;
  Reading none;
  none.tables.resize(3);
  return none;
}

std::string refusal_with(std::string_view body, const std::vector<std::string>& attachments) {
  const ReadOutcome outcome = read_with(body, attachments);
  const auto* refusal = std::get_if<Refusal>(&outcome);
  if (refusal == nullptr) return "read";
  return (refusal->refusal_class == RefusalClass::kPoison ? "poison " : "not_a_report ") + refusal->reason.code;
}

std::string report_of(const std::string& organ, int year, std::uint32_t seed = 3) {
  testing::ReportFigures figures = testing::made_up_figures(2021, 2021, seed);
  figures.organ = organ;
  figures.year = year;
  return testing::render_clean_html(figures);
}

auto warning(std::string_view code, std::int32_t part) {
  return AllOf(Field(&ReadingNote::code, code), Field(&ReadingNote::where, Field(&Where::part, part)));
}

TEST(Attachment, GivesTheTablesThatThePageLacks) {
  const Reading reading = reading_with(page(kTitle, kProse), {report_of("临河市人民政府", 2021)});
  EXPECT_EQ(reading.status, ReadingStatus::kParsed);
  EXPECT_EQ(reading.organ_name, "临河市人民政府");
  for (const TableReading& table : reading.tables) {
    EXPECT_EQ(table.status, TableStatus::kRead);
    ASSERT_FALSE(table.where.empty());
    EXPECT_EQ(table.where.front().part, 1);
    EXPECT_GT(table.where.front().end, table.where.front().begin);
  }
  ASSERT_EQ(reading.attachments.size(), 1U);
  EXPECT_EQ(reading.attachments[0].name, "附件1");
  EXPECT_TRUE(reading.attachments[0].is_used);
  // The prose is the page's own.
  ASSERT_FALSE(reading.sections.empty());
  EXPECT_EQ(reading.sections.back().where.part, 0);
}

TEST(Attachment, IsNotNeededWhereThePageHasItsTables) {
  const std::string other = report_of("临河市人民政府", 2021, 9);
  const std::string body = report_of("临河市人民政府", 2021, 3);
  const Reading alone = reading_with(body, {});
  const Reading both = reading_with(body, {other});
  EXPECT_EQ(cell(both, "t3.new.total"), cell(alone, "t3.new.total"));
  EXPECT_EQ(both.tables[1].where.front().part, 0);
  EXPECT_NE(both.content_digest, alone.content_digest);  // a changed attachment is a changed document
}

TEST(Attachment, MakesAPageWithOneLinkAReport) {
  const std::string body = page("附件下载", "<p><a href='a.pdf'>报告全文</a></p>");
  EXPECT_EQ(refusal_with(body, {}), "not_a_report NO_REPORT");
  const Reading reading = reading_with(body, {report_of("临河市人民政府", 2021)});
  EXPECT_EQ(reading.year, 2021);
  EXPECT_EQ(reading.key.organ_id.substr(0, 5), "name:");
  ASSERT_FALSE(reading.sections.empty());
  EXPECT_EQ(reading.sections.back().where.part, 1);
  EXPECT_THAT(reading.votes, Contains(Field(&Vote::where, Field(&Where::part, 1))));
}

TEST(Attachment, OfANoticeThatPublishesTheReportIsTheReport) {
  const std::string body = page("关于发布临河市人民政府2021年政府信息公开工作年度报告的通知", "<p>现予发布，请查阅附件。</p>");
  EXPECT_EQ(refusal_with(body, {}), "not_a_report NOTICE_ABOUT_REPORTS");
  EXPECT_EQ(reading_with(body, {report_of("临河市人民政府", 2021)}).tables[1].status, TableStatus::kRead);
}

TEST(Attachment, ThatIsABlankFormMakesNoReportOfTheNotice) {
  testing::ReportFigures blank = testing::made_up_figures(2021, 2021, 1);
  for (auto* table : {&blank.table2, &blank.table3}) {
    for (auto& row : *table) {
      for (std::string& figure : row) figure.clear();
    }
  }
  for (std::string& figure : blank.table4) figure.clear();
  const std::string body = page("关于做好2021年政府信息公开工作年度报告编制工作的通知", "<p>请按附件格式编制。</p>");
  EXPECT_EQ(refusal_with(body, {testing::render_clean_html(blank)}), "not_a_report NOTICE_ABOUT_REPORTS");
}

TEST(Attachment, OfAnotherYearOrOrganIsLeftAlone) {
  for (const std::string& other : {report_of("临河市人民政府", 2020), report_of("青浦湾市教育局", 2021)}) {
    const Reading reading = reading_with(page(kTitle, kProse), {other});
    EXPECT_EQ(reading.status, ReadingStatus::kPartial);
    EXPECT_EQ(reading.year, 2021);
    EXPECT_FALSE(reading.tables[1].status == TableStatus::kRead);
    EXPECT_THAT(reading.warnings, Contains(warning("ATTACHMENT_OF_OTHER_REPORT", 1)));
  }
}

TEST(Attachment, SeveralReportsOnOnePageAreNotMixed) {
  const std::string body = page("各单位报告", "<p>附件</p>");
  EXPECT_EQ(refusal_with(body, {report_of("临河市教育局", 2021), report_of("临河市民政局", 2021, 5)}), "not_a_report SEVERAL_REPORTS");
  // The same report in two formats is one.
  EXPECT_EQ(refusal_with(body, {report_of("临河市教育局", 2021), report_of("临河市教育局", 2021)}), "read");
}

TEST(Attachment, ThatCannotBeReadIsAWarning) {
  const Reading reading = reading_with(page(kTitle, kProse), {std::string(400, static_cast<char>(0)), report_of("临河市人民政府", 2021)});
  EXPECT_EQ(reading.tables[1].status, TableStatus::kRead);
  EXPECT_EQ(reading.tables[1].where.front().part, 2);
  EXPECT_THAT(reading.warnings, Contains(warning("ATTACHMENT_UNREADABLE", 1)));
  EXPECT_THAT(reading.warnings, Not(Contains(warning("ATTACHMENT_UNREADABLE", 2))));
}

TEST(Attachment, ThatCannotBeReadRefusesAPageThatHasNothingElse) {
  EXPECT_EQ(refusal_with(page("附件", "<p>下载</p>"), {std::string(400, static_cast<char>(0))}), "poison NOT_TEXT_BINARY");
}

TEST(Attachment, StandsInForABodyThatCannotBeRead) {
  const Reading reading = reading_with("", {report_of("临河市人民政府", 2021)});
  EXPECT_EQ(reading.tables[2].where.front().part, 1);
  EXPECT_THAT(reading.warnings, Contains(warning("BODY_UNREADABLE", 0)));
  EXPECT_EQ(refusal_with("", {"<p>问卷</p>"}), "poison EMPTY");
}

TEST(Attachment, ThatIsSomethingElseChangesNothing) {
  const Reading reading = reading_with(page(kTitle, kProse), {page("政府信息公开申请表", "<table><tr><td>姓名</td><td></td></tr></table>")});
  EXPECT_EQ(reading.year, 2021);
  EXPECT_EQ(reading.status, ReadingStatus::kPartial);
}

}  // namespace
}  // namespace gouji::parser
