// Documents in which other reports, or their names, stand beside the one that is read.
#include <gtest/gtest.h>

#include <string>

#include "tests/unit/services/parser/reading_help.h"

namespace gouji::parser {
namespace {

// A short report whose requests number `figure` in every column.
std::string report(const std::string& title, int year, int figure) {
  const std::string value = "\t" + std::to_string(figure), values = value + value + value + value + value + value + value;
  const std::string years = std::to_string(year);
  return title + "\n一、总体情况\n我局认真贯彻落实条例。统计期限为" + years + "年1月1日至" + years +
         "年12月31日。\n二、主动公开政府信息情况\n信息内容\t本年制发件数\t本年废止件数\t现行有效件数\n规章" + value + value + value +
         "\n三、收到和处理政府信息公开申请情况\n申请人情况\n一、本年新收政府信息公开申请数量" + values + "\n二、上年结转政府信息公开申请数量" + values +
         "\n四、政府信息公开行政复议、行政诉讼情况\n无\n五、存在的主要问题及改进情况\n无\n六、其他需要报告的事项\n无\n";
}

TEST(SeveralReports, OnOnePageGiveTheFirstWithItsOwnFigures) {
  for (const char* next : {"望川县民政局2023年政府信息公开工作年度报告", "附件1：望川县民政局2023年政府信息公开工作年度报告", "望川县教育局2022年政府信息公开工作年度报告", "望川县民政局"}) {
    const Reading reading = reading_of(report("望川县教育局2023年政府信息公开工作年度报告", 2023, 5) + report(next, 2022, 7));
    EXPECT_EQ(reading.organ_name, "望川县教育局") << next;
    EXPECT_EQ(reading.year, 2023) << next;
    EXPECT_EQ(cell(reading, "t3.new.total"), "5") << next;
    EXPECT_EQ(cell(reading, "t2.regulations.issued"), "5") << next;
    ASSERT_FALSE(reading.warnings.empty()) << next;
    EXPECT_EQ(reading.warnings.front().code, "SEVERAL_REPORTS") << next;
  }
}

TEST(SeveralReports, AreNotSeenInASecondTableOfOneReport) {
  std::string text = report("望川县教育局2023年政府信息公开工作年度报告", 2023, 5);
  text.insert(text.find("四、政府"), "附：2022年申请情况\n一、本年新收政府信息公开申请数量\t1\t0\t0\t0\t0\t0\t1\n");
  const Reading reading = reading_of(text);
  EXPECT_EQ(cell(reading, "t3.new.total"), "5");
  for (const ReadingNote& warning : reading.warnings) EXPECT_NE(warning.code, "SEVERAL_REPORTS");
}

TEST(Title, OfThePageItselfCountsAmongThoseOfOtherOrgans) {
  const std::string others = "<ul><li>望川县民政局2022年政府信息公开工作年度报告</li><li>望川县审计局2021年政府信息公开工作年度报告</li></ul>";
  const std::string body = "<p>一、总体情况</p><p>公开政府信息12条。</p><p>二、主动公开政府信息情况</p><p>三、收到和处理政府信息公开申请情况</p>";
  for (const char* title : {"<h1>望川县教育局2023年政府信息公开工作年度报告</h1>", "<p>望川县教育局2023年政府信息公开工作年度报告</p>"}) {
    const Reading reading = reading_of("<html><body>" + others + title + body + "</body></html>");
    EXPECT_EQ(reading.organ_name, "望川县教育局") << title;
    EXPECT_EQ(reading.year, 2023) << title;
  }
}

struct Naming {
  const char* text;
  const char* organ;
};

TEST(Organ, ThatTheTitleDoesNotNameIsTakenFromWhereReportsPrintIt) {
  const std::string body = "\n一、总体情况\n2023年公开政府信息12条。\n二、主动公开政府信息情况\n三、收到和处理政府信息公开申请情况\n六、其他需要报告的事项\n无\n";
  for (const Naming& each : {Naming{"2023年政府信息公开工作年度报告\n望川县教育局\n（2024年1月20日）", "望川县教育局"},
                             {"首页 > 政务公开 > 望川县教育局 > 政府信息公开年报\n2023年政府信息公开工作年度报告", "望川县教育局"},
                             {"附件2\n望川县教育局2023年政府信息公开工作年度报告", "望川县教育局"},
                             {"望川县教育局——2023年政府信息公开年报", "望川县教育局"},
                             {"交通运输部2023年政府信息公开工作年度报告", "交通运输部"}}) {
    EXPECT_EQ(reading_of(each.text + body).organ_name, each.organ) << each.text;
  }
  EXPECT_EQ(reading_of("2023年政府信息公开工作年度报告" + body + "望川县教育局\n2024年1月20日\n").organ_name, "望川县教育局");
}

TEST(Organ, HasNoButtonsOfThePageInItsName) {
  const std::string body = "\n一、总体情况\n2023年公开政府信息12条。\n二、主动公开政府信息情况\n三、收到和处理政府信息公开申请情况\n";
  EXPECT_EQ(reading_of("打印本页  关闭窗口\n望川县教育局2023年政府信息公开工作年度报告" + body).organ_name, "望川县教育局");
}

TEST(Organ, IsNotTheGovernmentThatRunsThePortal) {
  const std::string body = "\n一、总体情况\n2023年公开政府信息12条。\n二、主动公开政府信息情况\n三、收到和处理政府信息公开申请情况\n";
  EXPECT_EQ(reading_of("首页 > 望川县人民政府 > 政府信息公开年报\n2023年政府信息公开工作年度报告" + body).organ_name, std::nullopt);
  EXPECT_EQ(reading_of("2023年政府信息公开工作年度报告\n2023年，未收到政府信息公开申请。\n主办：望川县人民政府 ICP备1号\n").organ_name, std::nullopt);
}

}  // namespace
}  // namespace gouji::parser
