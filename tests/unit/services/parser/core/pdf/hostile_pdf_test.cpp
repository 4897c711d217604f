// Files that nobody meant well, or that lost a part: a reason or what is left, in bounded time.
#include <gtest/gtest.h>

#include "services/parser/core/pdf/pdf_limits.h"
#include "services/parser/core/pdf/structure_guard.h"
#include "tests/unit/services/parser/core/pdf/pdf_text.h"

namespace gouji::parser {
namespace {

using testing::PdfWriter;
using testing::deflated;
using testing::reference;

bool has_limit(const PdfContent& content, std::string_view name) {
  return std::find(content.limits.begin(), content.limits.end(), name) != content.limits.end();
}

TEST(HostilePdf, WhatIsNoPdfIsRefused) {
  for (const std::string_view bytes : {"", "%PDF-1.7", "%PDF-1.7\n%%EOF", "%PDF-1.4\ntrailer << /Root 1 0 R >>\n%%EOF",
                                       "%PDF-1.4\nxref\n0 99999999\ntrailer\n<< /Size 5 >>\nstartxref\n9\n%%EOF"}) {
    EXPECT_EQ(refusal(read_pdf(bytes)), "MALFORMED_PDF") << bytes;
  }
}

TEST(HostilePdf, EveryTruncationEndsWithAReasonOrPages) {
  for (const auto structure : {PdfWriter::Structure::kTable, PdfWriter::Structure::kObjectStreams}) {
    const std::string whole = testing::render_pdf({{200, 100, {{10, 20, 10, "二〇二四年"}}, {{0, 0, 9, 0}}}},
                                                  {.structure = structure});
    for (std::size_t size = 0; size < whole.size(); size += 7) {
      const PdfOutcome outcome = read_pdf(std::string_view(whole).substr(0, size));
      if (const auto* content = std::get_if<PdfContent>(&outcome)) {
        EXPECT_LE(content->pages.size(), 1U);
      } else {
        EXPECT_FALSE(refusal(outcome).empty());
      }
    }
  }
}

TEST(HostilePdf, StreamsInsideStreamsDoNotSwell) {
  PdfWriter writer;
  const std::string bomb = deflated(deflated(std::string(kPdfStreamBytesMax + 1, ' ')));
  const int stream = writer.add_stream("/Filter [/FlateDecode /FlateDecode]", bomb);
  const int page = writer.add("<< /Contents " + reference(stream) + " >>");
  const int pages = writer.add("<< /Kids [" + reference(page) + "] >>");
  EXPECT_EQ(refusal(read_pdf(writer.finish(writer.add("<< /Pages " + reference(pages) + " >>")))), "TOO_LARGE");
}

TEST(HostilePdf, OneLargeStreamIsTooLarge) {
  PdfWriter writer;
  const int stream = writer.add_compressed("", std::string(kPdfStreamBytesMax + 1, ' '));
  const int page = writer.add("<< /Contents " + reference(stream) + " >>");
  const int pages = writer.add("<< /Kids [" + reference(page) + "] >>");
  EXPECT_EQ(refusal(read_pdf(writer.finish(writer.add("<< /Pages " + reference(pages) + " >>")))), "TOO_LARGE");
}

TEST(HostilePdf, ManyStreamsTogetherAreTooLarge) {
  PdfWriter writer;
  const int stream = writer.add_compressed("", std::string(kPdfStreamBytesMax / 2, ' '));
  std::string kids;
  for (int i = 0; i < 10; ++i) kids += reference(writer.add("<< /Contents " + reference(stream) + " >>")) + " ";
  const int pages = writer.add("<< /Kids [" + kids + "] >>");
  EXPECT_EQ(refusal(read_pdf(writer.finish(writer.add("<< /Pages " + reference(pages) + " >>")))), "TOO_LARGE");
}

TEST(HostilePdf, MoreThanTwoFiltersAreNotUndone) {
  PdfWriter writer;
  const int stream = writer.add_stream("/Filter [/FlateDecode /FlateDecode /FlateDecode]", deflated(deflated(deflated("q"))));
  const int page = writer.add("<< /Contents " + reference(stream) + " >>");
  const int pages = writer.add("<< /Kids [" + reference(page) + "] >>");
  const PdfContent content = content_of(writer.finish(writer.add("<< /Pages " + reference(pages) + " >>")));
  EXPECT_TRUE(content.facts.at(0).is_cut);
  EXPECT_TRUE(has_limit(content, "PDF_PAGE_DAMAGED"));
}

TEST(HostilePdf, ObjectStreamsDoNotSwell) {
  PdfWriter writer;
  const std::string content(kPdfStructureBytesMax + 1, ' ');
  writer.add_compressed("/Type /ObjStm /N 1 /First 4", "9 0 " + content);
  const std::string bomb = writer.finish(1);
  EXPECT_FALSE(has_bounded_structure(bomb));
  EXPECT_EQ(refusal(read_pdf(bomb)), "TOO_LARGE");
  PdfWriter escaped;
  escaped.add_compressed("/Type /Obj#53tm /N 1 /#46irst 4", "9 0 " + content);
  EXPECT_FALSE(has_bounded_structure(escaped.finish(1)));
  PdfWriter nested;
  nested.add_stream("/Type /ObjStm /N 1 /First 4 /Filter [/FlateDecode /FlateDecode]", deflated(deflated(content)));
  EXPECT_FALSE(has_bounded_structure(nested.finish(1)));
}

TEST(HostilePdf, PagesInTheirOwnTreeAreReadOnce) {
  PdfWriter writer;
  const int pages = writer.reserve();
  const int page = writer.add("<< /Type /Page >>");
  writer.set(pages, "<< /Kids [" + reference(pages) + " " + reference(page) + " " + reference(page) + " " +
                        reference(pages) + "] >>");
  EXPECT_EQ(content_of(writer.finish(writer.add("<< /Pages " + reference(pages) + " >>"))).pages.size(), 1U);
}

TEST(HostilePdf, MoreThanAThousandPagesAreRefused) {
  PdfWriter writer;
  std::string kids;
  for (std::size_t i = 0; i < kPdfPagesMax; ++i) kids += reference(writer.add("<< >>")) + " ";
  const int pages = writer.reserve();
  const int root = writer.add("<< /Pages " + reference(pages) + " >>");
  writer.set(pages, "<< /Kids [" + kids + "] >>");
  EXPECT_EQ(content_of(writer.finish(root)).pages.size(), kPdfPagesMax);
  writer.set(pages, "<< /Kids [" + kids + "<< >>] >>");
  EXPECT_EQ(refusal(read_pdf(writer.finish(root))), "TOO_MANY_PAGES");
}

TEST(HostilePdf, AnArrayThatRepeatsItsPagesHasABound) {
  PdfWriter writer;
  std::string kids;
  for (std::size_t i = 0; i <= kPdfPageTreeNodesMax; ++i) kids += "9 0 R ";
  const int pages = writer.add("<< /Kids [" + kids + "] >>");
  EXPECT_EQ(refusal(read_pdf(writer.finish(writer.add("<< /Pages " + reference(pages) + " >>")))), "TOO_MANY_PAGES");
}

TEST(HostilePdf, DeepNestingIsNoStackOverflow) {
  const std::string deep(100'000, '[');
  const std::string deep_dictionaries = [] {
    std::string text;
    for (int i = 0; i < 50'000; ++i) text += "<< /A ";
    return text;
  }();
  for (const std::string& object : {deep, deep_dictionaries}) {
    PdfWriter writer;
    const int hostile = writer.add(object);
    const int stream = writer.add_stream("", "BT /F0 10 Tf 20 30 Td (a) Tj ET");
    const int page = writer.add("<< /Contents " + reference(stream) + " /Rotate " + reference(hostile) +
                                " /Resources << " + latin_font() + " >> >>");
    const int pages = writer.add("<< /Kids [" + reference(page) + "] >>");
    const PdfOutcome outcome = read_pdf(writer.finish(writer.add("<< /Pages " + reference(pages) + " >>")));
    if (const auto* content = std::get_if<PdfContent>(&outcome)) {
      EXPECT_EQ(text_of(*content), "a");
    } else {
      EXPECT_FALSE(refusal(outcome).empty());
    }
  }
  EXPECT_EQ(text_of(shown("BT /F0 10 Tf 20 30 Td (a) Tj " + deep + " TJ (b) Tj ET")), "ab");
  std::string states;
  for (int i = 0; i < 100'000; ++i) states += "q ";
  EXPECT_EQ(text_of(shown(states + "BT /F0 10 Tf 20 30 Td (a) Tj ET")), "a");
}

TEST(HostilePdf, FormsThatFanOutEndWithTheirBudget) {
  PdfWriter writer;
  std::string called;
  int form = 0;
  // Each form draws the one below ten thousand times: 10^16 pictures of a letter.
  for (int depth = 0; depth < 4; ++depth) {
    std::string content = "BT /F0 10 Tf 20 30 Td (x) Tj ET ";
    if (depth > 0) {
      for (int i = 0; i < 10'000; ++i) content += "/F Do ";
    }
    const std::string resources = latin_font() + (depth > 0 ? " /XObject << /F " + reference(form) + " >>" : "");
    form = writer.add_compressed("/Subtype /Form /Resources << " + resources + " >>", content);
  }
  const PdfContent content = content_of(page_with("/F Do", "/XObject << /F " + reference(form) + " >>", writer));
  EXPECT_TRUE(has_limit(content, "PDF_OPERATORS"));
  EXPECT_TRUE(content.facts[0].is_cut);
}

TEST(HostilePdf, FormsNestToALimit) {
  PdfWriter writer;
  int form = writer.add_stream("/Subtype /Form /Resources << " + latin_font() + " >>", "BT /F0 10 Tf 9 9 Td (x) Tj ET");
  for (std::size_t depth = 1; depth < kPdfFormDepthMax; ++depth) {
    form = writer.add_stream("/Subtype /Form /Resources << /XObject << /F " + reference(form) + " >> >>", "/F Do");
  }
  const auto page = [&](int outermost) {
    return content_of(page_with("/F Do", "/XObject << /F " + reference(outermost) + " >>", writer));
  };
  EXPECT_EQ(text_of(page(form)), "x");
  const int deeper =
      writer.add_stream("/Subtype /Form /Resources << /XObject << /F " + reference(form) + " >> >>", "/F Do");
  EXPECT_EQ(text_of(page(deeper)), "");
}

TEST(HostilePdf, NumbersBeyondMeasureDrawNothing) {
  const PdfContent content = shown(
      "BT /F0 99999999999999999999999999 Tf 1e5 1 Td (a) Tj ET "
      "999999999999999999999999999999999999999999 0 0 1 0 0 cm 0 0 m 10 0 l S 10 10 5 5 re f "
      "BT /F0 10 Tf 99999999999999999999999999999999 0 0 1 0 0 Tm (abc) Tj ET");
  for (const Glyph& glyph : content.pages[0].glyphs) EXPECT_TRUE(std::isfinite(glyph.box.left));
}

TEST(HostilePdf, OperandsOfTheWrongKindAreIgnored) {
  EXPECT_EQ(text_of(shown("BT /F0 10 Tf 20 30 Td (a) Tj Tj 5 Tj [ 5 ] Tj /x TJ Tf /F0 Tf (x) Do Do /N Do /N gs gs BDC "
                          "EMC EMC Q Q re c v y h l ] >> << EMC (b) Tj ET")),
            "ab");
}

TEST(HostilePdf, ADamagedPageDoesNotTakeTheOthersAlong) {
  PdfWriter writer;
  const int good = writer.add_stream("", "BT /F0 10 Tf 20 30 Td (a) Tj ET");
  const int bad = writer.add_stream("/Filter /NoSuchFilter", "xxx");
  const std::string resources = " /Resources << " + latin_font() + " >> >>";
  const int first = writer.add("<< /Contents " + reference(bad) + resources);
  const int second = writer.add("<< /Contents " + reference(good) + resources);
  const int pages = writer.add("<< /Kids [" + reference(first) + " " + reference(second) + "] >>");
  const PdfContent content = content_of(writer.finish(writer.add("<< /Pages " + reference(pages) + " >>")));
  EXPECT_EQ(text_of(content), "a");
  EXPECT_TRUE(content.facts.at(0).is_cut);
  EXPECT_FALSE(content.facts.at(1).is_cut);
}

TEST(HostilePdf, WhatPrecedesAnErrorInCompressedDataIsRead) {
  std::string content = "BT /F0 10 Tf 20 30 Td (a) Tj ET\n";
  for (int i = 0; i < 2'000; ++i) content += std::to_string(i * 7919 % 1000) + " g ";
  std::string data = deflated(content);
  data.resize(data.size() / 2);
  PdfWriter writer;
  const int stream = writer.add_stream("/Filter /FlateDecode", data);
  const int page = writer.add("<< /Contents " + reference(stream) + " /Resources << " + latin_font() + " >> >>");
  const int pages = writer.add("<< /Kids [" + reference(page) + "] >>");
  EXPECT_EQ(text_of(content_of(writer.finish(writer.add("<< /Pages " + reference(pages) + " >>")))), "a");
}

}  // namespace
}  // namespace gouji::parser
