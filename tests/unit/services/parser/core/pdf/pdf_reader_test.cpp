#include "services/parser/core/pdf/pdf_reader.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "tests/unit/services/parser/core/pdf/pdf_text.h"

namespace gouji::parser {
namespace {

using testing::PdfEncoding;
using testing::PdfSheet;
using testing::PdfStyle;
using testing::PdfWriter;
using testing::render_pdf;

const std::string kChinese = "收到申请 1286 件，其中（一）予以公开";

PdfSheet chinese_sheet() {
  return {400, 300, {{50, 100, 12, kChinese}, {50, 130, 12, "第二行"}}, {{40, 80, 360, 80}, {40, 80, 40, 200}}};
}

TEST(PdfReader, ReadsEveryEncodingThatSaysWhatItsCodesAre) {
  for (const PdfEncoding encoding : {PdfEncoding::kIdentity, PdfEncoding::kGbkEuc, PdfEncoding::kUniGbUcs2,
                                     PdfEncoding::kUniGbUtf16, PdfEncoding::kUniGbUtf8, PdfEncoding::kType3}) {
    const PdfContent content = content_of(render_pdf({chinese_sheet()}, {.encoding = encoding}));
    EXPECT_EQ(text_of(content), kChinese + "第二行") << static_cast<int>(encoding);
    ASSERT_EQ(content.facts.size(), 1U);
    EXPECT_EQ(content.facts[0].unreadable, 0);
    EXPECT_TRUE(content.limits.empty());
  }
}

TEST(PdfReader, SaysSoWhereAFontDoesNotNameItsCharacters) {
  const PdfContent content =
      content_of(render_pdf({{200, 100, {{10, 20, 10, "二〇二四年"}}, {}}}, {.encoding = PdfEncoding::kIdentityUnreadable}));
  EXPECT_EQ(text_of(content), "?????");
  EXPECT_EQ(content.facts[0].glyphs, 5);
  EXPECT_EQ(content.facts[0].unreadable, 5);
}

// An ideograph is as wide as its size and stands on its base line; ASCII is half as wide.
TEST(PdfReader, PlacesCharactersAsThePageIsLookedAt) {
  for (const int rotate : {0, 90, 180, 270}) {
    const PdfContent content = content_of(render_pdf({{400, 300, {{50, 100, 20, "甲1乙"}}, {}}}, {.rotate = rotate}));
    ASSERT_EQ(content.pages.size(), 1U);
    const Page& page = content.pages[0];
    EXPECT_EQ(page.width, 400) << rotate;
    EXPECT_EQ(page.height, 300) << rotate;
    ASSERT_EQ(page.glyphs.size(), 3U) << rotate;
    const float lefts[] = {50, 70, 80};
    const float rights[] = {70, 80, 100};
    for (std::size_t i = 0; i < 3; ++i) {
      EXPECT_NEAR(page.glyphs[i].box.left, lefts[i], 0.01) << rotate;
      EXPECT_NEAR(page.glyphs[i].box.right, rights[i], 0.01) << rotate;
      EXPECT_NEAR(page.glyphs[i].box.top, 100 - 0.88 * 20, 0.01) << rotate;
      EXPECT_NEAR(page.glyphs[i].box.bottom, 100 + 0.12 * 20, 0.01) << rotate;
    }
  }
}

TEST(PdfReader, FindsLinesStrokedAndFilled) {
  for (const bool is_filled : {false, true}) {
    for (const int rotate : {0, 270}) {
      const PdfContent content =
          content_of(render_pdf({chinese_sheet()}, {.has_filled_lines = is_filled, .rotate = rotate}));
      const std::vector<Ruling>& rulings = content.pages[0].rulings;
      ASSERT_EQ(rulings.size(), 2U) << is_filled;
      EXPECT_NEAR(rulings[0].box.top, 79.75, 0.01);
      EXPECT_NEAR(rulings[0].box.bottom, 80.25, 0.01);
      EXPECT_NEAR(rulings[0].box.right, 360, 0.3);
      EXPECT_NEAR(rulings[1].box.left, 39.75, 0.01);
      EXPECT_NEAR(rulings[1].box.bottom, 200, 0.3);
    }
  }
}

TEST(PdfReader, ReadsTheSameInEveryStructure) {
  const std::string plain = text_of(content_of(render_pdf({chinese_sheet(), chinese_sheet()})));
  EXPECT_EQ(plain, kChinese + "第二行" + kChinese + "第二行");
  const PdfStyle styles[] = {
      {.structure = PdfWriter::Structure::kObjectStreams}, {.is_compressed = false}, {.is_in_form = true}};
  for (const PdfStyle& style : styles) {
    EXPECT_EQ(text_of(content_of(render_pdf({chinese_sheet(), chinese_sheet()}, style))), plain);
  }
}

TEST(PdfReader, CannotReadACharacterThatThePageCutsOff) {
  PdfSheet sheet;
  sheet.texts = {{585, 100, 10, "156"}, {100, 100, 10, "156"}};
  const PdfContent content = std::get<PdfContent>(read_pdf(render_pdf({sheet})));
  std::u32string codes;
  for (const Glyph& glyph : content.pages.at(0).glyphs) codes.push_back(glyph.code);
  EXPECT_EQ(codes, (std::u32string{U'1', U'5', U'\0', U'1', U'5', U'6'}));
}

TEST(PdfReader, LeavesOutTextThatRunsAlongNoSideOfThePage) {
  EXPECT_EQ(text_of(shown("BT /F0 10 Tf 10 50 Td (here) Tj 0.87 0.5 -0.5 0.87 20 20 Tm (mark) Tj 0 1 -1 0 20 20 Tm (up) Tj ET")), "hereup");
  EXPECT_EQ(text_of(shown("BT /F0 10 Tf 1 0.05 -0.05 1 20 20 Tm (askew) Tj ET")), "askew");
  EXPECT_EQ(text_of(shown("BT /F0 10 Tf 1 0 0.3 1 20 20 Tm (italic) Tj ET")), "italic");
}

TEST(PdfReader, MarksInvisibleText) {
  const PdfContent content = content_of(render_pdf({chinese_sheet()}, {.is_hidden = true}));
  EXPECT_EQ(content.facts[0].hidden, content.facts[0].glyphs);
  EXPECT_TRUE(content.pages[0].glyphs[0].hidden);
}

TEST(PdfReader, TellsTitleAndDate) {
  const PdfContent content = content_of(render_pdf({chinese_sheet()}, {.title = "青浦湾市报告"}));
  EXPECT_EQ(content.title, "青浦湾市报告");
  EXPECT_EQ(content.created, "D:20240131093000+08'00'");
}

TEST(PdfReader, NumbersPagesFromOne) {
  const PdfContent content = content_of(render_pdf({chinese_sheet(), chinese_sheet(), chinese_sheet()}));
  ASSERT_EQ(content.pages.size(), 3U);
  EXPECT_EQ(content.pages[2].number, 3);
}

TEST(PdfReader, FindsPagesAgainWhereTheCrossReferencesAreWrong) {
  std::string bytes = render_pdf({chinese_sheet()});
  const std::size_t start = bytes.rfind("startxref\n");
  bytes.replace(start + 10, 3, "111");
  EXPECT_EQ(text_of(content_of(bytes)), kChinese + "第二行");
  EXPECT_EQ(text_of(content_of("some mail header\r\n\r\n" + render_pdf({chinese_sheet()}))), kChinese + "第二行");
}

std::string sample(const std::string& name) {
  std::ifstream in("tests/fuzz/corpus/pdf/" + name, std::ios::binary);
  EXPECT_TRUE(in.good()) << name;
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(PdfReader, OpensWhatIsEncryptedWithoutAPassword) {
  EXPECT_EQ(text_of(content_of(sample("encrypted_empty_aes.pdf"))), kChinese + "第二行");
  EXPECT_EQ(text_of(content_of(sample("encrypted_empty_rc4.pdf"))), kChinese + "第二行");
}

TEST(PdfReader, RefusesWhatNeedsAPassword) {
  const auto refused = read_pdf(sample("encrypted_user.pdf"));
  EXPECT_EQ(refusal(refused), "ENCRYPTED");
  EXPECT_NE(std::get<Reason>(refused).message.find("请去掉密码后另存"), std::string::npos);
}

TEST(PdfReader, ReadsALinearizedFile) {
  EXPECT_EQ(text_of(content_of(sample("linearized.pdf"))), kChinese + "第二行");
}

TEST(PdfReader, InheritsBoxesResourcesAndRotation) {
  PdfWriter writer;
  const int stream = writer.add_stream("", "BT /F0 10 Tf 20 30 Td (7) Tj ET");
  const int page = writer.add("<< /Type /Page /Contents " + testing::reference(stream) + " >>");
  const int inner = writer.add("<< /Type /Pages /Kids [" + testing::reference(page) + "] /CropBox [10 20 110 70] >>");
  const int pages = writer.add("<< /Type /Pages /Kids [" + testing::reference(inner) +
                               "] /MediaBox [0 0 300 200] /Rotate -270 /Resources << " + latin_font() + " >> >>");
  const PdfContent content = content_of(writer.finish(writer.add("<< /Pages " + testing::reference(pages) + " >>")));
  ASSERT_EQ(text_of(content), "7");
  EXPECT_EQ(content.pages[0].width, 50);
  EXPECT_EQ(content.pages[0].height, 100);
  // The base line runs downwards, ten points from both edges of what is shown.
  EXPECT_NEAR(content.pages[0].glyphs[0].box.top, 10, 0.01);
  EXPECT_NEAR(content.pages[0].glyphs[0].box.left, 10 - 1.2, 0.01);
}

}  // namespace
}  // namespace gouji::parser
