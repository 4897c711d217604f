#include <gtest/gtest.h>

#include <algorithm>

#include "services/parser/core/claims.h"
#include "tests/unit/services/parser/reading_help.h"

namespace gouji::parser {
namespace {

const Claim* claim_of(const Reading& reading, std::int64_t value) {
  const auto found = std::find_if(reading.claims.begin(), reading.claims.end(),
                                  [&](const Claim& claim) { return claim.value == value; });
  return found == reading.claims.end() ? nullptr : &*found;
}

Reading with_prose(const std::string& prose) {
  return reading_of("临河市水利局2021年政府信息公开工作年度报告\n一、总体情况\n" + prose + "\n二、主动公开政府信息情况\n");
}

TEST(Claims, NameTheCellsTheyMayMean) {
  const Reading reading = with_prose(
      "全年共收到政府信息公开申请527件，上年结转5件，已答复526件，结转下年度继续办理6件。其中，予以公开342件，部分公开30件，不予公开85件，无法提供58件。");
  ASSERT_NE(claim_of(reading, 527), nullptr);
  EXPECT_EQ(claim_of(reading, 527)->readings.size(), 3u);
  EXPECT_EQ(claim_of(reading, 527)->readings[0], std::vector<std::string>{"t3.new.total"});
  EXPECT_EQ(claim_of(reading, 5)->readings[0], std::vector<std::string>{"t3.carried_in.total"});
  EXPECT_EQ(claim_of(reading, 6)->readings[0], std::vector<std::string>{"t3.carried_out.total"});
  EXPECT_EQ(claim_of(reading, 342)->readings[0], std::vector<std::string>{"t3.granted.total"});
  EXPECT_EQ(claim_of(reading, 85)->readings[0].size(), 8u);
  EXPECT_EQ(claim_of(reading, 58)->readings[0].size(), 3u);
  EXPECT_EQ(claim_of(reading, 527)->unit, "件");
}

// The words in front of a number are cut at a character, also where figures stand among them.
TEST(Claims, KeepTheirWordsWhole) {
  for (std::size_t digits = 0; digits < 3; ++digits) {
    std::string words = "依申请公开平台";
    for (int i = 0; i < 14; ++i) words += "和各类渠道" + std::string(digits, 'a');
    const Reading reading = with_prose(words + "收到申请97件。");
    ASSERT_NE(claim_of(reading, 97), nullptr);
    const std::string& subject = claim_of(reading, 97)->subject;
    EXPECT_LE(subject.size(), 120u);
    EXPECT_EQ(static_cast<unsigned char>(subject.front()) & 0xC0, subject.front() >= 'a' ? 0x40 : 0xC0) << digits;
  }
}

TEST(Claims, AboutOtherCountsHaveNoReading) {
  const Reading reading = with_prose(
      "依申请公开平均办理时限11个工作日。经批准延期答复12件。各县区共收到政府信息公开申请1313件。上一年度收到政府信息公开申请1414件。举办政府信息公开申请办理培训15次。"
      "转送其他机关办理申请16件。办理依申请公开10-17件不等。全市法院受理行政诉讼案件1818件，负责人出庭应诉19件。");
  for (const int value : {11, 12, 1313, 1414, 15, 16, 1818, 19}) {
    ASSERT_NE(claim_of(reading, value), nullptr) << value;
    EXPECT_TRUE(claim_of(reading, value)->readings.empty()) << value;
  }
  EXPECT_EQ(claim_of(reading, 17), nullptr);
}

TEST(Claims, KnowHedges) {
  const Reading reading = with_prose("公开信息10370余条，约200件申请办结，发布28万余条，1.5万条，收到申请突破300件，不少于四百件。");
  EXPECT_TRUE(claim_of(reading, 10370)->hedged);
  EXPECT_TRUE(claim_of(reading, 200)->hedged);
  EXPECT_TRUE(claim_of(reading, 280000)->hedged);
  EXPECT_TRUE(claim_of(reading, 300)->hedged);
  EXPECT_TRUE(claim_of(reading, 400)->hedged);
}

TEST(Claims, OfReviewAndLitigationGoToTable4) {
  const Reading reading = with_prose("发生行政复议62件，行政诉讼21件。");
  EXPECT_EQ(claim_of(reading, 62)->readings[0], std::vector<std::string>{"t4.reconsideration.total"});
  EXPECT_EQ(claim_of(reading, 21)->readings[0].size(), 2u);
}

TEST(Claims, OfOtherReviewsHaveNoReading) {
  const Reading reading = with_prose("答复行政复议13件。本局全年受理行政复议案件140件。备案政府信息公开领域行政复议案件15件，行政诉讼案件16件。");
  for (const int value : {13, 140, 15, 16}) {
    ASSERT_NE(claim_of(reading, value), nullptr) << value;
    EXPECT_TRUE(claim_of(reading, value)->readings.empty()) << value;
  }
}

TEST(Claims, OfOneChannelHaveNoReading) {
  const Reading reading = with_prose("通过网络、信函等途径共收到政府信息公开申请26件，其中收到邮寄依申请公开信息17件，公开平台依申请公开9件。");
  EXPECT_FALSE(claim_of(reading, 26)->readings.empty());
  EXPECT_TRUE(claim_of(reading, 17)->readings.empty());
  EXPECT_TRUE(claim_of(reading, 9)->readings.empty());
}

TEST(Claims, AreAlsoInChineseNumerals) {
  const Reading reading = with_prose("全年收到政府信息公开申请十二件，其中一是网上申请，第三十一条除外，上年结转三十件。");
  ASSERT_NE(claim_of(reading, 12), nullptr);
  EXPECT_EQ(claim_of(reading, 12)->readings[0], std::vector<std::string>{"t3.new.total"});
  ASSERT_NE(claim_of(reading, 30), nullptr);
  EXPECT_EQ(claim_of(reading, 30)->readings[0], std::vector<std::string>{"t3.carried_in.total"});
  EXPECT_EQ(claim_of(reading, 31), nullptr);
}

TEST(Claims, OfResultsNameTheGroupAndTheResult) {
  const Reading reading = with_prose("行政复议结果维持7件，行政诉讼结果纠正9件，未经复议直接起诉5件。");
  EXPECT_EQ(claim_of(reading, 7)->readings[0], std::vector<std::string>{"t4.reconsideration.upheld"});
  EXPECT_EQ(claim_of(reading, 9)->readings[0].front(), "t4.litigation_direct.corrected");
  EXPECT_EQ(claim_of(reading, 5)->readings[0], std::vector<std::string>{"t4.litigation_direct.total"});
}

TEST(Claims, AboutLettersOfCitizensHaveNoReading) {
  const Reading reading = with_prose("收到网民留言1795件，办结1777件。");
  ASSERT_NE(claim_of(reading, 1795), nullptr);
  EXPECT_TRUE(claim_of(reading, 1795)->readings.empty());
}

TEST(Claims, AreBounded) {
  std::string prose;
  for (int i = 0; i < 500; ++i) prose.append("公开信息").append(std::to_string(i + 1000)).append("条。");
  EXPECT_LE(with_prose(prose).claims.size(), kClaimsMax);
}

}  // namespace
}  // namespace gouji::parser
