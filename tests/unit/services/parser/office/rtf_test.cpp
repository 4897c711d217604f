#include "services/parser/core/office/rtf.h"

#include <gtest/gtest.h>

#include <random>

#include "tests/support/render_office.h"
#include "tests/support/seed.h"
#include "tests/unit/services/parser/office/office_help.h"

namespace gouji::parser {
namespace {

std::string outline(std::string_view body) {
  const std::string head = "{\\rtf1\\ansi\\ansicpg936\\uc1{\\fonttbl{\\f0\\fcharset134 SimSun;}{\\f1\\fcharset128 Mincho;}}";
  return outline_of(document_of(head + std::string(body) + "}"));
}

TEST(Rtf, ReadsTextInCodePagesAndUnicode) {
  EXPECT_EQ(outline("\\'d2\\'bb\\u12289 ?\\'d7\\'dc{\\b 12}\\par\r\nx\\{y\\}\\\\"), "p 一、总12\np x{y}\\");
  EXPECT_EQ(outline("{\\uc2\\u19968 ab}\\uc0\\u20108 c\\u-10179\\u-8704"), "p 一二c😀") << "bytes beside \\u are left out; pairs of surrogates";
  EXPECT_EQ(outline("\\f1\\'93\\'fa\\f0\\'d2\\'bb"), "p \uFFFD\uFFFD一") << "a code page that is not read";
  EXPECT_EQ(outline("\\'d2\r\n\\'bb"), "p 一") << "a character over the end of a line";
}

TEST(Rtf, SkipsWhatIsNotTheText) {
  EXPECT_EQ(outline("{\\info{\\title \\'d2}{\\upr{\\title x}{\\*\\ud y}}}{\\*\\unknown x{\\b y}}{\\header h}{\\pict\\bin4 }}}{\\footnote n}{\\*\\bkmkstart a}z"), "p z");
  EXPECT_EQ(outline("{\\field{\\*\\fldinst PAGE {\\field{\\fldinst x}{\\fldrslt 9}}}{\\fldrslt 3}}{\\v hidden}{\\deleted old}{\\upr{a}{\\*\\ud b}}"), "p 3b");
  EXPECT_EQ(outline("{\\listtext \\u19968 ?\\u12289 ?\\tab}\\u24635 ?"), "p 一、\t总") << "numbers are written out";
}

TEST(Rtf, TheNumberOfANoteIsNoPartOfTheFigure) {
  EXPECT_EQ(outline("12{\\super 1}3\\par 4\\super 2\\nosupersub 5\\par 6\\super 7\\plain 8"), "p 12¹3\np 4²5\np 6⁷8");
}

TEST(Rtf, HeadingsComeFromStylesAndOutlineLevels) {
  EXPECT_EQ(outline("{\\stylesheet{\\s0 Normal;}{\\s1\\outlinelevel0 x;}{\\s2 heading 2;}}\\pard\\s1 a\\par\\pard\\s2 b\\par\\pard\\outlinelevel2 c\\par\\pard d"),
            "h1 a\nh2 b\nh3 c\np d");
}

TEST(Rtf, RowsAreGridsWithTheirEdgesAndMerges) {
  EXPECT_EQ(outline("\\trowd\\trleft-100\\cellx1900\\pard\\intbl h\\cell\\row\\trowd\\trleft-100\\clvmgf\\cellx900\\cellx1900 a\\cell 1\\cell\\row"
                    "\\trowd\\trleft-96\\clvmrg\\cellx910\\cellx1890\\cell 2\\cell\\row\\pard after\\par"),
            "[1x2@0,0 h|2x1@1,0 a|1x1@1,1 1|1x1@2,1 2]\np after");
  EXPECT_EQ(outline("\\trowd\\cellx300\\clmgf\\cellx600\\clmrg\\cellx900\\pard\\intbl a\\cell b\\cell\\cell\\row"), "[1x1@0,0 a|1x2@0,1 b]");
  EXPECT_EQ(outline("\\pard\\intbl a\\cell b\\par c\\cell\\row\\pard x"), "[1x1@0,0 a|1x1@0,1 b/c]\np x") << "cells without edges are counted";
}

TEST(Rtf, TablesInTablesAreRead) {
  EXPECT_EQ(outline("\\pard\\intbl\\itap2 1\\nestcell 2\\nestcell{\\*\\nesttableprops\\trowd\\cellx300\\cellx600\\nestrow}{\\nonesttables\\par}"
                    "\\pard\\intbl\\itap1\\cell\\trowd\\cellx900\\row\\pard end"),
            "[1x1@0,0 1|1x1@0,1 2]\np end");
}

TEST(Rtf, PlacesAreBytesOfTheFile) {
  const std::string rtf = "{\\rtf1\\ansi abc \\'d2\\'bb 12}";
  const Document document = document_of(rtf);
  const auto at = static_cast<std::uint32_t>(document.text.find("abc"));
  EXPECT_EQ(document.where({at, at + 3}).begin, static_cast<std::int64_t>(rtf.find("abc")));
}

TEST(Rtf, ACutFileIsRefused) {
  const std::string rtf = testing::render_rtf(testing::made_up_figures(2021, 2021, 3));
  ASSERT_EQ(code_of(rtf), "read");
  for (std::size_t size = 6; size < rtf.size() - 1; size += 211) EXPECT_EQ(code_of(rtf.substr(0, size)), "MALFORMED_RTF") << size;
}

TEST(Rtf, DepthAndWidthAreBounded) {
  const std::string open(1'000'000, '{'), close(1'000'000, '}');
  EXPECT_EQ(outline(open + "x" + close), "p x");
  EXPECT_EQ(code_of("{\\rtf1 " + open), "MALFORMED_RTF");
  std::string wide = "\\trowd";
  for (int i = 1; i < 5'000; ++i) wide += "\\cellx" + std::to_string(i * 100);
  for (int i = 1; i < 5'000; ++i) wide += "\\pard\\intbl 1\\cell";
  const Document document = document_of("{\\rtf1 " + wide + "\\row}");
  ASSERT_EQ(document.grids.size(), 1U);
  EXPECT_LE(document.grids[0].columns, 256U);
  EXPECT_FALSE(document.limits.empty());
  EXPECT_EQ(code_of("{\\rtf1 \\bin999999999999 x}"), "MALFORMED_RTF") << "the brace is among the bytes";
}

TEST(Rtf, RandomDamageGivesAReasonOrADocument) {
  std::mt19937 random(testing::seed());
  const std::string rtf = testing::render_rtf(testing::made_up_figures(2021, 2021, 3)).substr(0, 3'000) + "}";
  constexpr std::string_view kBytes = "{}\\'u*-09cellrowpard \n\x80\xFF";
  for (int round = 0; round < 3'000; ++round) {
    std::string damaged = rtf;
    for (int i = 0; i < 8; ++i) damaged[random() % damaged.size()] = kBytes[random() % kBytes.size()];
    EXPECT_NE(code_of(damaged), "");
  }
}

}  // namespace
}  // namespace gouji::parser
