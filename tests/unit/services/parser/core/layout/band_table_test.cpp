#include <gtest/gtest.h>

#include "tests/unit/services/parser/core/layout/page_writer.h"

namespace gouji::parser::testing {
namespace {

std::string grids(const Document& document) {
  std::string text;
  for (const Grid& grid : document.grids) text += (text.empty() ? "" : "\n--\n") + shown(document, grid);
  return text;
}

// Values of one row at the columns 250, 300, 350.
PageWriter& values(PageWriter& page, float top, const std::vector<std::string>& cells) {
  for (std::size_t i = 0; i < cells.size(); ++i) page.text(250 + 50 * static_cast<float>(i), top, cells[i]);
  return page;
}

TEST(BandTable, RowsOfValuesWithTheirLabelsAreAGrid) {
  PageWriter page;
  values(page.text(100, 100, "规章"), 100, {"1", "2", "3"});
  values(page.text(100, 120, "文件"), 120, {"14", "5", "66"});
  EXPECT_EQ(grids(laid_out({page})), "规章|1|2|3\n文件|14|5|66");
}

TEST(BandTable, AFigureInTwoLinesIsUnreadAndStandsInTheRowOfItsMiddle) {
  PageWriter page;
  page.text(100, 100, "1.甲").text(250, 94, "12").text(250, 106, "34").text(300, 100, "5").text(350, 100, "6");
  values(page.text(100, 130, "2.乙"), 130, {"7", "8", "9"});
  EXPECT_EQ(grids(laid_out({page})), "1.甲|1234\xEF\xBF\xBD|5|6\n2.乙|7|8|9");
}

TEST(BandTable, ValuesWithoutALabelAtTheTopOfAPageMayEndTheFiguresAboveTheBreak) {
  PageWriter first(1), second(2);
  values(first.text(100, 700, "规章"), 700, {"1", "2", "3"});
  values(first.text(100, 720, "文件"), 720, {"14", "5", "66"});
  values(second, 60, {"23", "", "7"});
  EXPECT_EQ(grids(laid_out({first, second})), "规章|1|2|3\n文件|14\xEF\xBF\xBD|5\xEF\xBF\xBD|66\xEF\xBF\xBD\n--\n23|7");
}

TEST(BandTable, FiguresOfTwoRowsThatARulePartsAreTwo) {
  PageWriter page;
  page.text(100, 100, "1.甲").text(250, 100, "12").text(250, 113, "34").text(100, 113, "2.乙").rule(90, 111.5F, 400, 111.5F);
  values(page, 100, {"", "5", "6"});
  values(page, 113, {"", "8", "9"});
  EXPECT_EQ(grids(laid_out({page})), "1.甲|12|5|6\n2.乙|34|8|9");
}

TEST(BandTable, ABlankCellIsSeenByTheOtherRows) {
  PageWriter page;
  values(page.text(100, 100, "规章"), 100, {"1", "2", "3"});
  values(page.text(100, 120, "文件"), 120, {"4", "", "6"});
  EXPECT_EQ(grids(laid_out({page})), "规章|1|2|3\n文件|4|.|6");
}

TEST(BandTable, ValuesBetweenTheTwoLinesOfALabelAreItsOwn) {
  PageWriter page;
  values(page.text(100, 100, "1.重复申请"), 100, {"1", "2", "3"});
  page.text(100, 118, "2.无正当理由").text(100, 130, "大量申请");
  values(page, 124, {"4", "5", "6"});
  values(page.text(100, 148, "3.其他"), 148, {"7", "8", "9"});
  EXPECT_EQ(grids(laid_out({page})), "1.重复申请|1|2|3\n2.无正当理由大量申请|4|5|6\n3.其他|7|8|9");
}

TEST(BandTable, NamesOfGroupsStandInAColumnOfTheirOwn) {
  PageWriter page;
  values(page.text(150, 100, "1.甲乙"), 100, {"1", "2", "3"});
  values(page.text(150, 120, "2.丙丁"), 120, {"4", "5", "6"});
  values(page.text(150, 140, "3.戊己"), 140, {"7", "8", "9"});
  page.text(100, 120, "（一）");
  EXPECT_EQ(grids(laid_out({page})), "1.甲乙|1|2|3\n（一）|2.丙丁|4|5|6\n3.戊己|7|8|9");
}

TEST(BandTable, HeadersOverColumnsArePutTogetherWhereTheyAreWrapped) {
  PageWriter page;
  page.text(240, 80, "结果").text(290, 80, "结果").text(340, 80, "尚未").text(240, 90, "维持").text(290, 90, "纠正").text(340, 90, "审结");
  values(page.text(100, 110, "规章"), 110, {"1", "2", "3"});
  EXPECT_EQ(grids(laid_out({page})), "结果维持|结果纠正|尚未审结\n规章|1|2|3");
}

TEST(BandTable, TheHeaderTellsAColumnThatIsBlankInAllRows) {
  PageWriter page;
  page.text(240, 85, "上年").text(290, 85, "本年").text(340, 85, "合计");
  values(page.text(100, 100, "规章"), 100, {"1", "", "3"});
  values(page.text(100, 120, "文件"), 120, {"", "", "6"});
  EXPECT_EQ(grids(laid_out({page})), "上年|本年|合计\n规章|1|.|3\n文件|.|.|6");
}

TEST(BandTable, ValuesThatNoRowHasSideBySideMayBeOneColumnSoTheRowsStayLines) {
  PageWriter page;
  values(page.text(100, 100, "规章"), 100, {"1", "", "3"});
  values(page.text(100, 120, "文件"), 120, {"", "2", "3"});
  values(page.text(100, 140, "许可"), 140, {"4", "", "6"});
  const Document document = laid_out({page});
  EXPECT_TRUE(document.grids.empty());
  EXPECT_EQ(shown(document), "规章\t1\t3\n文件\t2\t3\n许可\t4\t6");
}

TEST(BandTable, AFigureCloseToItsLabelIsAValue) {
  PageWriter page;
  values(page.text(216, 100, "规章"), 100, {"1", "2", "3"});
  page.text(227, 120, "文件").text(248.5F, 120, "4").text(300, 120, "5").text(350, 120, "6");
  EXPECT_EQ(grids(laid_out({page})), "规章|1|2|3\n文件|4|5|6");
}

TEST(BandTable, AValueInTwoColumnsBeginsAnotherTable) {
  PageWriter page;
  values(page.text(100, 100, "规章"), 100, {"1", "2", "3"});
  page.text(100, 120, "许可").text(250, 120, "12345678901").text(350, 120, "9");
  EXPECT_EQ(grids(laid_out({page})), "规章|1|2|3\n--\n许可|12345678901|9");
}

TEST(BandTable, RulesBetweenRowsPartTheirLabels) {
  PageWriter page;
  page.rule(100, 115, 400, 115).rule(100, 143, 400, 143);
  values(page.text(100, 100, "规章"), 100, {"1", "2", "3"});
  page.text(100, 118, "其他对外").text(100, 130, "管理事项");
  values(page, 124, {"4", "5", "6"});
  values(page.text(100, 148, "许可"), 148, {"7", "8", "9"});
  EXPECT_EQ(grids(laid_out({page})), "规章|1|2|3\n其他对外管理事项|4|5|6\n许可|7|8|9");
}

TEST(BandTable, ALabelWithANumberMayEndOnTheNextPage) {
  PageWriter first(1), second(2);
  values(first.text(100, 700, "1.甲"), 700, {"1", "2", "3"});
  values(first.text(100, 720, "2.乙丙丁"), 720, {"4", "5", "6"});
  second.text(100, 60, "戊己庚");
  values(second.text(100, 80, "3.辛"), 80, {"7", "8", "9"});
  values(second.text(100, 100, "4.壬"), 100, {"7", "8", "9"});
  EXPECT_EQ(grids(laid_out({first, second})), "1.甲|1|2|3\n2.乙丙丁戊己庚|4|5|6\n--\n3.辛|7|8|9\n4.壬|7|8|9");
}

TEST(BandTable, DatesInProseAreNoTable) {
  PageWriter page;
  page.text(100, 100, "2024").text(130, 100, "年").text(150, 100, "12").text(170, 100, "月");
  EXPECT_TRUE(laid_out({page}).grids.empty());
}

}  // namespace
}  // namespace gouji::parser::testing
