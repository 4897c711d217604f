#include <gtest/gtest.h>

#include "tests/unit/services/parser/core/pdf/pdf_text.h"

namespace gouji::parser {
namespace {

using testing::PdfWriter;
using testing::reference;

// What a font makes of `shown`, in hexadecimal.
PdfContent read_with(const std::string& font, const std::string& hex, PdfWriter writer = PdfWriter()) {
  return content_of(
      page_with("BT /F0 10 Tf 20 30 Td <" + hex + "> Tj ET", "/Font << /F0 << " + font + " >> >>", std::move(writer)));
}

float width_of(const PdfContent& content, std::size_t glyph) {
  const Box& box = content.pages.at(0).glyphs.at(glyph).box;
  return box.right - box.left;
}

TEST(PdfFont, SimpleFontsFollowTheirEncoding) {
  const std::string symbolic = "/FontDescriptor << /Flags 4 /FontFile2 null >>";
  const std::string embedded = "/FontDescriptor << /Flags 4 /FontFile2 (program) >>";
  const std::string textual = "/FontDescriptor << /Flags 32 /FontFile2 (program) >>";
  struct Case {
    std::string font;
    std::string hex;
    std::string text;
  };
  const Case cases[] = {
      {"/Subtype /Type1 /BaseFont /Helvetica", "413927", "A9’"},
      {"/Subtype /Type1 /BaseFont /Symbol", "41", "?"},
      {"/Subtype /TrueType /Encoding /WinAnsiEncoding", "27802E", "'€."},
      {"/Subtype /TrueType /Encoding /MacRomanEncoding", "80A5", "Ä•"},
      {"/Subtype /TrueType " + embedded, "4139", "??"},
      {"/Subtype /TrueType " + textual, "4139", "A9"},
      {"/Subtype /TrueType " + symbolic, "41", "?"},
      {"/Subtype /TrueType /Encoding /WinAnsiEncoding " + embedded, "41", "A"},
      {"/Subtype /Type1 /Encoding << /Differences [1 /one /two /uni5E74 /g12 65 /g13 /three] >>", "010203044142", "12年??3"},
      {"/Subtype /Type1 /Encoding << /BaseEncoding /WinAnsiEncoding /Differences [66 /f_i] >>", "4142", "Afi"},
      {"/Subtype /Type1 /Encoding << /Differences [300 /one -5 /two 65 /three] >> " + embedded, "41", "3"},
      {"/Subtype /Type3 /FontMatrix [.001 0 0 .001 0 0] /Encoding << /Differences [5 /seven /g1] >>", "0506", "7?"},
      {"/Subtype /Nonsense /Encoding /NoSuchEncoding", "41", "A"},
  };
  for (const Case& one : cases) EXPECT_EQ(text_of(read_with(one.font, one.hex)), one.text) << one.font;
}

TEST(PdfFont, AToUnicodeGoesBeforeTheEncoding) {
  PdfWriter writer;
  const int map = writer.add_compressed("", "2 beginbfchar <41> <4E2D> <43> <0000> endbfchar");
  const std::string font = "/Subtype /TrueType /Encoding /WinAnsiEncoding /ToUnicode " + reference(map);
  EXPECT_EQ(text_of(read_with(font, "414243", writer)), "中BC");
}

TEST(PdfFont, WhatToUnicodeLeavesOutIsNotKnown) {
  PdfWriter writer;
  const int map = writer.add_compressed("", "1 beginbfchar <0041> <4E2D> endbfchar");
  const std::string font = "/Subtype /Type0 /Encoding /Identity-H /DescendantFonts [<< >>] /ToUnicode " + reference(map);
  EXPECT_EQ(text_of(read_with(font, "0041004200", writer)), "中??");
}

TEST(PdfFont, CharactersThatNobodyMayWriteAreNotKnown) {
  PdfWriter writer;
  const int map = writer.add_compressed(
      "", "5 beginbfchar <01> <FFFD> <02> <FFFF> <03> <0007> <04> <000A> <05> <E123> endbfchar");
  const PdfContent content =
      read_with("/Subtype /TrueType /Encoding << >> /FontDescriptor << /Flags 4 >> /ToUnicode " + reference(map), "0102030405", writer);
  EXPECT_EQ(text_of(content), "??? \xEE\x84\xA3");
  EXPECT_EQ(content.facts[0].unreadable, 4);  // a character for private use says nothing either
}

TEST(PdfFont, AToUnicodeThatIsANameSaysThatCodesAreCharacters) {
  EXPECT_EQ(text_of(read_with("/Subtype /Type0 /Encoding /Identity-H /DescendantFonts [<< >>] /ToUnicode /Identity-H",
                              "4E2D0031")),
            "中1");
}

TEST(PdfFont, TakesWidthsFromWhereverTheyStand) {
  const std::string latin = "/Subtype /TrueType /Encoding /WinAnsiEncoding ";
  EXPECT_NEAR(width_of(read_with(latin + "/FirstChar 65 /Widths [250 x 750]", "41"), 0), 2.5, 0.01);
  EXPECT_NEAR(width_of(read_with(latin + "/FirstChar 65 /Widths [250 x 750]", "43"), 0), 7.5, 0.01);
  EXPECT_NEAR(width_of(read_with(latin + "/FirstChar 65 /Widths [250] /FontDescriptor << /MissingWidth 400 >>", "42"), 0),
              4, 0.01);
  EXPECT_NEAR(width_of(read_with("/Subtype /Type1 /BaseFont /Courier", "41"), 0), 6, 0.01);
  const std::string composite = "/Subtype /Type0 /Encoding /Identity-H /DescendantFonts ";
  const std::string widths = "[<< /DW 800 /W [1 [100 200] 5 9 300 12 [400]] >>]";
  EXPECT_NEAR(width_of(read_with(composite + widths, "0002"), 0), 2, 0.01);
  EXPECT_NEAR(width_of(read_with(composite + widths, "0007"), 0), 3, 0.01);
  EXPECT_NEAR(width_of(read_with(composite + widths, "000C"), 0), 4, 0.01);
  EXPECT_NEAR(width_of(read_with(composite + widths, "0003"), 0), 8, 0.01);
  EXPECT_NEAR(width_of(read_with(composite + "[<< >>]", "0003"), 0), 10, 0.01);
  EXPECT_NEAR(width_of(read_with(composite + "[<< /W [1 [100] 5 (x) 7] >>]", "0001"), 0), 1, 0.01);
}

TEST(PdfFont, Type3FontsHaveTheirOwnUnits) {
  const PdfContent outline = read_with(
      "/Subtype /Type3 /FontMatrix [.0005 0 0 -.0005 0 0] /FontBBox [0 0 2000 -100] /Encoding << /Differences [1 /one] >> "
      "/FirstChar 1 /Widths [1000]",
      "01");
  EXPECT_NEAR(width_of(outline, 0), 5, 0.01);
  EXPECT_NEAR(outline.pages[0].glyphs[0].box.top, 70 - 8.8, 0.01);
  const PdfContent pixels = read_with(
      "/Subtype /Type3 /FontMatrix [.02 0 0 .02 0 0] /FontBBox [0 -5 40 35] /Encoding << /Differences [1 /one] >> "
      "/FirstChar 1 /Widths [30]",
      "01");
  EXPECT_NEAR(width_of(pixels, 0), 6, 0.01);
  EXPECT_NEAR(pixels.pages[0].glyphs[0].box.top, 70 - 7, 0.01);
  EXPECT_NEAR(pixels.pages[0].glyphs[0].box.bottom, 70 + 1, 0.01);
}

TEST(PdfFont, EmbeddedCMapsSplitStringsAndNameGlyphs) {
  PdfWriter writer;
  const int base = writer.add_compressed("", "1 begincodespacerange <00> <7F> endcodespacerange");
  const int encoding = writer.add_compressed(
      "/UseCMap " + reference(base),
      "2 begincodespacerange <00> <7F> <8000> <FFFF> endcodespacerange 1 begincidrange <8000> <80FF> 10 endcidrange");
  const int map = writer.add_compressed("", "2 beginbfchar <41> <0041> <8001> <4E00> endbfchar");
  const PdfContent content = read_with("/Subtype /Type0 /Encoding " + reference(encoding) + " /ToUnicode " + reference(map) +
                                           " /DescendantFonts [<< /W [11 [300]] >>]",
                                       "41800141", writer);
  EXPECT_EQ(text_of(content), "A一A");
  EXPECT_NEAR(width_of(content, 1), 3, 0.01);
}

TEST(PdfFont, EmbeddedCMapsOverIdentityCountTwoBytes) {
  PdfWriter writer;
  const int encoding = writer.add_compressed("", "/Identity-H usecmap");
  const int map = writer.add_compressed("", "1 beginbfchar <0041> <4E00> endbfchar");
  EXPECT_EQ(text_of(read_with("/Subtype /Type0 /Encoding " + reference(encoding) + " /ToUnicode " + reference(map) +
                                  " /DescendantFonts [<< >>]",
                              "0041", writer)),
            "一");
}

TEST(PdfFont, OneCodeCanStandForSeveralCharacters) {
  PdfWriter writer;
  const int map = writer.add_compressed("", "1 beginbfchar <01> <003100320033> endbfchar");
  const PdfContent content = read_with(
      "/Subtype /TrueType /FirstChar 1 /Widths [600] /Encoding /WinAnsiEncoding /ToUnicode " + reference(map), "01", writer);
  EXPECT_EQ(text_of(content), "123");
  EXPECT_NEAR(content.pages[0].glyphs[2].box.left, 24, 0.01);
  EXPECT_NEAR(content.pages[0].glyphs[2].box.right, 26, 0.01);
}

TEST(PdfFont, VerticalFontsWriteDownwards) {
  const PdfContent content =
      read_with("/Subtype /Type0 /Encoding /UniGB-UCS2-V /DescendantFonts [<< >>]", "4E004E8C");
  ASSERT_EQ(text_of(content), "一二");
  const Box& first = content.pages[0].glyphs[0].box;
  const Box& second = content.pages[0].glyphs[1].box;
  EXPECT_NEAR(first.left, 15, 0.01);
  EXPECT_NEAR(first.top, 70, 0.01);
  EXPECT_NEAR(second.top, 80, 0.01);
  EXPECT_NEAR(second.bottom, 90, 0.01);
}

TEST(PdfFont, AFontThatIsMissingStillShowsThatSomethingIsWritten) {
  const PdfContent content = content_of(page_with("BT /F9 10 Tf 20 30 Td (abc) Tj ET", ""));
  EXPECT_EQ(text_of(content), "???");
  EXPECT_EQ(content.facts[0].unreadable, 3);
}

TEST(PdfFont, GraphicsStatesBringFonts) {
  EXPECT_EQ(text_of(content_of(page_with(
                "BT /G gs 20 30 Td (a) Tj ET",
                "/ExtGState << /G << /Font [<< /Subtype /TrueType /Encoding /WinAnsiEncoding >> 10] >> >>"))),
            "a");
}

}  // namespace
}  // namespace gouji::parser
