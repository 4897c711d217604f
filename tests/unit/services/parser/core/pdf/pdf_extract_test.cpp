#include "services/parser/core/pdf/pdf_extract.h"

#include <gtest/gtest.h>

#include "tests/unit/services/parser/core/pdf/pdf_text.h"

namespace gouji::parser {
namespace {

using testing::PdfEncoding;
using testing::PdfSheet;
using testing::PdfWriter;
using testing::reference;
using testing::render_pdf;

// Two rows of three cells; 12-point figures 3 points apart with a rule between them.
PdfSheet table_sheet() {
  PdfSheet sheet{400, 300, {{60, 40, 12, "青浦湾市报告"}, {60, 112, 12, "本年新收"}, {147, 112, 12, "222"},
                            {168, 112, 12, "1725"}, {60, 132, 12, "上年结转"}, {140, 132, 12, "7"}, {180, 132, 12, "8"}},
                 {}};
  for (const double y : {98.0, 118.0, 138.0}) sheet.lines.push_back({50, y, 200, y});
  for (const double x : {50.0, 130.0, 166.5, 200.0}) sheet.lines.push_back({x, 98, x, 138});
  return sheet;
}

ExtractOutcome extracted(const std::string& bytes) {
  Source source;
  source.bytes = bytes;
  return extract(source);
}

TEST(PdfExtract, RuledTablesAreGrids) {
  for (const int rotate : {0, 90}) {
    const ExtractOutcome outcome = extracted(render_pdf({table_sheet()}, {.rotate = rotate, .title = "青浦湾"}));
    const auto* document = std::get_if<Document>(&outcome);
    ASSERT_NE(document, nullptr);
    EXPECT_EQ(document->format, "application/pdf");
    EXPECT_EQ(document->title, "青浦湾");
    ASSERT_EQ(document->grids.size(), 1U);
    std::vector<std::string> cells;
    for (const GridCell& cell : document->grids[0].cells) cells.emplace_back(document->view(cell.text));
    EXPECT_EQ(cells, (std::vector<std::string>{"本年新收", "222", "1725", "上年结转", "7", "8"}));
    const Where where = document->where(document->grids[0].cells[2].text);
    EXPECT_EQ(where.page, 1);
    EXPECT_NEAR(where.left, 16'800, 2);
  }
}

TEST(PdfExtract, RefusesWithTheReasonOfTheReader) {
  Source source;
  source.bytes = "%PDF-1.7\n%%EOF";
  const ExtractOutcome outcome = extract_pdf(source);
  const auto* reason = std::get_if<Reason>(&outcome);
  ASSERT_NE(reason, nullptr);
  EXPECT_EQ(reason->code, "MALFORMED_PDF");
}

TEST(PdfExtract, NamesPagesWhoseFontsAreSilent) {
  const std::string text = "二〇二四年收到申请一百二十件";
  const auto pages = [&](PdfEncoding encoding) {
    return pages_to_recognise(content_of(render_pdf({{400, 300, {{20, 50, 12, text}}, {}}}, {.encoding = encoding})));
  };
  EXPECT_EQ(pages(PdfEncoding::kIdentityUnreadable), std::vector<std::int32_t>{1});
  EXPECT_TRUE(pages(PdfEncoding::kIdentity).empty());
}

PdfContent page_with_picture(const std::string& size, const std::string& text) {
  PdfWriter writer;
  const int image = writer.add_stream("/Subtype /Image /Width 1 /Height 1 /BitsPerComponent 8", "x");
  return content_of(page_with("q " + size + " 0 0 cm /I Do Q BT /F0 5 Tf 20 30 Td " + text + " Tj ET",
                              latin_font() + " /XObject << /I " + reference(image) + " >>", writer));
}

TEST(PdfExtract, NamesPagesWhoseCharactersAreDrawn) {
  std::string shapes;
  for (int i = 0; i < 301; ++i) shapes += "10 10 m 20 10 l 15 20 l h f\n";
  EXPECT_EQ(pages_to_recognise(content_of(page_with(shapes, ""))), std::vector<std::int32_t>{1});
  EXPECT_TRUE(pages_to_recognise(content_of(page_with("10 10 m 20 10 l 15 20 l h f", ""))).empty());
  const std::string text = "BT /F0 8 Tf 10 50 Td (as many letters as a line of text has) Tj ET ";
  EXPECT_TRUE(pages_to_recognise(content_of(page_with(text + shapes, latin_font()))).empty());
}

TEST(PdfExtract, NamesPagesThatArePictures) {
  const std::string line = "(more than twenty characters are a text)";
  EXPECT_EQ(pages_to_recognise(page_with_picture("200 0 0 100", "(- 1 -)")), std::vector<std::int32_t>{1});
  EXPECT_EQ(pages_to_recognise(page_with_picture("200 0 0 100", "3 Tr " + line)), std::vector<std::int32_t>{1});
  EXPECT_TRUE(pages_to_recognise(page_with_picture("200 0 0 100", line)).empty());
  EXPECT_TRUE(pages_to_recognise(page_with_picture("90 0 0 100", "(- 1 -)")).empty());
}

}  // namespace
}  // namespace gouji::parser
