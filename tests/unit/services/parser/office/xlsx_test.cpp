#include "services/parser/core/office/xlsx.h"

#include <gtest/gtest.h>

#include "services/parser/core/office/xlsx_sheet.h"
#include "tests/support/render_office.h"
#include "tests/unit/services/parser/office/office_help.h"

namespace gouji::parser {
namespace {

std::string xlsx_of(std::string_view sheet, std::string_view strings = "<sst/>") {
  return testing::zip_of(
      {{"xl/workbook.xml", "<workbook><sheets><sheet r:id=\"a\" state=\"hidden\"/><sheet name=\"x\" r:id=\"b\"/></sheets></workbook>"},
       {"xl/_rels/workbook.xml.rels",
        "<R><Relationship Id=\"a\" Type=\"x/worksheet\" Target=\"none.xml\"/><Relationship Id=\"b\" Type=\"x/worksheet\" "
        "Target=\"/xl/s.xml\"/><Relationship Id=\"c\" Type=\"x/sharedStrings\" Target=\"t.xml\"/></R>"},
       {"xl/s.xml", "<worksheet>" + std::string(sheet) + "</worksheet>"},
       {"xl/t.xml", std::string(strings)}});
}

std::string outline(std::string_view sheet, std::string_view strings = "<sst/>") {
  return outline_of(document_of(xlsx_of(sheet, strings)));
}

TEST(Xlsx, ReadsStringsAndNumbers) {
  EXPECT_EQ(outline("<row r=\"1\"><c r=\"A1\" t=\"s\"><v>1</v></c><c r=\"B1\"><v>12.0</v></c><c t=\"b\"><v>1</v></c></row><row><c t=\"inlineStr\"><is>"
                    "<r><t>行</t></r><r><t>政</t></r></is></c><c t=\"str\"><f>A1</f><v>a&amp;b</v></c><c t=\"e\"><v>#REF!</v></c></row>",
                    "<sst><si><t>x</t></si><si><r><t>规</t></r><r><t>章</t></r><rPh><t>gui</t></rPh></si></sst>"),
            "[1x1@0,0 规章|1x1@0,1 12|1x1@0,2 TRUE|1x1@1,0 行政|1x1@1,1 a&b|1x1@1,2 #REF!]");
}

TEST(Xlsx, ExpandsMergesAndKeepsBlankCells) {
  EXPECT_EQ(outline("<row r=\"1\"><c r=\"A1\" t=\"str\"><v>头</v></c><c r=\"B1\"/></row><row r=\"2\"><c r=\"A2\" t=\"str\"><v>左</v></c><c r=\"B2\"><v>1</v></c></row>"
                    "<row r=\"3\"><c r=\"A3\"/><c r=\"B3\"/></row><row r=\"4\"><c r=\"B4\"><v>3</v></c></row>"
                    "<mergeCells><mergeCell ref=\"A1:B1\"/><mergeCell ref=\"A2:A3\"/></mergeCells>"),
            "[1x2@0,0 头|2x1@1,0 左|1x1@1,1 1|1x1@2,1 |1x1@3,0 |1x1@3,1 3]");
}

TEST(Xlsx, RowsEndWhereTheFileHasNoMoreCells) {
  EXPECT_EQ(outline("<row r=\"2\"><c r=\"B2\"><v>1</v></c><c r=\"C2\"><v>2</v></c><c r=\"D2\"><v>3</v></c></row><row r=\"3\"><c r=\"B3\"><v>4</v></c><c r=\"C3\"/></row>"),
            "[1x1@0,1 1|1x1@0,2 2|1x1@0,3 3|1x1@1,1 4|1x1@1,2 ]");
}

TEST(Xlsx, WhatIsHiddenIsNotRead) {
  EXPECT_EQ(outline("<cols><col min=\"2\" max=\"2\" hidden=\"1\"/></cols><row r=\"1\"><c r=\"A1\"><v>1</v></c><c r=\"B1\"><v>9</v></c><c r=\"C1\"><v>2</v></c></row>"
                    "<row r=\"2\" hidden=\"1\"><c r=\"A2\"><v>8</v></c></row>"),
            "[1x1@0,0 1|1x1@0,1 |1x1@0,2 2]");
}

TEST(Xlsx, ProseBetweenTheTablesIsProse) {
  EXPECT_EQ(outline("<row r=\"1\"><c r=\"A1\" t=\"str\"><v>一、总体情况</v></c></row><row r=\"2\"><c r=\"A2\" t=\"str\"><v>公开9条。\n收费0元。</v></c><c r=\"B2\"/></row>"
                    "<row r=\"3\"><c r=\"A3\" t=\"str\"><v>规章</v></c><c r=\"B3\"><v>1</v></c></row>"
                    "<row r=\"4\"><c r=\"A4\" t=\"str\"><v>一、本年新收政府信息公开申请数量</v></c><c r=\"B4\"/></row>"
                    "<row r=\"5\"><c r=\"A5\" t=\"str\"><v>六、其他需要报告的事项</v></c></row><row r=\"6\"><c r=\"B6\" t=\"str\"><v>无。</v></c></row>"),
            "p 一、总体情况\np 公开9条。\np 收费0元。\n[1x1@0,0 规章|1x1@0,1 1|1x1@1,0 一、本年新收政府信息公开申请数量|1x1@1,1 ]\np 六、其他需要报告的事项\np 无。");
}

TEST(Xlsx, LinesOfACellAreLines) {
  EXPECT_EQ(outline("<row><c t=\"str\"><v>上\n下</v></c><c><v>1</v></c></row>"), "[1x1@0,0 上/下|1x1@0,1 1]");
}

TEST(Xlsx, NumbersAreShownAsTheyAreMeant) {
  EXPECT_EQ(shown_number("12"), "12");
  EXPECT_EQ(shown_number("12.0"), "12");
  EXPECT_EQ(shown_number("2601.9538750000001"), "2601.953875");
  EXPECT_EQ(shown_number("1.2E3"), "1200");
  EXPECT_EQ(shown_number("0.30000000000000004"), "0.3");
  EXPECT_EQ(shown_number("9.9999999999999996E-2"), "0.1");
  EXPECT_EQ(shown_number("999999999999999.96"), "1000000000000000");
  EXPECT_EQ(shown_number("-0.0050"), "-0.005");
  EXPECT_EQ(shown_number("0"), "0");
  EXPECT_EQ(shown_number("0.00"), "0");
  EXPECT_EQ(shown_number("1.2.3"), "1.2.3");
  EXPECT_EQ(shown_number("-0"), "0");
  EXPECT_EQ(shown_number("1e300"), "1e300");
  EXPECT_EQ(shown_number("nan"), "nan");
  EXPECT_EQ(shown_number("12件"), "12件");
}

TEST(Xlsx, PlacesAreThePageAndBytesOfTheSheet) {
  const Document document = document_of(xlsx_of("<row><c><v>1</v></c><c><v>2</v></c></row>"));
  const Where where = document.where(document.grids.at(0).cells.at(1).text);
  EXPECT_EQ(where.page, 1);
  EXPECT_EQ(where.begin, static_cast<std::int64_t>(std::string_view("<worksheet><row><c><v>1</v></c>").size()));
}

TEST(Xlsx, DamageAndExcessAreRefusedOrCut) {
  EXPECT_EQ(code_of(xlsx_of("<row><c>")), "MALFORMED_XLSX");
  EXPECT_EQ(code_of(testing::zip_of({{"xl/workbook.xml", "<workbook/>"}})), "MALFORMED_XLSX");
  std::string rows;
  for (int i = 0; i < 30'000; ++i) rows += "<row><c><v>" + std::to_string(i * 7919 % 100'003) + "</v></c><c><v>1</v></c></row>";
  const Document document = document_of(xlsx_of(rows + "<c r=\"XFD1048576\"><v>1</v></c><mergeCell ref=\"A1:XFD1048576\"/>"));
  EXPECT_LE(document.grids.at(0).rows, 4'096U);
  EXPECT_FALSE(document.limits.empty());
}

}  // namespace
}  // namespace gouji::parser
