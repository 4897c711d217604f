#include "services/parser/core/pdf/raw_dictionary.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/unit/services/parser/core/pdf/pdf_text.h"

#include <qpdf/QPDF.hh>

#include "services/parser/core/pdf/unpacked_objects.h"

namespace gouji::parser {
namespace {

using testing::PdfWriter;
using testing::reference;

TEST(RawDictionary, TellsNumbersNamesReferencesAndBracketsApart) {
  const auto dictionary = RawDictionary::parse("<< /A 5 /B 6 0 R /C /Name /D [1 2 [3]] /E << /A 9 >> /F (text) /G [1 2.5 -3] >> endobj");
  ASSERT_TRUE(dictionary);
  EXPECT_EQ(dictionary->find("A")->number, 5);
  EXPECT_EQ(dictionary->find("B")->kind, RawValue::Kind::kReference);
  EXPECT_EQ(dictionary->find("B")->id, 6);
  EXPECT_EQ(dictionary->find("C")->text, "Name");
  EXPECT_FALSE(dictionary->find("D")->numbers());
  EXPECT_EQ(RawDictionary::parse(dictionary->find("E")->text)->find("A")->number, 9);
  EXPECT_EQ(dictionary->find("F")->kind, RawValue::Kind::kOther);
  EXPECT_EQ(dictionary->find("G")->numbers(), (std::vector<double>{1, 2.5, -3}));
  EXPECT_EQ(dictionary->find("H"), nullptr);
}

TEST(RawDictionary, WhatIsNotWellFormedIsNone) {
  for (const char* text : {"", "5", "<< /A 1", "<< /A >>", "<< 1 /A >>", "<< /A [1 >>", "<< /A 1 /A 2 >>", "<< /A#42 1 >>"}) {
    EXPECT_FALSE(RawDictionary::parse(text)) << text;
  }
}

// One Type 3 font whose widths stand in the font or elsewhere, so that it is read in two ways.
std::string drawn(bool is_plain, PdfWriter writer = PdfWriter()) {
  const int map = writer.add_stream("", "1 beginbfchar <41> <4E2D> endbfchar");
  const int drawing = writer.add_stream("", "0 0 0 0 800 800 d1");
  const std::string widths = "[700 800]";
  const std::string shown = is_plain ? widths : reference(writer.add(widths));
  const int font = writer.add("<< /Type /Font /Subtype /Type3 /FontMatrix [.001 0 0 .001 0 0] /FontBBox [0 -200 1000 800] /CharProcs << /g 5 0 R /B " +
                              reference(drawing) + " >> /Encoding << /Differences [65 /g /B] >> /FirstChar 65 /LastChar 66 /Widths " + shown +
                              " /FontDescriptor << /MissingWidth 300 >> /ToUnicode " + reference(map) + " >>");
  return page_with("BT /F0 10 Tf 10 50 Td (ABC) Tj ET", "/Font << /F0 " + reference(font) + " >>", std::move(writer));
}

TEST(RawDictionary, AFontOfDrawingsIsTheSameInWhateverWayItIsRead) {
  const Page plain = content_of(drawn(true)).pages.at(0), spread = content_of(drawn(false)).pages.at(0);
  EXPECT_EQ(text_of(plain), "中B?");
  ASSERT_EQ(text_of(plain), text_of(spread));
  for (std::size_t i = 0; i < plain.glyphs.size(); ++i) {
    EXPECT_EQ(plain.glyphs[i].box.left, spread.glyphs[i].box.left);
    EXPECT_EQ(plain.glyphs[i].box.right, spread.glyphs[i].box.right);
    EXPECT_EQ(plain.glyphs[i].box.top, spread.glyphs[i].box.top);
  }
  EXPECT_EQ(text_of(content_of(drawn(true, PdfWriter(PdfWriter::Structure::kObjectStreams)))), "中B?");
}

std::optional<std::string> unpacked(const std::string& file) {
  QPDF pdf;
  pdf.setSuppressWarnings(true);
  pdf.processMemoryFile("", file.data(), file.size());
  return unpack_objects(pdf, file);
}

TEST(UnpackedObjects, AFileOfObjectStreamsReadsTheSame) {
  const std::string file = drawn(true, PdfWriter(PdfWriter::Structure::kObjectStreams));
  const auto rewritten = unpacked(file);
  ASSERT_TRUE(rewritten);
  EXPECT_TRUE(rewritten->starts_with(file));
  EXPECT_EQ(text_of(content_of(*rewritten)), "中B?");
}

TEST(UnpackedObjects, PartsOfTheStructureAreLeftOut) {
  PdfWriter writer(PdfWriter::Structure::kObjectStreams);
  writer.add("<< /Type /StructElem /S /P >>");
  const auto rewritten = unpacked(drawn(true, std::move(writer)));
  ASSERT_TRUE(rewritten);
  EXPECT_EQ(rewritten->find("/Type /StructElem"), std::string::npos);
}

TEST(UnpackedObjects, NothingIsRewrittenWithoutThem) {
  EXPECT_FALSE(unpacked(drawn(true)));
  EXPECT_FALSE(unpacked("\n" + drawn(true, PdfWriter(PdfWriter::Structure::kObjectStreams))));
}

}  // namespace
}  // namespace gouji::parser
