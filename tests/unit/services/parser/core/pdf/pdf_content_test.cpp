#include <gtest/gtest.h>

#include "tests/unit/services/parser/core/pdf/pdf_text.h"

namespace gouji::parser {
namespace {

using testing::PdfWriter;
using testing::reference;

const Box& box_at(const PdfContent& content, std::size_t glyph) { return content.pages.at(0).glyphs.at(glyph).box; }

TEST(PdfContent, MovesThePenAsTextOperatorsSay) {
  struct Case {
    std::string_view content;
    float left;  // of the last character
    float base;  // its base line, from below
  };
  const Case cases[] = {
      {"BT /F0 10 Tf 20 30 Td (ab) Tj ET", 25, 30},
      {"BT /F0 10 Tf 20 30 Td (a) Tj (b) Tj ET", 25, 30},
      {"BT /F0 10 Tf 20 30 Td 2 Tc (ab) Tj ET", 27, 30},
      {"BT /F0 10 Tf 20 30 Td 3 Tw (a b) Tj ET", 33, 30},
      {"BT /F0 10 Tf 20 30 Td 200 Tz (ab) Tj ET", 30, 30},
      {"BT /F0 10 Tf 20 30 Td [(a) -1000 (b)] TJ ET", 35, 30},
      {"BT /F0 10 Tf 20 30 Td (a) Tj 0 -12 Td (b) Tj ET", 20, 18},
      {"BT /F0 10 Tf 20 30 TD (a) Tj 5 -12 TD (b) Tj T* (c) Tj ET", 25, 6},
      {"BT /F0 10 Tf 12 TL 20 30 Td (a) Tj (b) ' ET", 20, 18},
      {"BT /F0 10 Tf 12 TL 20 30 Td 9 1 (b c) \" ET", 41, 18},
      {"BT /F0 10 Tf 1 0 0 1 40 50 Tm (a) Tj 4 Ts (b) Tj ET", 45, 54},
      {"2 0 0 2 10 10 cm BT /F0 10 Tf 5 5 Td (ab) Tj ET", 30, 20},
      {"q 1 0 0 1 9 9 cm Q BT /F0 10 Tf 20 30 Td (b) Tj ET", 20, 30},
      {"BT /F0 10 Tf 20 30 Td q (a) Tj Q (b) Tj ET", 25, 30},
  };
  for (const Case& one : cases) {
    const PdfContent content = shown(one.content);
    ASSERT_FALSE(content.pages.at(0).glyphs.empty()) << one.content;
    const Glyph& last = content.pages[0].glyphs.back();
    EXPECT_NEAR(last.box.left, one.left, 0.01) << one.content;
    const float scale = (last.box.bottom - last.box.top) / 10;
    EXPECT_NEAR(100 - last.box.bottom + 1.2F * scale, one.base, 0.01) << one.content;
  }
}

TEST(PdfContent, ReadsAllPartsOfAPageAsOne) {
  PdfWriter writer;
  const int first = writer.add_stream("", "BT /F0 10 Tf 20 30 Td (a) T");
  const int second = writer.add_compressed("", "(b) Tj ET");
  const int page = writer.add("<< /MediaBox [0 0 200 100] /Contents [" + reference(first) + " " + reference(second) +
                              "] /Resources << " + latin_font() + " >> >>");
  const int pages = writer.add("<< /Kids [" + reference(page) + "] >>");
  EXPECT_EQ(text_of(content_of(writer.finish(writer.add("<< /Pages " + reference(pages) + " >>")))), "b");
}

TEST(PdfContent, CountsOverprintedCharactersOnce) {
  const std::string twice = "BT /F0 10 Tf 20 30 Td (11) Tj ET BT /F0 10 Tf 20.25 30 Td (11) Tj ET";
  EXPECT_EQ(text_of(shown(twice)), "11");
  EXPECT_EQ(text_of(shown("BT /F0 10 Tf 20 30 Td (11) Tj ET BT /F0 10 Tf 21.5 30 Td (11) Tj ET")), "1111");
}

TEST(PdfContent, LeavesOutWhatIsNotOnThePage) {
  EXPECT_EQ(text_of(shown("BT /F0 10 Tf 20 130 Td (a) Tj ET BT /F0 10 Tf 20 30 Td (b) Tj ET")), "b");
  EXPECT_TRUE(shown("0 300 m 100 300 l S").pages[0].rulings.empty());
}

TEST(PdfContent, DrawsFormsInTheirOwnSpace) {
  PdfWriter writer;
  const int form = writer.add_stream("/Subtype /Form /Matrix [1 0 0 1 100 0] /Resources << " + latin_font() + " >>",
                                     "q q BT /F0 10 Tf 5 30 Td (x) Tj ET /P BMC");
  const PdfContent content =
      content_of(page_with("/F Do BT /F0 10 Tf 20 30 Td (y) Tj ET",
                           latin_font() + " /XObject << /F " + reference(form) + " >>", writer));
  EXPECT_EQ(text_of(content), "xy");
  EXPECT_NEAR(box_at(content, 0).left, 105, 0.01);
  EXPECT_NEAR(box_at(content, 1).left, 20, 0.01);
}

TEST(PdfContent, EndsWhereFormsDrawThemselves) {
  PdfWriter writer;
  const int form = writer.reserve();
  const std::string resources = latin_font() + " /XObject << /F " + reference(form) + " >>";
  const std::string content = "BT /F0 10 Tf 20 30 Td (x) Tj ET /F Do /F Do";
  std::string object = "<< /Subtype /Form /Length ";
  object.append(std::to_string(content.size())).append(" /Resources << ").append(resources);
  writer.set(form, object.append(" >> >>\nstream\n").append(content).append("\nendstream"));
  EXPECT_EQ(text_of(content_of(page_with("/F Do", resources, writer))), "x");
}

TEST(PdfContent, TellsWherePicturesAre) {
  PdfWriter writer;
  const int image = writer.add_stream("/Subtype /Image /Width 1 /Height 1 /BitsPerComponent 8", "x");
  const PdfContent content = content_of(page_with(
      "q 60 0 0 40 10 20 cm /I Do Q q 60 0 0 1 10 90 cm /I Do Q q 5 0 0 5 100 50 cm BI /W 1 /H 1 ID \xFF\x01 EI Q",
      "/XObject << /I " + reference(image) + " >>", writer));
  ASSERT_EQ(content.pages[0].pictures.size(), 2U);
  const Box& box = content.pages[0].pictures[0].box;
  EXPECT_EQ(box.left, 10);
  EXPECT_EQ(box.top, 40);
  EXPECT_EQ(box.right, 70);
  EXPECT_EQ(box.bottom, 80);
  ASSERT_EQ(content.pages[0].rulings.size(), 1U);  // a picture as thin as a line is one
  EXPECT_EQ(content.facts[0].pictures, 2);
}

TEST(PdfContent, TellsLinesFromOtherShapes) {
  struct Case {
    std::string_view content;
    std::size_t rulings;
  };
  const Case cases[] = {
      {"10 10 m 90 10 l S", 1},
      {"10 10 m 90 10 l 90 50 l 10 50 l s", 4},
      {"10 10 80 40 re S", 4},
      {"10 10 80 40 re f", 0},               // a background
      {"10 10 80 1 re f", 1},
      {"10 10 80 1 re 10 20 80 1 re f*", 2},
      {"10 10 m 90 10 l 90 11 l 10 11 l h f", 1},
      {"10 10 80 40 re 11 11 78 38 re f*", 4},  // a frame between two rectangles
      {"10 10 80 40 re 10 11 80 39 re f*", 1},
      {"10 10 80 40 re n", 0},
      {"10 10 80 40 re W n", 0},
      {"10 10 m 90 60 l S", 0},              // slanted
      {"10 10 m 40 50 60 50 90 10 c S", 0},  // curved
      {"10 10 m 90 10 l n 20 20 m 80 20 l S", 1},
      {"40 w 10 50 m 30 50 l S", 0},         // an area painted with a broad brush
      {"10 10 80 40 re B", 4},
      {"10 10 m 20 10 l 15 30 l h S", 0},    // the outline of a character, stroked
      {"10 10 m 30 10 l 30 20 30 30 10 30 c S", 0},
      {"10 10 m 80 10 l 90 10 90 20 90 20 c 90 80 l S", 2},  // a frame with a round corner
      {"10 10 7 7 re S 40 40 7 7 re S", 0},
      {"10 10 20 9 re S", 4},
  };
  for (const Case& one : cases) {
    EXPECT_EQ(shown(one.content, "").pages.at(0).rulings.size(), one.rulings) << one.content;
  }
}

TEST(PdfContent, TakesLineWidthsFromEverywhere) {
  const PdfContent content = shown("/G gs 10 50 m 90 50 l S 2 0 0 2 0 0 cm 1 w 10 10 m 40 10 l S",
                                   "/ExtGState << /G << /LW 2 >> >>");
  EXPECT_NEAR(content.pages[0].rulings.at(0).box.bottom, 51, 0.01);
  EXPECT_NEAR(content.pages[0].rulings.at(1).box.bottom, 81, 0.01);
}

TEST(PdfContent, LeavesOutLayersThatAreOff) {
  PdfWriter writer;
  const int off = writer.add("<< /Type /OCG /Name (draft) >>");
  const int on = writer.add("<< /Type /OCG /Name (text) >>");
  const int form = writer.add_stream("/Subtype /Form /OC " + reference(off), "BT /F0 10 Tf 20 30 Td (f) Tj ET");
  const int stream = writer.add_stream(
      "", "BT /F0 10 Tf 20 30 Td /OC /A BDC /S BMC (a) Tj EMC EMC /OC /B BDC (b) Tj EMC ET 10 9 m 90 9 l S /F Do");
  const int page = writer.add("<< /MediaBox [0 0 200 100] /Contents " + reference(stream) + " /Resources << " +
                              latin_font() + " /XObject << /F " + reference(form) + " >> /Properties << /A " +
                              reference(off) + " /B " + reference(on) + " >> >> >>");
  const int pages = writer.add("<< /Kids [" + reference(page) + "] >>");
  const int root = writer.add("<< /Pages " + reference(pages) + " /OCProperties << /OCGs [" + reference(off) + " " +
                              reference(on) + "] /D << /OFF [" + reference(off) + "] >> >> >>");
  const PdfContent content = content_of(writer.finish(root));
  EXPECT_EQ(text_of(content), "b");
  EXPECT_NEAR(box_at(content, 0).left, 25, 0.01);  // what is not shown still takes its place
  EXPECT_EQ(content.pages[0].rulings.size(), 1U);
}

// A font that names nothing; marked content says what its glyphs are.
TEST(PdfContent, NamesGlyphsByActualTextWhereTheirFontDoesNot) {
  const std::string silent =
      "/Font << /F0 << /Subtype /Type0 /Encoding /Identity-H /DescendantFonts [<< /DW 500 >>] >> >>";
  EXPECT_EQ(text_of(shown("BT /F0 10 Tf 20 30 Td /Span << /ActualText <FEFF4E2D6587> >> BDC <00010002> Tj EMC ET", silent)),
            "中文");
  const PdfContent ligature =
      shown("BT /F0 10 Tf 20 30 Td /Span << /ActualText (ffi) >> BDC <0001> Tj EMC <0002> Tj ET", silent);
  EXPECT_EQ(text_of(ligature), "ffi?");
  EXPECT_NEAR(box_at(ligature, 2).right, 25, 0.01);
  EXPECT_EQ(ligature.facts[0].unreadable, 1);
  EXPECT_EQ(text_of(shown("BT /F0 10 Tf 20 30 Td /Span << /ActualText (9) >> BDC (3) Tj EMC ET")), "3");
}

}  // namespace
}  // namespace gouji::parser
