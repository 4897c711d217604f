// Which program looks at a document after our own reader, and what is made of what it prints.
#include <gtest/gtest.h>

#include "services/parser/core/extract.h"
#include "services/parser/core/ocr/picture_extract.h"
#include "services/parser/core/pdf/bbox_extract.h"

namespace gouji::parser {
namespace {

TEST(Ladder, OnlyWhatAnotherReaderMayMendIsAskedFor) {
  EXPECT_EQ(second_reader(Format::kPdf, {"MALFORMED_PDF", ""}), Program::kPoppler);
  EXPECT_EQ(second_reader(Format::kPdf, {"ENCRYPTED", ""}), std::nullopt);
  EXPECT_EQ(second_reader(Format::kPdf, {"TOO_LARGE", ""}), std::nullopt);
  EXPECT_EQ(second_reader(Format::kOle, {"MALFORMED_DOC", ""}), Program::kSoffice);
  EXPECT_EQ(second_reader(Format::kDocx, {"MALFORMED_DOCX", ""}), Program::kSoffice);
  EXPECT_EQ(second_reader(Format::kOle, {"XLS_NOT_READ", ""}), Program::kSoffice);
  EXPECT_EQ(second_reader(Format::kOdt, {"ODF_NOT_READ", ""}), Program::kSoffice);
  EXPECT_EQ(second_reader(Format::kZip, {"ZIP_WITHOUT_DOCUMENT", ""}), std::nullopt);
  EXPECT_EQ(second_reader(Format::kOle, {"ENCRYPTED", ""}), std::nullopt);
  EXPECT_EQ(second_reader(Format::kHtml, {"EMPTY", ""}), std::nullopt);
  EXPECT_EQ(second_reader(Format::kPng, {"PICTURE_TOO_LARGE", ""}), std::nullopt);
}

std::string code_of(const ExtractOutcome& outcome) {
  const auto* reason = std::get_if<Reason>(&outcome);
  return reason != nullptr ? reason->code : "";
}

TEST(Ladder, ABrokenPdfNeedsPopplerOnceAndIsReadFromItsWords) {
  const std::string broken = "%PDF-1.7 and nothing else";
  const ExtractOutcome first = extract({broken, "", ""});
  ASSERT_TRUE(std::holds_alternative<Need>(first));
  EXPECT_EQ(std::get<Need>(first).program, Program::kPoppler);
  const Aid words[] = {{Program::kPoppler, 0,
                        "<page width=\"595.0\" height=\"842.0\">\n<word xMin=\"72.0\" yMin=\"100.0\" xMax=\"132.0\" yMax=\"112.0\">规章&amp;件</word>\n</page>",
                        std::nullopt}};
  const ExtractOutcome second = extract({broken, "", "", words});
  ASSERT_TRUE(std::holds_alternative<Document>(second));
  const Document& document = std::get<Document>(second);
  EXPECT_NE(document.text.find("规章&件"), std::string::npos) << document.text;
  EXPECT_EQ(document.format, "application/pdf");
  ASSERT_FALSE(document.runs.empty());
  EXPECT_EQ(document.runs.front().where.page, 1);
}

TEST(Ladder, AProgramThatFailedLeavesTheFirstReason) {
  const Aid failures[] = {{Program::kPoppler, 0, "", Reason{"POPPLER_NOT_INSTALLED", "install poppler-utils"}}};
  const ExtractOutcome outcome = extract({"%PDF-1.7 and nothing else", "", "", failures});
  ASSERT_EQ(code_of(outcome), "MALFORMED_PDF");
  EXPECT_NE(std::get<Reason>(outcome).message.find("install poppler-utils"), std::string::npos);
  const Aid empty[] = {{Program::kPoppler, 0, "<html></html>", std::nullopt}};
  EXPECT_EQ(code_of(extract({"%PDF-1.7 and nothing else", "", "", empty})), "MALFORMED_PDF");
}

TEST(Bbox, TakesNothingThatIsNoPlace) {
  EXPECT_EQ(code_of(extract_bbox("")), "MALFORMED_PDF");
  EXPECT_EQ(code_of(extract_bbox("<word xMin=\"1\" yMin=\"1\" xMax=\"2\" yMax=\"2\">before any page</word>")), "MALFORMED_PDF");
  for (const char* place : {"nan", "1e30", "x", ""}) {
    const std::string xhtml = std::string("<page width=\"595\" height=\"842\"><word xMin=\"") + place +
                              "\" yMin=\"1\" xMax=\"2\" yMax=\"2\">out</word><word xMin=\"1\" yMin=\"1\" xMax=\"9\" yMax=\"9\">in</word>";
    const ExtractOutcome outcome = extract_bbox(xhtml);
    ASSERT_TRUE(std::holds_alternative<Document>(outcome)) << place;
    EXPECT_EQ(std::get<Document>(outcome).text.find("out"), std::string::npos) << place;
  }
}

TEST(PutRecognised, ReplacesThePagesThatWereAskedFor) {
  OcrPage recognised;
  recognised.width = 1000;
  recognised.height = 1400;
  recognised.texts = {{OcrReader::kBoth, {0, 0, 100, 20}, "一"}};
  std::vector<Page> pages(3);
  for (std::size_t i = 0; i < pages.size(); ++i) {
    pages[i].number = static_cast<std::int32_t>(i) + 1;
    pages[i].width = 500;
    pages[i].height = 700;
  }
  const std::string output = write_ocr_output({recognised});
  put_recognised(output + output, OcrReader::kChinese, {2, 3}, pages);  // two outputs, one a page
  EXPECT_TRUE(pages[0].glyphs.empty());
  ASSERT_EQ(pages[1].glyphs.size(), 1U);
  EXPECT_FLOAT_EQ(pages[1].glyphs[0].box.right, 50);
  EXPECT_EQ(pages[2].number, 3);
  EXPECT_EQ(pages[2].glyphs.size(), 1U);
  put_recognised("no output", OcrReader::kChinese, {1}, pages);
  put_recognised(output, OcrReader::kChinese, {9}, pages);
  EXPECT_TRUE(pages[0].glyphs.empty());
}

}  // namespace
}  // namespace gouji::parser
