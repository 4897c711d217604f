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
    {"25_news_of_another_organ.txt", "NEWS"},
    {"26_format_notice.txt", "OTHER_DOCUMENT"},
    {"27_template.html", "OTHER_DOCUMENT"},
    {"28_guide_with_menu.html", "OTHER_DOCUMENT"},
    {"29_regulation.txt", "OTHER_DOCUMENT"},
    {"30_statistics_bulletin.txt", "OTHER_DOCUMENT"},
    {"31_budget_report.txt", "OTHER_DOCUMENT"},
    {"32_readme.md", "NO_REPORT"},
    {"33_list_as_text.txt", "LIST_OF_REPORTS"},
    {"34_list_in_a_table.html", "LIST_OF_REPORTS"},
    {"35_picture_story.html", "INTERPRETATION"},
    {"36_application_form.txt", "OTHER_DOCUMENT"},
    {"37_how_to_fill_in.txt", "OTHER_DOCUMENT"},
    {"38_publication_check.txt", "OTHER_DOCUMENT"},
    {"39_reconsideration_decision.txt", "OTHER_DOCUMENT"},
    {"40_questions_and_answers.txt", "OTHER_DOCUMENT"},
    {"41_study.txt", "OTHER_DOCUMENT"},
    {"42_hotline_report.txt", "OTHER_DOCUMENT"},
    {"43_enforcement_statistics.txt", "OTHER_DOCUMENT"},
    {"44_environment_report.txt", "PUBLIC_ENTERPRISE"},
    {"45_tender.txt", "OTHER_DOCUMENT"},
    {"46_reporting_plan.txt", "OTHER_DOCUMENT"},
    {"47_minutes.txt", "OTHER_DOCUMENT"},
    {"48_news_with_figures.txt", "NEWS"},
    {"49_news_without_a_reporter.txt", "NEWS"},
    {"50_news_in_a_portal.html", "NEWS"},
    {"51_form_for_any_organ.txt", "OTHER_DOCUMENT"},
    {"52_sample_with_crosses.txt", "OTHER_DOCUMENT"},
    {"53_letter_asking_for_reports.txt", "NOTICE_ABOUT_REPORTS"},
    {"54_work_points_done.txt", "OTHER_DOCUMENT"},
    {"55_list_of_years.txt", "LIST_OF_REPORTS"},
    {"56_party_affairs.txt", "OTHER_DOCUMENT"},
    {"57_readme_that_quotes.md", "NO_REPORT"},
    {"58_log_of_a_program.txt", "NO_REPORT"},
    {"59_fault_of_a_program.txt", "NO_REPORT"},
    {"60_reconsideration_report.txt", "OTHER_DOCUMENT"},
    {"61_draft_for_comments.txt", "OTHER_DOCUMENT"},
    {"62_government_work_report.html", "OTHER_DOCUMENT"},
    {"63_correction.html", "NO_REPORT"},
    {"64_village_affairs.html", "OTHER_DOCUMENT"},
    {"65_hotline_in_the_reports_column.html", "NO_REPORT"},
    {"66_rules_for_reports.txt", "OTHER_DOCUMENT"},
    {"67_sentences.txt", "NO_REPORT"},
    {"68_comparison.txt", "OTHER_DOCUMENT"},
    {"69_which_reports_are_out.txt", "OTHER_DOCUMENT"},
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

// Openings of reports whose title is odd, lost or elsewhere; the sections follow.
TEST(Report, WithAnOddTitleOrNoneIsRead) {
  for (const std::string_view opening : {
           "", "全文如下：", "2022年度 政府信息公开 年度报告\n临河市水利局", "二〇二二年政府信息公开年报\n望川县松岭镇人民政府", "望川县松岭镇2022年政务公开工作年度报告",
           "临河市水利局\n2022年\n政府信息公开工作年度报告", "信息公开工作情况汇报\n（临河市水利局，2023年1月）", "临河市第一中学2022年政府信息公开工作年度报告",
           "全年发布政策解读材料12篇，图解3篇，受理公开申请3件。", "上半年召开政务公开推进会2次，下半年培训1次，主动公开信息46条。",
           "《公开条例》施行以来，本机关修订了公开规定。\n2022年主动公开政府信息46条。", "政府公报\n权责清单\n通知公告\n临河市水利局政府信息公开（2022年度）",
           "关于发布《云岫区水务局2022年政府信息公开工作年度报告》的公告", "年报\n发布机构：望川县财政局　发布日期：2023-01-19"}) {
    for (const std::string_view body : {kBody, kShortBody})
      EXPECT_EQ(refusal_of(std::string(opening) + std::string(body)), opening.find("中学") == opening.npos ? "read" : "not_a_report PUBLIC_ENTERPRISE") << opening;
  }
  EXPECT_EQ(refusal_of("<html><head><title>临河市水利局2022年政府信息公开工作年度报告</title></head><body><p>正文</p>" + std::string(kShortBody) + "</body></html>"), "read");
}

// Schools and hospitals that fill in the form of the organs: what counts is what they report.
TEST(Report, OfASchoolWithTheOfficialTablesIsRead) {
  std::string text = "临河市第一中学2022年政府信息公开工作年度报告" + std::string(kBody);
  text += "三、收到和处理政府信息公开申请情况\n一、本年新收政府信息公开申请数量\t1\t0\t0\t0\t0\t0\t1\n二、上年结转政府信息公开申请数量\t0\t0\t0\t0\t0\t0\t0\n";
  EXPECT_EQ(refusal_of(text), "read");
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
