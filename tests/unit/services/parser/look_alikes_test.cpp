// Documents that look like annual reports and are none, each refused for the right reason; and
// reports under titles of every wording, which are not. The organs are made up.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "tests/unit/services/parser/reading_help.h"

namespace gouji::parser {
namespace {

const std::string kFolder = "tests/unit/services/parser/look_alikes/";

struct LookAlike {
  std::string_view file;
  std::string_view code;
};

constexpr LookAlike kLookAlikes[] = {
    {"01_notice.txt", "NOTICE_ABOUT_REPORTS"},
    {"02_notice_with_form.html", "NOTICE_ABOUT_REPORTS"},
    {"03_explanation.txt", "INTERPRETATION"},
    {"04_picture.txt", "INTERPRETATION"},
    {"05_law_government.txt", "LAW_GOVERNMENT_REPORT"},
    {"06_hospital.txt", "PUBLIC_ENTERPRISE"},
    {"07_university.txt", "PUBLIC_ENTERPRISE"},
    {"08_company.txt", "PUBLIC_ENTERPRISE"},
    {"09_half_year.txt", "PART_OF_YEAR"},
    {"10_quarter.txt", "PART_OF_YEAR"},
    {"11_index.html", "NO_REPORT"},
    {"12_error_page.html", "NO_REPORT"},
    {"13_guide.txt", "OTHER_DOCUMENT"},
    {"14_catalogue.txt", "OTHER_DOCUMENT"},
    {"15_assessment.txt", "OTHER_DOCUMENT"},
    {"16_budget.txt", "OTHER_DOCUMENT"},
    {"17_application_form.html", "OTHER_DOCUMENT"},
    {"18_news.txt", "NEWS"},
    {"19_work_points.txt", "OTHER_DOCUMENT"},
    {"20_website_report.txt", "OTHER_DOCUMENT"},
    {"21_reply.txt", "OTHER_DOCUMENT"},
    {"22_work_summary.txt", "OTHER_DOCUMENT"},
    {"23_training.txt", "NEWS"},
    {"24_third_party.txt", "OTHER_DOCUMENT"},
};

TEST(LookAlike, IsRefusedForTheRightReason) {
  for (const LookAlike& look_alike : kLookAlikes) {
    std::ifstream file(kFolder + std::string(look_alike.file), std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    EXPECT_EQ(refusal_of(text), "not_a_report " + std::string(look_alike.code)) << look_alike.file;
  }
}

TEST(LookAlike, OfTheFolderIsInTheTable) {
  std::set<std::string> known;
  for (const LookAlike& look_alike : kLookAlikes) known.emplace(look_alike.file);
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) EXPECT_TRUE(known.contains(entry.path().filename())) << entry.path();
}

constexpr std::string_view kBody =
    "\n一、总体情况\n2022年，本机关主动公开政府信息46条，收到政府信息公开申请3件，均已答复。统计期限为2022年1月1日至2022年12月31日。\n"
    "二、主动公开政府信息情况\n见附表。\n三、收到和处理政府信息公开申请情况\n见附表。\n";
// Without headings of sections, as short reports of towns are.
constexpr std::string_view kShortBody = "\n2022年，本单位主动公开政府信息46条，未收到政府信息公开申请，没有因政府信息公开引起的行政复议和行政诉讼。\n";

TEST(Report, UnderAnyWordingOfItsTitleIsRead) {
  for (const std::string_view title : {
           "云岫区水务局2022年政府信息公开工作年度报告", "2022年度望川县教育体育局政府信息公开年报", "望川县松岭镇人民政府2022年信息公开工作年度报告",
           "关于2022年度政府信息公开工作情况的报告", "临河市公安局关于报送2022年政府信息公开工作年度报告的报告", "青浦湾市2022年政务公开年度报告",
           "临河市人力资源和社会保障局政府信息公开工作2022年度报告", "云岫区医疗保障局政府信息公开2022年工作总结暨年度报告",
           "望川县财政局2022年政府信息公开年度工作报告", "国家税务总局望川县税务局2022年政府信息公开年度报告", "青浦湾市司法局2022年度政府信息公开工作报告",
           "临河市政府信息公开工作年度报告（2022年）", "望川县住房和城乡建设局2022年政府信息公开工作年度报告(修订)",
           "关于印发云岫区人民政府2022年政府信息公开工作年度报告的通知", "关于公布望川县水利局2022年政府信息公开工作年度报告的公告",
           "临河市预算评审中心2022年政府信息公开工作年度报告", "云岫区政务公开办公室2022年政府信息公开工作年度报告"}) {
    EXPECT_EQ(refusal_of(std::string(title) + std::string(kBody)), "read") << title;
    if (title.find("通知") == title.npos) {
      EXPECT_EQ(refusal_of(std::string(title) + std::string(kShortBody)), "read") << title;
    }
  }
}

TEST(Report, BetweenTheMenusOfItsPortalIsRead) {
  for (const std::string_view menu : {"政策解读", "图解政策", "法治政府建设年度报告", "政府信息公开指南", "政府信息公开目录", "财政预算决算", "公共企事业单位信息公开",
                                      "工作总结", "通知公告", "依申请公开申请表", "政府网站年度报表", "新闻发布会", "上半年工作情况"}) {
    const std::string text = std::string(menu) + "\n云岫区水务局2022年政府信息公开工作年度报告" + std::string(kShortBody);
    EXPECT_EQ(refusal_of(text), "read") << menu;
    EXPECT_EQ(refusal_of("<html><body><ul><li>" + std::string(menu) + "</li></ul><h1>云岫区水务局2022年政府信息公开工作年度报告</h1><p>" + std::string(kShortBody) + "</p></body></html>"),
              "read") << menu;
  }
}

}  // namespace
}  // namespace gouji::parser
