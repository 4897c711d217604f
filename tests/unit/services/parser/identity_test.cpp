#include <gtest/gtest.h>

#include "common/text/fold.h"
#include "services/parser/core/front_matter.h"
#include "services/parser/core/names.h"
#include "tests/unit/services/parser/reading_help.h"

namespace gouji::parser {
namespace {

const std::string kBody = "\n一、总体情况\n本年度公开政府信息12条。\n二、主动公开政府信息情况\n三、收到和处理政府信息公开申请情况\n";

TEST(Title, IsTakenApart) {
  struct Case {
    const char* title;
    const char* organ;
    int year;
  };
  for (const Case& each : {Case{"许昌市人民政府2019年政府信息公开工作年度报告", "许昌市人民政府", 2019},
                           {"2022年上海市政府信息公开工作年度报告", "上海市", 2022},
                           {"连云区教育局政府信息公开工作2025年度报告", "连云区教育局", 2025},
                           {"2019年度新建区林业局政府信息公开年度报告", "新建区林业局", 2019},
                           {"临河市水利局二〇二四年政府信息公开工作年度报告", "临河市水利局", 2024},
                           {"关于2019年政府信息公开工作年度报告", "", 2019},
                           {"临河市行政审批局（临河市政务服务管理办公室）2023年政府信息公开工作年度报告", "临河市行政审批局", 2023},
                           {"海城市人民政府信息公开年报", "海城市人民政府", 0}}) {
    const TitleParts parts = parse_title(fold_label(each.title));
    EXPECT_TRUE(parts.is_report) << each.title;
    EXPECT_EQ(parts.organ, each.organ) << each.title;
    EXPECT_EQ(parts.year.value_or(0), each.year) << each.title;
  }
}

TEST(Name, IsFullOnlyWithItsPlace) {
  for (const char* name : {"许昌市交通运输局", "中扬镇", "桃江县鲊埠回族乡", "和平区教育局", "国家税务总局", "南关区永吉街道办事处", "临河市城东区"}) {
    EXPECT_EQ(name_kind(name), NameKind::kFull) << name;
  }
  for (const char* name : {"市教育局", "县统计局", "我局", "区政府办公室", "本机关"}) EXPECT_NE(name_kind(name), NameKind::kFull) << name;
  for (const char* name : {"通过平顶山市人民政府", "请与临河市水利局", "工作报告", "2021", "临河市委", "临河市各县区"}) EXPECT_EQ(name_kind(name), NameKind::kNone) << name;
}

TEST(Identity, ComesFromTheTitle) {
  const Reading reading = reading_of("临河市水利局2021年政府信息公开工作年度报告" + kBody);
  EXPECT_EQ(reading.organ_name, "临河市水利局");
  EXPECT_EQ(reading.year, 2021);
  EXPECT_EQ(reading.key.organ_id, "name::临河市水利局");
  EXPECT_EQ(reading.key.year, 2021);
  EXPECT_FALSE(reading.votes.empty());
}

TEST(Identity, ComesFromATitleOverTwoLines) {
  EXPECT_EQ(reading_of("临河市城东区档案馆2024年政府\n信息公开工作年度报告" + kBody).organ_name, "临河市城东区档案馆");
  EXPECT_EQ(reading_of("2024年临河市永安街道办事处\n政府信息公开工作年度报告" + kBody).organ_name, "临河市永安街道办事处");
}

// A portal prints its menu, the reports of other years and the neighbouring pages around a report.
const std::string kMenu =
    "<div><a href='/'>首页</a><a href='/zwgk'>政务公开</a></div><ul><li><a href='/1'>临河市水利局2022年政府信息公开工作年度报告</a></li>"
    "<li><a href='/2'>临河市教育局2021年政府信息公开工作年度报告</a><span>2022-01-20</span></li></ul>";

TEST(Identity, IsNotTakenFromLinksToOtherReports) {
  const std::string report = "<h3>临河市水利局2023年政府信息公开工作年度报告</h3><p>来源：<a href='/org'>临河市水利局</a></p>"
                             "<p>一、总体情况</p><p>2023年公开政府信息12条。</p><p>二、主动公开政府信息情况</p><p>三、收到和处理政府信息公开申请情况</p>"
                             "<p>上一篇：<a href='/0'>临河市水利局2020年政府信息公开工作年度报告</a></p>";
  const Reading reading = reading_of("<html><body>" + kMenu + report + "</body></html>");
  EXPECT_EQ(reading.title, "临河市水利局2023年政府信息公开工作年度报告");
  EXPECT_EQ(reading.organ_name, "临河市水利局");
  for (const Vote& vote : reading.votes) {
    if (vote.field == "year") {
      EXPECT_EQ(vote.value, "2023") << vote.source;
    }
  }
}

TEST(Identity, OfAPageKeptAsTextIsThatOfItsPeriod) {
  const Reading reading = reading_of("首页\n临河市水利局2022年政府信息公开工作年度报告\n临河市水利局2021年政府信息公开工作年度报告\n当前位置：首页\n"
                                     "临河市水利局2023年政府信息公开工作年度报告\n统计期限为2023年1月1日至2023年12月31日。" + kBody);
  EXPECT_EQ(reading.year, 2023);
  EXPECT_EQ(reading.title, "临河市水利局2023年政府信息公开工作年度报告");
  for (const Vote& vote : reading.votes) {
    if (vote.source == "title" && vote.field == "year") {
      EXPECT_EQ(vote.value, "2023");
    }
  }
}

TEST(Identity, IsFoundBelowAMenuOfHundredsOfLinks) {
  std::string menu;
  for (int i = 0; i < 300; ++i) menu += "<p><a href='/" + std::to_string(i) + "'>栏目" + std::to_string(i) + "</a></p>";
  EXPECT_EQ(reading_of("<html><body>" + menu + "<p>临河市水利局2023年政府信息公开工作年度报告</p><p>一、总体情况</p><p>公开9条。</p></body></html>").organ_name,
            "临河市水利局");
}

TEST(Identity, IsTakenFromAHeadingThatLinksToItself) {
  EXPECT_EQ(reading_of("<html><body><h1><a href='/self'>临河市水利局2023年政府信息公开工作年度报告</a></h1><p>一、总体情况</p><p>公开9条。</p></body></html>").year, 2023);
}

TEST(Identity, SurvivesALinkThatIsNeverClosed) {
  std::string page = "<html><body><a href='/x'><p>临河市水利局2023年政府信息公开工作年度报告</p><p>一、总体情况</p><p>";
  for (int i = 0; i < 20; ++i) page += "2023年公开政府信息12条。";
  EXPECT_EQ(reading_of(page).year, 2023);
}

TEST(Identity, OfTheInnerTitleCountsWhereANoticeWrapsTheReport) {
  const Reading reading = reading_of("临河市水利局关于印发2025年政府信息公开工作年度报告的通知\n临河市水利局\n2025年政府信息公开工作年度报告" + kBody +
                                     "四、政府信息公开行政复议、行政诉讼情况\n五、存在的主要问题及改进情况\n");
  EXPECT_EQ(reading.organ_name, "临河市水利局");
  EXPECT_EQ(reading.year, 2025);
}

TEST(Identity, IsOpenWhereTheDocumentDoesNotSay) {
  const Reading reading = reading_of("政府信息公开工作年度报告" + kBody);
  EXPECT_FALSE(reading.organ_name);
  EXPECT_FALSE(reading.year);
  EXPECT_EQ(reading.key.organ_id, "location:0123");
  EXPECT_EQ(reading.key.year, 0);
}

TEST(Identity, OfABareNameIsOpen) {
  const Reading reading = reading_of("市水利局2021年政府信息公开工作年度报告\n来源：市水利局" + kBody);
  EXPECT_FALSE(reading.organ_name);
  EXPECT_EQ(reading.year, 2021);
  EXPECT_EQ(reading.key.organ_id, "location:0123");
}

TEST(Identity, OfABareNameIsCompletedByThePublisher) {
  EXPECT_EQ(reading_of("市民政局2024年度政府信息公开工作年度报告\n2025-02-05 17:21 临河市民政局" + kBody).organ_name, "临河市民政局");
}

TEST(Identity, OfATownAloneHasANameAndNoKey) {
  const Reading reading = reading_of("中扬镇2022年度政府信息公开工作年度报告" + kBody);
  EXPECT_EQ(reading.organ_name, "中扬镇");
  EXPECT_EQ(reading.key.organ_id, "location:0123");
}

TEST(Identity, TakesNoPortalForTheAuthor) {
  EXPECT_FALSE(reading_of("来源：临河市人民政府办公室\n2022年，全镇公开政府信息566条。" + kBody).organ_name);
  EXPECT_FALSE(reading_of("来源：临河区 发布时间：2021-01-25\n2022年公开政府信息566条。" + kBody).organ_name);
}

// Many pages print no title in the text: the report says in prose whose it is.
TEST(Identity, ComesFromTheSentenceThatNamesTheReport) {
  struct Case {
    const char* sentence;
    const char* organ;
  };
  for (const Case& each : {Case{"根据《中华人民共和国政府信息公开条例》规定，现公布临河市水利局2023年政府信息公开工作年度报告。", "临河市水利局"},
                           {"根据有关要求，现特向社会公布2023年云陵镇人民政府信息公开工作年度报告。", "云陵镇人民政府"},
                           {"根据有关规定，编制临河市人民政府地方志办公室2023年政府信息公开工作年度报告。", "临河市人民政府地方志办公室"},
                           {"现公布临河市人民政府2023年度政府信息公开工作报告。如有疑问，请联系临河市政府政务服务中心。报告的电子版可在临河市人民政府网站下载。", "临河市人民政府"},
                           {"现将临河市水利局2023年政府信息公开工作年度报告公布如下。", "临河市水利局"},
                           {"本报告根据有关规定，由临河市水利局办公室编制，分六个部分。", "临河市水利局"},
                           {"按照要求，现向社会公开《临河市水利局2023年政府信息公开工作年度报告》。", "临河市水利局"},
                           {"本年报是由临河市水利局编制的2023年度政府信息公开年度报告。", "临河市水利局"},
                           {"根据要求，结合国家税务总局临河市税务局（以下简称“临河税务局”）政府信息公开工作有关统计数据撰写。", "国家税务总局临河市税务局"},
                           {"根据《中华人民共和国政府信息公开条例》及上级政府信息公开工作的有关规定和通知的要求，临河市水利局编制了市水利局2023年政府信息公开工作年度报告。", "临河市水利局"}}) {
    const Reading reading = reading_of(std::string(each.sentence) + "统计期限为2023年1月1日至2023年12月31日。" + kBody);
    EXPECT_EQ(reading.organ_name.value_or("none"), each.organ) << each.sentence;
    EXPECT_EQ(reading.year, 2023) << each.sentence;
  }
}

TEST(Identity, ComesFromWhomToAskWhereTheOrganCallsItselfSo) {
  const std::string ask = "统计期限为2023年1月1日至2023年12月31日。如对本报告有疑问，请与临河市水利局办公室联系（地址：清江路1号）。\n一、总体情况\n";
  const std::string rest = "收到申请3件。\n二、主动公开政府信息情况\n三、收到和处理政府信息公开申请情况\n";
  EXPECT_EQ(reading_of(ask + "2023年我局" + rest).organ_name, "临河市水利局");
  EXPECT_EQ(reading_of("如有疑问，请与临河市卫生健康委员会办公室联系。\n一、总体情况\n2023年我委" + rest).organ_name, "临河市卫生健康委员会");
  EXPECT_FALSE(reading_of(ask + "2023年我县" + rest).organ_name);
  EXPECT_FALSE(reading_of(ask + "2023年" + rest).organ_name);
}

TEST(Identity, OfATownIsOneUnderItsShorterAndLongerNames) {
  EXPECT_EQ(reading_of("2023年，云陵镇主动公开信息9条。望川县云陵镇人民政府认真答复申请。统计期限为2023年1月1日至2023年12月31日。" + kBody).organ_name, "望川县云陵镇人民政府");
}

TEST(Identity, IsNotTakenFromAnAddress) {
  EXPECT_FALSE(reading_of("统计期限为2023年1月1日至2023年12月31日。如有疑问，请与本机关联系（地址：临河市人民政府，邮编：123456）。" + kBody).organ_name);
}

TEST(Identity, IsNotMadeOfClausesThatLookLikeNames) {
  for (const char* sentence : {"2023年，紧扣市委、市政府中心工作，主动公开信息12条。", "报告的电子版可在临河市人民政府网站下载。", "本报告并在临河区人民政府门户网站公开。",
                               "2023年街道在临河区人民政府网站公开信息12条。", "2023年，市水利局按照市委要求主动公开信息12条。",
                               "依据《国务院办公厅关于年报的通知》、国务院办公厅政府信息与政务公开办公室文件要求，公开信息12条。",
                               "2023年，督促各单位发布上年的政府信息公开年报。"}) {
    const Reading reading = reading_of("统计期限为2023年1月1日至2023年12月31日。" + std::string(sentence) + kBody);
    EXPECT_EQ(reading.organ_name.value_or("none"), "none") << sentence;
  }
  EXPECT_EQ(reading_of("统计期限为2023年1月1日至2023年12月31日。\n一、总体情况\n2023年，临河市水利局在临河市委领导下公开信息3条。\n二、主动公开政府信息情况\n").organ_name, "临河市水利局");
}

TEST(Year, ComesFromTheSentenceThatNamesTheReport) {
  EXPECT_EQ(reading_of("结合工作实际，现公布2020年政府信息公开工作年度报告。" + kBody).year, 2020);
  EXPECT_FALSE(reading_of("按时发布了2020年政府信息公开工作年度报告。" + kBody).year);
}

TEST(Year, ComesFromThePeriodAlsoWithLostCharacters) {
  EXPECT_EQ(reading_of("统计期限为2022年1月1日至2022年12月31日。" + kBody).year, 2022);
  EXPECT_EQ(reading_of("统计期限自202011日起，至20201231日止。" + kBody).year, 2020);
  EXPECT_EQ(reading_of("统计期限为2025  1  1  日至 2025  12  31  日。" + kBody).year, 2025);
  EXPECT_FALSE(reading_of("国办公开办函〔202130号要求。" + kBody).year);
}

TEST(Year, OfADateOfPublicationIsNoYearOfReport) {
  const Reading reading = reading_of("发布时间：2026-01-16 14:07" + kBody);
  EXPECT_FALSE(reading.year);
  EXPECT_EQ(reading.published_on, "2026-01-16");
}

TEST(Year, ThatIsOnlyComparedWithDoesNotCount) {
  EXPECT_EQ(reading_of("2023年度，我局收到申请22件，比2022年下降29%，2件结转2024年办理。" + kBody).year, 2023);
}

TEST(Year, InConflictFollowsThePeriodAndIsNoted) {
  const Reading reading = reading_of("临河市水利局2020年政府信息公开工作年度报告\n统计期限为2021年1月1日至2021年12月31日。" + kBody);
  EXPECT_EQ(reading.year, 2021);
  ASSERT_FALSE(reading.warnings.empty());
  EXPECT_EQ(reading.warnings[0].code, "YEAR_CONFLICT");
}

TEST(Hint, DecidesWhereTheTextIsSilentAndNotAgainstIt) {
  const std::vector<Hint> hints = {{"organ", "临河市水利局", "list_row"}, {"year", "2021", "list_row"}};
  const Reading silent = reading_of("政府信息公开工作年度报告" + kBody, hints);
  EXPECT_EQ(silent.key.organ_id, "name::临河市水利局");
  EXPECT_EQ(silent.year, 2021);
  const Reading clear = reading_of("临河市财政局2020年政府信息公开工作年度报告" + kBody, hints);
  EXPECT_EQ(clear.organ_name, "临河市财政局");
  EXPECT_EQ(clear.year, 2020);
  const Reading told = reading_of("临河市财政局2020年政府信息公开工作年度报告" + kBody, {{"year", "2021", "user"}});
  EXPECT_EQ(told.year, 2021);
}

TEST(Scope, ComesFromTheWording) {
  const std::string government = "临河市人民政府2021年政府信息公开工作年度报告\n一、总体情况\n";
  EXPECT_EQ(reading_of(government + "本报告由临河市政府办公室汇总全市政府信息公开工作情况编制而成。全市各级行政机关公开信息9条。\n").key.scope, Scope::kAggregate);
  EXPECT_EQ(reading_of(government + "本报告综合各乡镇人民政府、市政府各部门年度报告编制。\n本机关公开信息9条。\n").key.scope, Scope::kAggregate);
  EXPECT_EQ(reading_of("临河市水利局2021年政府信息公开工作年度报告\n一、总体情况\n我局公开信息9条，全市各级水库公开信息5条。\n").key.scope, Scope::kOwn);
  EXPECT_EQ(reading_of(government + "公开信息9条。\n").key.scope, Scope::kUnknown);
}

TEST(Organ, ThatIsListedGivesItsId) {
  const auto organs = OrganDirectory::parse(
      R"({"source":"s","date":"2025-01-01","organs":[{"id":"x1","name":"临河市水利局","aliases":["临河市水务局"],"division":"999900"}],
          "divisions":{"990000":"某省","999900":"临河市","999901":"清江区","988801":"清江区"}})");
  ASSERT_TRUE(organs);
  Input input;
  const std::string listed = "临河市水务局2021年政府信息公开工作年度报告" + kBody;
  input.bytes = listed;
  const Reading reading = std::get<Reading>(read(input, *organs));
  EXPECT_EQ(reading.key.organ_id, "x1");
  const std::string other = "临河市财政局2021年政府信息公开工作年度报告" + kBody;
  input.bytes = other;
  EXPECT_EQ(std::get<Reading>(read(input, *organs)).key.organ_id, "name:999900:临河市财政局");
  // The same organ, however much of what lies above it the document names.
  const std::string longer = "某省临河市财政局2021年政府信息公开工作年度报告" + kBody;
  input.bytes = longer;
  EXPECT_EQ(std::get<Reading>(read(input, *organs)).key.organ_id, "name:999900:临河市财政局");
  // Two districts have one name; with its city it is one of them.
  const std::string namesake = "清江区财政局2021年政府信息公开工作年度报告" + kBody;
  input.bytes = namesake;
  EXPECT_EQ(std::get<Reading>(read(input, *organs)).key.organ_id.substr(0, 9), "location:");
  const std::string district = "临河市清江区财政局2021年政府信息公开工作年度报告" + kBody;
  input.bytes = district;
  EXPECT_EQ(std::get<Reading>(read(input, *organs)).key.organ_id, "name:999901:清江区财政局");
}

TEST(Date, IsFoundInItsForms) {
  EXPECT_EQ(find_date("发布时间：2025/1/21 10:00"), "2025-01-21");
  EXPECT_EQ(find_date("2021年01月28日"), "2021-01-28");
  EXPECT_EQ(find_date("2024年1-12月，收到申请0件"), "");
  EXPECT_EQ(find_date("20250121"), "");
  EXPECT_EQ(find_date("2025-13-01"), "");
}

}  // namespace
}  // namespace gouji::parser
