#include <gtest/gtest.h>

#include "tests/unit/services/parser/core/layout/page_writer.h"

namespace gouji::parser::testing {
namespace {

const std::vector<float> kDown = {100, 200, 260, 320};

std::string only_grid(const Document& document) {
  return document.grids.size() == 1 ? shown(document, document.grids[0]) : std::to_string(document.grids.size()) + " grids";
}

TEST(RuledTable, StrokesAndThinFillsAreRulesAlike) {
  const auto with = [](float thickness) {
    PageWriter page;
    for (const float y : {100.F, 115.F, 130.F}) page.rule(100, y, 320, y + thickness);
    for (const float x : kDown) page.rule(x, 100, x + thickness, 130);
    return only_grid(laid_out({page.row(kDown, 100, {"规章", "3", "8"}).row(kDown, 115, {"文件", "12", "9"})}));
  };
  EXPECT_EQ(with(0), "规章|3|8\n文件|12|9");
  EXPECT_EQ(with(0.75F), "规章|3|8\n文件|12|9");
}

TEST(RuledTable, RulesInPiecesAndDrawnTwiceAreOne) {
  PageWriter page;
  for (const float y : {100.F, 115.F, 130.F}) {
    for (std::size_t i = 0; i + 1 < kDown.size(); ++i) page.rule(kDown[i], y - 0.5F, kDown[i + 1], y - 0.5F).rule(kDown[i], y + 1, kDown[i + 1], y + 1);
  }
  for (const float x : kDown) page.rule(x, 100, x, 115).rule(x, 115, x, 130);
  EXPECT_EQ(only_grid(laid_out({page.row(kDown, 100, {"规章", "3", "8"}).row(kDown, 115, {"文件", "12", "9"})})), "规章|3|8\n文件|12|9");
}

TEST(RuledTable, AMissingRuleJoinsCells) {
  PageWriter page;
  page.rule(100, 100, 320, 100).rule(100, 115, 320, 115).rule(200, 130, 320, 130).rule(100, 145, 320, 145);
  page.rule(100, 100, 100, 145).rule(200, 115, 200, 145).rule(260, 115, 260, 145).rule(320, 100, 320, 145);
  page.text(180, 102, "申请人情况").text(102, 125, "合计").row({200, 260}, 115, {"1", "2"}).row({200, 260}, 130, {"3", "4"});
  EXPECT_EQ(only_grid(laid_out({page})), "1x3 申请人情况\n2x1 合计|1|2\n3|4");
}

TEST(RuledTable, SidesThatAreNotDrawnAreClosed) {
  PageWriter page;
  for (const float y : {115.F, 130.F}) page.rule(100, y, 320, y);
  for (const float x : {200.F, 260.F}) page.rule(x, 100, x, 145);
  page.row(kDown, 100, {"甲", "1", "2"}).row(kDown, 115, {"乙", "3", "4"}).row(kDown, 130, {"丙", "5", "6"});
  EXPECT_EQ(only_grid(laid_out({page})), "甲|1|2\n乙|3|4\n丙|5|6");
}

TEST(RuledTable, AFigureAtTheEdgeOfThePageMayGoOnBehindIt) {
  const auto with = [](float right) {
    PageWriter page;
    page.rules({400, 500, 560, right}, {100, 115, 130});
    return only_grid(laid_out({page.row({400, 500, 560}, 100, {"规章", "3", "14"}).row({400, 500, 560}, 115, {"文件", "12", "9"})}));
  };
  EXPECT_EQ(with(590), "规章|3|14\n文件|12|9");
  EXPECT_EQ(with(599), "规章|3|14\xEF\xBF\xBD\n文件|12|9\xEF\xBF\xBD");
}

TEST(RuledTable, AFrameAroundTextIsNoTable) {
  PageWriter page;
  page.rules({50, 550}, {50, 790}).text(100, 100, "甲乙丙");
  EXPECT_EQ(shown(laid_out({page})), "甲乙丙");
}

TEST(RuledTable, TablesBesideAndBelowOneAnotherAreTwo) {
  PageWriter page;
  page.rules({100, 150, 200}, {100, 115}).rules({300, 350, 400}, {100, 115}).rules({100, 150, 200}, {200, 215});
  EXPECT_EQ(laid_out({page}).grids.size(), 3U);
}

TEST(RuledTable, SpaceBetweenDoubleRulesIsNoRow) {
  PageWriter page;
  page.rules({100, 104, 200, 300}, {100, 104, 120, 140}).row({104, 200}, 106, {"甲", "1"}).row({104, 200}, 122, {"乙", "2"});
  EXPECT_EQ(only_grid(laid_out({page})), "甲|1\n乙|2");
}

TEST(RuledTable, AnEmptyCellHasThePlaceOfTheCell) {
  PageWriter page;
  page.rules({100, 150, 200}, {100, 115, 130}).row({100, 150}, 100, {"甲", ""}).row({100, 150}, 115, {"乙", "2"});
  const Document document = laid_out({page});
  ASSERT_EQ(only_grid(document), "甲|.\n乙|2");
  const Where where = document.where(document.grids[0].cells[1].text);
  EXPECT_EQ(where.left, 15'000);
  EXPECT_EQ(where.right, 20'000);
  EXPECT_EQ(where.top, 10'000);
  EXPECT_EQ(where.bottom, 11'500);
}

TEST(RuledTable, LinesOfALabelAreWrittenTogether) {
  PageWriter page;
  page.rules({100, 140, 200}, {100, 130, 160}).text(102, 102, "其他对").text(102, 116, "外管理").text(142, 110, "7");
  page.text(110, 132, "三、").text(110, 146, "总计").text(142, 140, "8");
  EXPECT_EQ(only_grid(laid_out({page})), "其他对外管理|7\n三、总计|8");
}

TEST(RuledTable, CharactersStackedInColumnsGoInTheOrderOfTheContent) {
  PageWriter page;
  page.rules({100, 124, 200}, {100, 150, 160}).text_down(112, 102, "本年度").text_down(101, 102, "结果一").text(142, 110, "7");
  EXPECT_EQ(only_grid(laid_out({page})), "本年度结果一|7\n.|.");
}

TEST(RuledTable, AFigureThatDoesNotFitIntoItsCellGoesOnInTheNextLine) {
  PageWriter page;
  page.rules({100, 140, 200, 260}, {100, 130, 160}).text(101, 102, "4402182").text(101, 116, "201");
  EXPECT_EQ(only_grid(laid_out({page})), "4402182201|.|.\n.|.|.");
}

TEST(RuledTable, WhereALineHadRoomForAnotherDigitNobodyKnowsWhetherItIsOneFigure) {
  PageWriter page;
  page.rules({100, 140, 200}, {100, 130, 160}).text(102, 102, "申请").text(142, 102, "12").text(142, 116, "34");
  EXPECT_EQ(only_grid(laid_out({page})), "申请|12\xEF\xBF\xBD" "34\n.|.");
}

TEST(RuledTable, WhatTheTablesTextLeavesFreeInItsCellsIsNoRoom) {
  PageWriter page;
  page.rules({100, 140, 161}, {100, 130, 160, 190}).text(105, 102, "申请").text(145.5F, 102, "12").text(145.5F, 116, "34");
  page.text(105, 132, "本年").text(105, 162, "上年").text(148, 132, "6").text(148, 162, "7");
  EXPECT_EQ(only_grid(laid_out({page})), "申请|1234\n本年|6\n上年|7");
}

TEST(RuledTable, FiguresFarApartInOneCellAreTwo) {
  PageWriter page;
  page.rules({100, 140, 153}, {100, 150, 200}).text(102, 102, "申请").text(142, 102, "12").text(142, 136, "34");
  EXPECT_EQ(only_grid(laid_out({page})), "申请|12\n34\n.|.");
}

TEST(RuledTable, BehindACommaAtTheEndOfALineTheFigureGoesOn) {
  PageWriter page;
  page.rules({100, 140, 200}, {100, 130, 160}).text(102, 102, "申请").text(142, 102, "1，").text(142, 116, "234");
  EXPECT_EQ(only_grid(laid_out({page})), "申请|1，234\n.|.");
}

TEST(RuledTable, DigitsSetApartByTheSameGapAreOneFigure) {
  PageWriter page;
  page.rules({100, 140, 200}, {100, 115, 130}).text(102, 102, "申请").text(142, 102, "1208", 10, 4);
  page.text(142, 117, "12").text(160, 117, "7");
  EXPECT_EQ(only_grid(laid_out({page})), "申请|1208\n.|12\xEF\xBF\xBD" "7");
}

TEST(RuledTable, BesideACellThatReachesOverThreePagesNoRuleGoesAcross) {
  PageWriter page;
  page.rules({130, 200, 260}, {100, 115, 130}).rule(100, 100, 100, 130).text(105, 108, "办理").row({130, 200}, 100, {"甲", "1"}).row({130, 200}, 115, {"乙", "2"});
  EXPECT_EQ(only_grid(laid_out({page})), "2x1 办理|甲|1\n乙|2");
}

TEST(RuledTable, AFigureWrittenOverItsRulesStandsInTheCellOfItsMiddle) {
  PageWriter page;
  page.rules({100, 150, 175, 200}, {100, 115, 130}).text(102, 102, "甲").text(146, 102, "1218711");
  EXPECT_EQ(only_grid(laid_out({page})), "甲|1218711|.\n.|.|.");
}

TEST(RuledTable, DigitsThatMayBeOneFigureOrTwoMakeNone) {
  PageWriter page;
  page.rules({100, 150, 200}, {100, 115, 130}).text(140, 102, "1234");
  EXPECT_EQ(only_grid(laid_out({page})), "12\xEF\xBF\xBD|34\xEF\xBF\xBD\n.|.");
}

TEST(RuledTable, CharactersHigherThanTheirCellStandInNone) {
  PageWriter page;
  page.rules({100, 150, 200}, {100, 115, 130}).row({100, 150}, 100, {"甲", "1"}).row({100, 150}, 115, {"乙", "2"});
  page.text(150, 85, "密", 60);
  EXPECT_EQ(only_grid(laid_out({page})), "甲|1\n乙|2");
}

TEST(RuledTable, MoreCellsThanTheLimitAreLines) {
  LayoutLimits limits;
  limits.cells = 3;
  const Document document = laid_out({PageWriter().rules(kDown, {100, 115, 130}).row(kDown, 100, {"甲", "乙", "丙"})}, limits);
  EXPECT_TRUE(document.grids.empty());
  EXPECT_EQ(document.limits, std::vector<std::string>{"RULINGS"});
  EXPECT_NE(document.text.find("甲"), std::string::npos);
}

class TwoPages : public ::testing::Test {
 protected:
  static PageWriter upper() { return PageWriter(1).rules(kDown, {700, 720, 740}).row(kDown, 700, {"名称", "上年", "本年"}).row(kDown, 720, {"甲", "1", "2"}); }
};

TEST_F(TwoPages, ATableGoesOnInOneGridAndItsHeaderStandsThereOnce) {
  const PageWriter lower = PageWriter(2).rules(kDown, {60, 80, 100, 120}).row(kDown, 60, {"名称", "上年", "本年"}).row(kDown, 80, {"乙", "3", "4"}).row(kDown, 100, {"丙", "5", "6"});
  EXPECT_EQ(only_grid(laid_out({upper(), lower})), "名称|上年|本年\n甲|1|2\n乙|3|4\n丙|5|6");
}

TEST_F(TwoPages, PageNumbersBetweenTheHalvesDoNotPartThem) {
  const PageWriter lower = PageWriter(2).rules(kDown, {60, 80}).row(kDown, 60, {"乙", "3", "4"}).text(300, 800, "2");
  EXPECT_EQ(only_grid(laid_out({upper().text(300, 800, "1"), lower})), "名称|上年|本年\n甲|1|2\n乙|3|4");
}

TEST_F(TwoPages, TablesWithOtherColumnsOrTextBetweenThemAreTwo) {
  const PageWriter other = PageWriter(2).rules({100, 230, 320}, {60, 80}).row({100, 230}, 60, {"乙", "3"});
  EXPECT_EQ(laid_out({upper(), other}).grids.size(), 2U);
  const PageWriter behind = PageWriter(2).text(100, 40, "四、情况说明").rules(kDown, {60, 80}).row(kDown, 60, {"乙", "3", "4"});
  EXPECT_EQ(laid_out({upper(), behind}).grids.size(), 2U);
}

TEST_F(TwoPages, ARowWithItsLabelAboveAndItsFiguresBelowTheBreakIsOne) {
  const PageWriter first = PageWriter(1).rules(kDown, {700, 720, 740}).row(kDown, 700, {"1.甲", "1", "2"}).row(kDown, 720, {"2.乙丙丁", "", ""});
  const PageWriter second = PageWriter(2).rules(kDown, {60, 80, 100}).row(kDown, 60, {"戊己", "3", "4"}).row(kDown, 80, {"3.庚", "5", "6"});
  EXPECT_EQ(only_grid(laid_out({first, second})), "1.甲|1|2\n2.乙丙丁戊己|3|4\n3.庚|5|6");
}

TEST_F(TwoPages, ABreakBetweenTwoLinesOfAFigureLeavesOneFigure) {
  const PageWriter first = PageWriter(1).rules({100, 160, 172, 184}, {700, 720, 740}).row({100, 160, 172}, 700, {"1.甲", "1", "2"}).row({100, 160, 172}, 720, {"2.乙丙", "12", "3"});
  const PageWriter second = PageWriter(2).rules({100, 160, 172, 184}, {60, 80, 100}).row({100, 160, 172}, 60, {"丁", "88", ""}).row({100, 160, 172}, 80, {"3.庚", "5", "6"});
  EXPECT_EQ(only_grid(laid_out({first, second})), "1.甲|1|2\n2.乙丙丁|1288|3\n3.庚|5|6");
}

TEST_F(TwoPages, WhereTheLineAboveTheBreakHadRoomTheFigureIsUnclear) {
  const PageWriter first = PageWriter(1).rules(kDown, {700, 720, 740}).row(kDown, 700, {"1.甲", "1", "2"}).row(kDown, 720, {"2.乙丙", "12", "3"});
  const PageWriter second = PageWriter(2).rules(kDown, {60, 80, 100}).row(kDown, 60, {"", "88", ""}).row(kDown, 80, {"3.庚", "5", "6"});
  EXPECT_EQ(only_grid(laid_out({first, second})), "1.甲|1|2\n2.乙丙|12\xEF\xBF\xBD" "88|3\n3.庚|5|6");
}

TEST_F(TwoPages, ABreakBetweenTwoLinesOfAHeaderLeavesOneHeader) {
  const std::vector<float> down = {100, 134, 168};
  const PageWriter first = PageWriter(1).rules(down, {700, 720}).row(down, 700, {"结果维", "总计"});
  const PageWriter second = PageWriter(2).rules(down, {60, 80, 100}).row(down, 60, {"持", ""}).row(down, 80, {"5", "6"});
  EXPECT_EQ(only_grid(laid_out({first, second})), "结果维持|总计\n5|6");
}

TEST_F(TwoPages, ARowOfBlanksBelowTheBreakIsARowOfItsOwn) {
  const PageWriter second = PageWriter(2).rules(kDown, {60, 80, 100}).row(kDown, 60, {"乙", "", ""}).row(kDown, 80, {"丙", "5", "6"});
  EXPECT_EQ(only_grid(laid_out({upper(), second})), "名称|上年|本年\n甲|1|2\n乙|.|.\n丙|5|6");
}

}  // namespace
}  // namespace gouji::parser::testing
