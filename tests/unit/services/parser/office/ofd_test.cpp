#include "services/parser/core/office/ofd.h"

#include <gtest/gtest.h>

#include "tests/support/render_office.h"
#include "tests/unit/services/parser/office/office_help.h"

namespace gouji::parser {
namespace {

Page page_of(std::string_view content) {
  Page page;
  EXPECT_TRUE(read_ofd_content(content, page));
  return page;
}

TEST(Ofd, PlacesCharactersByTheirDistances) {
  const Page page = page_of("<o:TextObject Boundary=\"25.4 50.8 80 5\" Size=\"2.54\"><o:TextCode X=\"0\" Y=\"2.54\" DeltaX=\"g 1 5.08 2.54\">一 &#x4E8C;</o:TextCode></o:TextObject>");
  ASSERT_EQ(page.glyphs.size(), 2U);
  EXPECT_EQ(page.glyphs[0].code, U'一');
  EXPECT_NEAR(page.glyphs[0].box.left, 72, 0.1);
  EXPECT_NEAR(page.glyphs[1].box.left, 72 + 14.4 + 7.2, 0.1);
  EXPECT_GT(page.glyphs[0].box.bottom, 151);
}

TEST(Ofd, LinesAlongTheAxesAreRulings) {
  const Page page = page_of("<o:PathObject Boundary=\"0 0 9 9\"><o:AbbreviatedData>M 0 0 L 25.4 0 L 25.4 25.4 L 0 0 C</o:AbbreviatedData></o:PathObject>"
                            "<o:PathObject Boundary=\"0 0 9 9\" Stroke=\"false\" Fill=\"true\"><o:AbbreviatedData>M 0 0 L 50 0 L 50 0.2 L 0 0.2 C</o:AbbreviatedData></o:PathObject>"
                            "<o:PathObject Visible=\"false\" Boundary=\"0 0 9 9\"><o:AbbreviatedData>M 0 0 L 9 0</o:AbbreviatedData></o:PathObject>");
  ASSERT_EQ(page.rulings.size(), 3U);
  EXPECT_NEAR(page.rulings[0].box.right, 72, 0.1);
  EXPECT_NEAR(page.rulings[1].box.bottom, 72, 0.1);
  EXPECT_LT(page.rulings[2].box.bottom, 1);
}

TEST(Ofd, OddNumbersAreZero) {
  const Page page = page_of("<TextObject Boundary=\"x 1e99\" Size=\"inf\" CTM=\"nan\"><TextCode DeltaX=\"g 1e30 1\">一</TextCode></TextObject><TextCode>x</TextCode>");
  for (const Glyph& glyph : page.glyphs) EXPECT_LT(glyph.box.right, 1e6F);
}

TEST(Ofd, DamageIsRefused) {
  EXPECT_EQ(code_of(testing::ofd_of({"<ofd:TextObject>"})), "MALFORMED_OFD");
  EXPECT_EQ(code_of(testing::ofd_of({})), "MALFORMED_OFD");
  EXPECT_EQ(code_of(testing::zip_of({{"OFD.xml", "<a/>"}})), "MALFORMED_OFD");
  Page page;
  EXPECT_FALSE(read_ofd_content("<a><b>", page));
}

}  // namespace
}  // namespace gouji::parser
