#include <gtest/gtest.h>

#include "tests/unit/services/parser/core/layout/page_writer.h"

namespace gouji::parser::testing {
namespace {

TEST(TextLayout, WrappedLinesAreOneParagraphAndAnIndentedLineBeginsAnother) {
  const Document document = laid_out({PageWriter(1, 380)
                                          .text(120, 100, "一二三四五六七八九十一二三四五六")
                                          .text(100, 120, "甲乙丙丁戊己庚辛壬癸甲乙丙丁戊己庚辛")
                                          .text(100, 140, "子丑寅卯")
                                          .text(120, 160, "辰巳午未")});
  EXPECT_EQ(shown(document), "一二三四五六七八九十一二三四五六甲乙丙丁戊己庚辛壬癸甲乙丙丁戊己庚辛子丑寅卯\n辰巳午未");
}

std::string words(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += "公开工作";
  return text;
}

TEST(TextLayout, TwoPagesOnOneSheetAreReadOneAfterTheOther) {
  PageWriter sheet(1, 840, 600);
  sheet.text(40, 100, "一、总体情况").text(40, 140, words(8)).text(40, 160, words(8)).text(40, 180, words(8)).text(40, 200, words(8));
  sheet.text(460, 100, "二、公开情况").text(460, 140, words(8)).text(460, 160, words(8)).text(460, 180, words(8)).text(460, 200, words(8));
  const std::string text = shown(laid_out({sheet}));
  EXPECT_LT(text.find(words(8)), text.find("二、公开情况"));
  EXPECT_EQ(text.find("一、总体情况二"), std::string::npos);
}

TEST(TextLayout, ALineOverTheMiddleMakesOnePageOfAWideSheet) {
  PageWriter sheet(1, 840, 600);
  sheet.text(380, 60, "年度报告标题").text(40, 100, "甲").text(40, 140, words(8)).text(40, 160, words(8)).text(40, 180, words(8)).text(40, 200, words(8));
  sheet.text(460, 100, "乙").text(460, 140, words(8)).text(460, 160, words(8)).text(460, 180, words(8)).text(460, 200, words(8));
  const std::string text = shown(laid_out({sheet}));
  EXPECT_GT(text.find(words(8)), text.find("乙"));
}

TEST(TextLayout, AParagraphGoesOnOverAPageBreakAndThePageNumbersGo) {
  const Document document = laid_out({PageWriter(1, 280).text(100, 700, "甲乙丙丁戊己庚辛壬癸").text(290, 790, "- 1 -"),
                                      PageWriter(2, 280).text(100, 80, "子丑寅卯").text(100, 110, "辰巳午未申酉戌亥甲乙").text(290, 790, "- 2 -")});
  EXPECT_EQ(shown(document), "甲乙丙丁戊己庚辛壬癸子丑寅卯\n辰巳午未申酉戌亥甲乙");
}

TEST(TextLayout, BareNumbersThatCountThePagesAreFurnitureAndOtherNumbersAreNot) {
  const auto pages = [](const char* first, const char* second) {
    return shown(laid_out({PageWriter(1).text(100, 100, "甲乙丙").text(290, 800, first),
                           PageWriter(2).text(100, 100, "丁戊己").text(290, 800, second)}));
  };
  EXPECT_EQ(pages("7", "8"), "甲乙丙\n丁戊己");
  EXPECT_EQ(pages("7", "7"), "甲乙丙\n7\n丁戊己\n7");
}

TEST(TextLayout, RunningHeadersAreFurnitureAndTheHeaderRowOfATableIsNot) {
  const auto pages = [](const std::vector<float>& places) {
    PageWriter first(1), second(2);
    for (PageWriter* page : {&first, &second}) {
      for (const float left : places) page->text(left, 40, "某市年报");
      page->text(100, 300, page == &first ? "甲" : "乙");
    }
    return shown(laid_out({first, second}));
  };
  EXPECT_EQ(pages({100}), "甲\n乙");
  EXPECT_EQ(pages({100, 200, 300, 400}).find("甲\n乙"), std::string::npos);
}

TEST(TextLayout, LinesOfATitleAreOneHeading) {
  const Document document = laid_out({PageWriter()
                                          .text(220, 60, "临河市人民政府", 22)
                                          .text(165, 90, "年度政府信息公开工作报告", 22)
                                          .text(100, 140, "一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十")
                                          .text(100, 160, "一二三四五六七八九十。")});
  ASSERT_FALSE(document.blocks.empty());
  EXPECT_EQ(document.blocks[0].kind, BlockKind::kHeading);
  EXPECT_EQ(document.blocks[0].level, 1);
  EXPECT_EQ(document.view(document.blocks[0].text), "临河市人民政府年度政府信息公开工作报告");
}

TEST(TextLayout, NoSpaceStandsInsideChineseTextAndOneBetweenWords) {
  EXPECT_EQ(shown(laid_out({PageWriter().text(100, 100, "总", 10).text(115, 100, "计")})), "总计");
  EXPECT_EQ(shown(laid_out({PageWriter().text(100, 100, "甲 乙丙").text(100, 130, "ab cd")})), "甲乙丙\nab cd");
}

TEST(TextLayout, DigitsThatKerningPartsAreOneFigureAndApartTheyAreTwo) {
  EXPECT_EQ(shown(laid_out({PageWriter().text(100, 100, "1,208", 10, 1.5F)})), "1,208");
  EXPECT_EQ(shown(laid_out({PageWriter().text(100, 100, "a 12 08 b", 10)})), "a 12 08 b");
}

TEST(TextLayout, TheOrderOfTheContentDoesNotMatter) {
  EXPECT_EQ(shown(laid_out({PageWriter().text(130, 100, "丁戊").text(100, 100, "甲乙丙")})), "甲乙丙丁戊");
}

TEST(TextLayout, OverprintedCharactersCountOnce) {
  EXPECT_EQ(shown(laid_out({PageWriter().text(100, 100, "甲乙11").text(100.4F, 100, "甲乙11")})), "甲乙11");
}

TEST(TextLayout, HiddenTextCountsWhereNothingVisibleStands) {
  EXPECT_EQ(shown(laid_out({PageWriter().text(100, 100, "可见").hidden().text(101, 101, "隐藏").text(100, 200, "文字")})), "可见\n文字");
  EXPECT_EQ(shown(laid_out({PageWriter().hidden().text(100, 100, "文字")})), "文字");
}

TEST(TextLayout, ACharacterWithoutANameMakesNoFigure) {
  PageWriter writer;
  Page page = writer.text(100, 100, "12").page();
  page.glyphs[1].code = 0;
  EXPECT_EQ(shown(lay_out({page})), "1\xEF\xBF\xBD");
}

TEST(TextLayout, TurnedTextIsReadAndKeepsItsPlaceOnThePage) {
  PageWriter writer;
  Page page = writer.text_down(500, 100, "甲乙丙丁戊己庚辛壬癸子丑寅卯").text_down(480, 100, "一二三四五六七八九十").page();
  const Document document = lay_out({page});
  EXPECT_EQ(document.text, "甲乙丙丁戊己庚辛壬癸子丑寅卯\n一二三四五六七八九十\n");
  ASSERT_EQ(document.blocks.size(), 2U);
  const Where where = document.where(document.blocks[1].text);
  EXPECT_EQ(where.left, 48'000);
  EXPECT_EQ(where.top, 10'000);
  EXPECT_EQ(where.right, 49'000);
  EXPECT_EQ(where.bottom, 20'000);
}

TEST(TextLayout, EveryLineHasItsPageAndBox) {
  const Document document = laid_out({PageWriter(1).text(50, 100, "甲"), PageWriter(2).text(100, 200, "乙丙")});
  const Where where = document.where(document.blocks.back().text);
  EXPECT_EQ(where.page, 2);
  EXPECT_EQ(where.left, 10'000);
  EXPECT_EQ(where.top, 20'000);
  EXPECT_EQ(where.right, 12'000);
  EXPECT_EQ(where.bottom, 21'000);
}

TEST(TextLayout, FieldsThatStandApartAreALineWithTabs) {
  const Document document = laid_out({PageWriter().text(100, 100, "行政许可").text(300, 100, "9487")});
  ASSERT_EQ(document.blocks.size(), 1U);
  EXPECT_EQ(document.blocks[0].kind, BlockKind::kLine);
  EXPECT_EQ(document.view(document.blocks[0].text), "行政许可\t9487");
}

TEST(TextLayout, LimitsAreKeptAndNamed) {
  LayoutLimits limits;
  limits.pages = 1;
  limits.glyphs = 2;
  const Document document = laid_out({PageWriter(1).text(100, 100, "甲乙丙"), PageWriter(2).text(100, 100, "丁")}, limits);
  EXPECT_EQ(shown(document), "甲乙");
  EXPECT_EQ(document.limits, (std::vector<std::string>{"PAGES", "GLYPHS"}));
}

TEST(TextLayout, NothingMakesAnEmptyDocument) {
  EXPECT_TRUE(lay_out({}).text.empty());
  EXPECT_TRUE(laid_out({PageWriter()}).blocks.empty());
}

}  // namespace
}  // namespace gouji::parser::testing
