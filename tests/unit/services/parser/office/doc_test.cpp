#include "services/parser/core/office/doc.h"

#include <gtest/gtest.h>

#include <random>

#include "tests/support/render_doc.h"
#include "tests/support/seed.h"
#include "tests/unit/services/parser/office/office_help.h"

namespace gouji::parser {
namespace {

using testing::doc_cell_formatting;
using testing::doc_of;
using testing::doc_row_formatting;
using testing::DocOptions;
using testing::DocPart;
using testing::le;
using testing::sprm;

std::string outline(const std::vector<DocPart>& parts, const DocOptions& options = {}) {
  return outline_of(document_of(doc_of(parts, options)));
}

DocPart cell(std::string text) { return {std::move(text), '\a', doc_cell_formatting(), 0}; }

TEST(Doc, ReadsParagraphsInBothWidthsAndInPieces) {
  EXPECT_EQ(outline({{"本年新收𠮷12件", '\r', "", 0}, {"末", '\r', "", 0}}), "p 本年新收𠮷12件\np 末");
  DocOptions options;
  options.pieces = 5;
  EXPECT_EQ(outline({{"本年新收12件", '\r', "", 0}, {"", '\r', "", 0}, {"末", '\r', "", 0}}, options), "p 本年新收12件\np 末");
  options.is_narrow = true;
  EXPECT_EQ(outline({{"report 2021", '\r', "", 0}, {"\xC2\x93quoted\xC2\x94", '\r', "", 0}}, options), "p report 2021\np “quoted”");
}

TEST(Doc, HeadingsComeFromBuiltInStylesAndOutlineLevels) {
  const std::string styles = le(18, 2) + le(3, 2) + le(10, 2) + std::string(14, '\0') + le(0, 2) + le(0, 2) + le(0, 2);
  DocOptions options;
  options.parts.push_back({1, styles, ""});
  EXPECT_EQ(outline({{"一", '\r', "", 1}, {"二", '\r', "", 2}, {"三", '\r', sprm(0x2640, "\x02"), 0}, {"文", '\r', sprm(0x2640, "\x09"), 1}}, options),
            "h1 一\nh2 二\nh3 三\np 文");
}

TEST(Doc, RowsAreGridsWithTheirEdgesAndMerges) {
  EXPECT_EQ(outline({cell("头"), {"", '\a', doc_row_formatting({-100, 1900}, {0}), 0}, cell("左"), cell("1"),
                     {"", '\a', doc_row_formatting({-100, 900, 1900}, {0x60, 0}), 0}, cell(""), cell("2"),
                     {"", '\a', doc_row_formatting({-100, 905, 1895}, {0x20, 0}), 0}, {"后", '\r', "", 0}}),
            "[1x2@0,0 头|2x1@1,0 左|1x1@1,1 1|1x1@2,1 2]\np 后");
}

TEST(Doc, RowsWithoutADefinitionAreCounted) {
  const DocPart row_end{"", '\a', sprm(0x2416, "\x01") + sprm(0x2417, "\x01"), 0};
  EXPECT_EQ(outline({cell("规章"), cell("12"), row_end, cell("许可"), cell(""), row_end}),
            "[1x1@0,0 规章|1x1@0,1 12|1x1@1,0 许可|1x1@1,1 ]");
}

TEST(Doc, CellsOfTablesInTablesEndWithParagraphs) {
  const std::string deep = sprm(0x2416, "\x01") + sprm(0x6649, le(2, 4));
  const DocPart inner_end{"", '\r', deep + sprm(0x244C, "\x01"), 0};
  EXPECT_EQ(outline({{"1", '\r', deep + sprm(0x244B, "\x01"), 0}, {"2", '\r', deep + sprm(0x244B, "\x01"), 0}, inner_end, cell(""),
                     {"", '\a', doc_row_formatting({0, 900}, {0}), 0}}),
            "[1x1@0,0 1|1x1@0,1 2]");
}

TEST(Doc, LongRowDefinitionsStandInTheDataStream) {
  const std::string definition = doc_row_formatting({0, 400, 900}, {0, 0});
  DocOptions options;
  options.extra = le(static_cast<std::uint32_t>(definition.size()), 2) + definition;
  EXPECT_EQ(outline({cell("a"), cell("b"), {"", '\a', sprm(0x6646, le(0, 4)), 0}, cell("c"), {"", '\a', doc_row_formatting({0, 900}, {0}), 0}}, options),
            "[1x1@0,0 a|1x1@0,1 b|1x2@1,0 c]");
}

TEST(Doc, DeletedAndHiddenTextIsLeftOut) {
  DocOptions options;
  options.runs = {{1, 3, sprm(0x0800, "\x01")}, {4, 5, sprm(0x083C, "\x01")}};
  EXPECT_EQ(outline({{"本88年7末", '\r', "", 0}}, options), "p 本年末");
  options.runs = {{1, 2, sprm(0x0800, "\x01")}};
  EXPECT_EQ(outline({{"前", '\r', "", 0}, {"后", '\r', "", 0}}, options), "p 前后") << "the mark between them is deleted";
}

TEST(Doc, TheNumberOfANoteIsNoPartOfTheFigure) {
  DocOptions options;
  options.runs = {{2, 3, sprm(0x2A48, "\x01")}, {5, 6, sprm(0x2A48, "\x02")}};
  EXPECT_EQ(outline({{"121件34", '\r', "", 0}}, options), "p 12¹件34") << "lowered ones are";
}

TEST(Doc, FieldsGiveTheirResultsAndMarksTheirMeaning) {
  EXPECT_EQ(outline({{"\x13 PAGE \x14" "3\x15页\x13 X \x13 Y \x14" "7\x15\x14" "8\x15", '\r', "", 0}}), "p 3页8");
  EXPECT_EQ(outline({{"规章\t12\v次行\x1E", '\r', "", 0}}), "p 规章\t12\np 次行-");
  DocOptions options;
  options.runs = {{1, 2, sprm(0x0855, "\x01") + sprm(0x6A09, le(0xF0FE0001, 4))}};
  EXPECT_EQ(outline({{"是(", '\r', "", 0}}, options), "p 是☑");
}

TEST(Doc, NumbersOfListsAreText) {
  const auto level = [](std::uint32_t format, std::u16string_view text) {
    std::string bytes = le(1, 4) + le(format, 1) + std::string(23, '\0') + le(static_cast<std::uint32_t>(text.size()), 2);
    for (const char16_t unit : text) bytes += le(unit, 2);
    return bytes;
  };
  std::string levels = level(37, std::u16string_view(u"\0、", 2)) + level(37, u"（\1）");
  for (int i = 2; i < 9; ++i) levels += level(0, u"");
  DocOptions options;
  options.parts.push_back({73, le(1, 2) + le(77, 4) + std::string(24, '\0'), levels});
  options.parts.push_back({74, le(1, 4) + le(77, 4) + std::string(12, '\0') + le(0xFFFFFFFF, 4), ""});
  const auto item = [](std::string text, std::uint32_t at) { return DocPart{std::move(text), '\r', sprm(0x260A, le(at, 1)) + sprm(0x460B, le(1, 2)), 0}; };
  EXPECT_EQ(outline({item("总", 0), item("甲", 1), item("乙", 1), item("次", 0), item("丁", 1)}, options),
            "p 一、总\np （一）甲\np （二）乙\np 二、次\np （一）丁");
}

TEST(Doc, PlacesAreBytesOfTheMainStream) {
  const Document document = document_of(doc_of({{"一12", '\r', "", 0}}));
  const Where where = document.where(document.blocks.at(0).text);
  EXPECT_EQ(where.begin, 0x800);
  EXPECT_EQ(where.end, 0x806);
}

TEST(Doc, WhatIsNotReadHasAReason) {
  DocOptions encrypted, old;
  encrypted.flags = 0x0300;
  old.version = 0x68;
  EXPECT_EQ(code_of(doc_of({{"一", '\r', "", 0}}, encrypted)), "ENCRYPTED");
  EXPECT_EQ(code_of(doc_of({{"一", '\r', "", 0}}, old)), "DOC_VERSION_NOT_READ");
  EXPECT_EQ(code_of(testing::ole_of({{"Workbook", "x"}})), "XLS_NOT_READ");
  EXPECT_EQ(code_of(testing::ole_of({{"EncryptedPackage", "x"}})), "ENCRYPTED");
  EXPECT_EQ(code_of(testing::ole_of({{"Other", "x"}})), "OLE_KIND_NOT_READ");
  EXPECT_EQ(code_of(testing::ole_of({{"WordDocument", "\xEC\xA5\xC1"}})), "MALFORMED_OLE");
  EXPECT_EQ(code_of(testing::ole_of({{"WordDocument", "\xEC\xA5\xC1"}, {"0Table", "x"}})), "MALFORMED_DOC");
}

TEST(Doc, ChainsThatGoRoundAreRefused) {
  std::string doc = doc_of({{"一", '\r', "", 0}});
  std::string round = doc;
  round.replace(512 + 4, 4, le(1, 4));  // the directory's sector follows itself
  EXPECT_EQ(code_of(round), "MALFORMED_OLE");
  std::string table_round = doc;
  table_round.replace(68, 4, le(2, 4));  // the list of tables goes on in a sector that names itself
  table_round.replace(512 * 4 - 4, 4, le(2, 4));
  EXPECT_EQ(code_of(table_round), "MALFORMED_OLE");
  std::string long_stream = doc;
  long_stream.replace(512 * 2 + 128 + 120, 4, le(0x7FFFFFFF, 4));  // a size that is not true
  EXPECT_EQ(code_of(long_stream), "MALFORMED_OLE");
}

TEST(Doc, CutAnywhereIsRefused) {
  const std::string doc = doc_of({{"一、总体情况", '\r', "", 0}, cell("1"), {"", '\a', doc_row_formatting({0, 900}, {0}), 0}});
  ASSERT_EQ(code_of(doc), "read");
  for (std::size_t size = 8; size < doc.size(); size += size < 1'200 ? 1 : 37) {
    const std::string code = code_of(std::string_view(doc).substr(0, size));
    EXPECT_TRUE(code == "MALFORMED_OLE" || code == "MALFORMED_DOC") << size << " " << code;
  }
}

TEST(Doc, RandomDamageGivesAReasonOrADocument) {
  std::mt19937 random(testing::seed());
  DocOptions options;
  options.runs = {{1, 2, sprm(0x0800, "\x01")}};
  options.pieces = 3;
  const std::string doc = doc_of({{"一、总体情况", '\r', "", 1}, cell("1"), {"", '\a', doc_row_formatting({0, 900}, {0x60}), 0}}, options);
  for (int round = 0; round < 3'000; ++round) {
    std::string damaged = doc;
    for (int i = 0; i < 8; ++i) {
      const std::size_t at = random() % damaged.size();
      damaged[at] = random() % 2 == 0 ? '\xFF' : static_cast<char>(random());
    }
    EXPECT_NE(code_of(damaged), "");
  }
}

}  // namespace
}  // namespace gouji::parser
