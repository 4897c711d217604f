#include "services/parser/core/ocr/ocr_output.h"

#include <gtest/gtest.h>

namespace gouji::parser {
namespace {

OcrPage page() {
  OcrPage page;
  page.width = 1190;
  page.height = 1684;
  page.borders = {{100, 200, 500, 201}};
  page.texts = {{OcrReader::kBoth, {100, 100, 180, 120}, "规章 1"},
                {OcrReader::kChinese, {200, 100, 220, 120}, "7"},
                {OcrReader::kDigits, {200, 100, 220, 120}, "1"},
                {OcrReader::kDigits, {300, 100, 320, 120}, "4"}};
  page.marks = {{400, 100, 420, 120}};
  return page;
}

std::u32string codes(const Page& page) {
  std::u32string codes;
  for (const Glyph& glyph : page.glyphs) codes.push_back(glyph.code);
  return codes;
}

TEST(OcrOutput, ComesBackAsItWasWritten) {
  const std::string output = write_ocr_output({page(), page()});
  const auto pages = parse_ocr_output(output);
  ASSERT_TRUE(pages) << pages.error().message;
  ASSERT_EQ(pages->size(), 2U);
  EXPECT_EQ((*pages)[1].borders, page().borders);
  EXPECT_EQ((*pages)[1].marks, page().marks);
  ASSERT_EQ((*pages)[0].texts.size(), 4U);
  EXPECT_EQ((*pages)[0].texts[0].text, "规章 1");
  EXPECT_EQ(write_ocr_output(*pages), output);
}

TEST(OcrOutput, IsUsedWholeOrNotAtAll) {
  const std::string output = write_ocr_output({page()});
  for (std::size_t length = 0; length < output.size(); ++length)
    EXPECT_FALSE(parse_ocr_output(std::string_view(output).substr(0, length))) << length;
}

TEST(OcrOutput, ThatDoesNotFollowTheFormatIsRefused) {
  const std::string head = "gouji-ocr 1\npage 100 100\n";
  for (const std::string& wrong :
       {std::string("gouji-ocr 2\nend\n"), head + "text both 0 0 101 5 x\nend\n", head + "text both 9 0 8 5 x\nend\n",
        head + "text both 0 0 8 5 \nend\n", head + "text third 0 0 8 5 x\nend\n", head + "text both 0 0 -8 5 x\nend\n",
        head + "text both 0 0 8 5 \xFF\nend\n", head + "line 0 0 99999999999 5\nend\n", head + "circle 1 2 3 4\nend\n",
        std::string("gouji-ocr 1\nline 0 0 1 1\nend\n"), std::string("gouji-ocr 1\npage 0 100\nend\n")})
    EXPECT_FALSE(parse_ocr_output(wrong)) << wrong;
  EXPECT_TRUE(parse_ocr_output(head + "text both 0 0 8 5 x y\nend\n"));
}

TEST(OcrOutput, EachReaderSeesItsOwnFiguresAndThatSomethingIsThereWhereItReadNothing) {
  const Page chinese = page_of(page(), OcrReader::kChinese, 3);
  EXPECT_EQ(chinese.number, 3);
  EXPECT_EQ(codes(chinese), (std::u32string{U'规', U'章', U' ', U'1', U'7', 0, 0}));
  const Page digits = page_of(page(), OcrReader::kDigits, 3);
  EXPECT_EQ(codes(digits), (std::u32string{U'规', U'章', U' ', U'1', U'1', U'4', 0}));
}

TEST(OcrOutput, IsPlacedInPointsOfThePage) {
  const Page seen = page_of(page(), OcrReader::kChinese, 1);
  EXPECT_FLOAT_EQ(seen.width, 595);
  EXPECT_FLOAT_EQ(seen.height, 842);
  ASSERT_FALSE(seen.glyphs.empty());
  EXPECT_FLOAT_EQ(seen.glyphs[0].box.left, 50);
  // Two wide characters and two narrow ones share 40 points.
  EXPECT_NEAR(seen.glyphs[1].box.right, 50 + 2 * 40.0 / 3, 0.01);
  ASSERT_EQ(seen.rulings.size(), 1U);
  EXPECT_FLOAT_EQ(seen.rulings[0].box.right, 250);
}

}  // namespace
}  // namespace gouji::parser
