#include <gtest/gtest.h>

#include "tests/unit/services/parser/reading_help.h"

namespace gouji::parser {
namespace {

TEST(Genre, RefusesLookAlikes) {
  EXPECT_EQ(refusal_of("临河市人民政府办公室关于做好2021年政府信息公开工作年度报告编制发布工作的通知\n各县区人民政府：\n请于2022年1月31日前发布。\n"),
            "not_a_report NOTICE_ABOUT_REPORTS");
  EXPECT_EQ(refusal_of("一图读懂：临河市2021年政府信息公开工作年度报告\n主动公开政府信息12条\n"), "not_a_report INTERPRETATION");
  EXPECT_EQ(refusal_of("临河市水利局2021年法治政府建设年度报告\n一、总体情况\n2021年，我局制定规范性文件2件。\n"),
            "not_a_report LAW_GOVERNMENT_REPORT");
  EXPECT_EQ(refusal_of("临河市供水公司公共企事业单位信息公开2021年度报告\n一、总体情况\n公开信息9条。\n"), "not_a_report PUBLIC_ENTERPRISE");
  EXPECT_EQ(refusal_of("临河市水利局2021年上半年政府信息公开工作统计表\n主动公开 12 条\n"), "not_a_report PART_OF_YEAR");
  EXPECT_EQ(refusal_of("临河市召开春耕灌溉现场会\n3月5日上午，临河市水利局在城东召开现场会，部署春灌。\n"), "not_a_report NO_REPORT");
}

TEST(Genre, RefusesOtherDocumentsThatSpeakOfPublication) {
  for (const char* text : {"临河市2023年政务公开工作要点\n一、加强主动公开。\n二、规范依申请公开。办理政府信息公开申请要依法。\n三、做好年度报告编制发布。\n",
                           "临河市水利局政府信息公开指南\n一、主动公开\n二、依申请公开\n本机关收到政府信息公开申请后20个工作日内答复。\n三、行政复议、行政诉讼\n",
                           "临河市水利局2023年部门预算公开情况说明\n一、部门概况\n二、主动公开预决算信息23条。\n"}) {
    EXPECT_EQ(refusal_of(text), "not_a_report OTHER_DOCUMENT") << text;
  }
  EXPECT_EQ(refusal_of("临河市人民医院2023年信息公开工作年度报告\n一、总体情况\n公开信息120条。\n"), "not_a_report PUBLIC_ENTERPRISE");
  EXPECT_EQ(refusal_of("政府信息公开年报\n临河市水利局\n"), "not_a_report NO_REPORT");
}

TEST(Genre, KeepsAReportBelowTheNameOfAnotherKind) {
  EXPECT_EQ(refusal_of("政府信息公开指南\n政府信息公开目录\n临河市水利局2023年政府信息公开工作年度报告\n一、总体情况\n公开9条。\n"), "read");
}

// What portals print about a page stands above its own heading.
TEST(Genre, IsNotTakenFromTheFieldsOfThePortal) {
  const std::string fields = "索引号: 1234/2024-00021 公开方式: 主动公开\n发布机构: 信息公开办 组配分类: 临政办发\n关键词:\n";
  EXPECT_EQ(refusal_of(fields + "临河市人民政府办公室关于做好2024年政府信息公开工作年度报告编制和发布工作的通知\n各部门：\n一、规范内容。准确统计本年制发件数、本年废止件数、现行有效件数。\n"),
            "not_a_report NOTICE_ABOUT_REPORTS");
  EXPECT_EQ(refusal_of(fields + "信息名称: 临河市水利局2024年政府信息公开工作年度报告 主题分类: 市政府部门信息公开工作年度报告\n临河市水利局2024年政府信息公开工作年度报告\n一、总体情况\n公开9条。\n"), "read");
}

TEST(Genre, IsNotTakenFromLinksToReports) {
  const std::string menu = "<html><body><ul><li><a href='/1'>临河市水利局2022年政府信息公开工作年度报告</a> 2023-01-20</li>"
                           "<li><a href='/2'>临河市水利局2021年政府信息公开工作年度报告</a> 2022-01-20</li></ul>";
  EXPECT_EQ(refusal_of(menu + "</body></html>"), "not_a_report NO_REPORT");
  EXPECT_EQ(refusal_of(menu + "<h1>临河市水利局2022年法治政府建设年度报告</h1><p>一、总体情况</p><p>公开9条。</p></body></html>"),
            "not_a_report LAW_GOVERNMENT_REPORT");
  EXPECT_EQ(refusal_of(menu + "<h1>关于做好2022年政府信息公开工作年度报告编制工作的通知</h1><p>请于1月31日前发布。</p></body></html>"),
            "not_a_report NOTICE_ABOUT_REPORTS");
}

TEST(Genre, RefusesWhatCannotBeRead) {
  EXPECT_EQ(refusal_of(""), "poison EMPTY");
  EXPECT_EQ(refusal_of("  \n \t\n"), "poison EMPTY");
  EXPECT_EQ(refusal_of("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), "poison MALFORMED_PDF");
  EXPECT_EQ(refusal_of(std::string("\x7f" "ELF\0\1\2\3\4\5\6\0\0\0\1\2\3", 18)), "poison NOT_TEXT_BINARY");
}

TEST(Genre, KeepsReportsBefore2019WithoutTables) {
  const Reading reading = reading_of(
      "临河市人民政府2012年政府信息公开工作年度报告\n一、概述\n统计期限自2012年1月1日至2012年12月31日。\n二、主动公开政府信息的情况\n规章 1 2 3\n五、政府信息公开的收费及减免情况\n未收费。\n");
  EXPECT_TRUE(reading.pre_2019);
  EXPECT_EQ(reading.year, 2012);
  for (const TableReading& table : reading.tables) EXPECT_EQ(table.status, TableStatus::kAbsent);
  EXPECT_EQ(reading.status, ReadingStatus::kParsed);
}

TEST(Genre, TakesAnOldFormOf2019ForAReportOf2019) {
  EXPECT_FALSE(reading_of("临河市人民政府2019年政府信息公开工作年度报告\n一、概述\n公开9条。\n五、政府信息公开的收费及减免情况\n未收费。\n").pre_2019);
}

}  // namespace
}  // namespace gouji::parser
