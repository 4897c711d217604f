#include "services/parser/core/ocr/picture_size.h"

#include <gtest/gtest.h>

#include <string>

namespace gouji::parser {
namespace {

using namespace std::string_literals;

struct Named {
  const char* name;
  std::string bytes;
};

// All are 600 x 400.
const Named kPictures[] = {
    {"png", "\x89PNG\r\n\x1A\n\0\0\0\x0DIHDR\0\0\x02\x58\0\0\x01\x90\x08"s},
    {"gif", "GIF89a\x58\x02\x90\x01"s},
    {"bmp", "BM"s + std::string(12, '\0') + "\x28\0\0\0\x58\x02\0\0\x90\x01\0\0"s},
    {"bmp upside down", "BM"s + std::string(12, '\0') + "\x28\0\0\0\x58\x02\0\0\x70\xFE\xFF\xFF"s},
    {"bmp of OS/2", "BM"s + std::string(12, '\0') + "\x0C\0\0\0\x58\x02\x90\x01"s},
    {"jpeg", "\xFF\xD8\xFF\xE0\0\x04XX\xFF\xC4\0\x03X\xFF\xC2\0\x11\x08\x01\x90\x02\x58"s},
    {"jpeg with filling", "\xFF\xD8\xFF\xFF\xFF\xC0\0\x11\x08\x01\x90\x02\x58"s},
    {"tiff little", "II*\0\x08\0\0\0\x02\0\0\x01\x03\0\x01\0\0\0\x58\x02\0\0\x01\x01\x04\0\x01\0\0\0\x90\x01\0\0"s},
    {"tiff big", "MM\0*\0\0\0\x08\0\x02\x01\0\0\x03\0\0\0\x01\x02\x58\0\0\x01\x01\0\x04\0\0\0\x01\0\0\x01\x90"s},
    {"pgm", "P5\n# made by hand\n600 400\n"s},
};

TEST(PictureSize, IsReadFromTheHeaderOfEachFormat) {
  for (const Named& picture : kPictures) {
    const auto size = picture_size(picture.bytes);
    ASSERT_TRUE(size) << picture.name;
    EXPECT_EQ(size->width, 600) << picture.name;
    EXPECT_EQ(size->height, 400) << picture.name;
  }
}

TEST(PictureSize, OfAHeaderThatIsCutOffIsUnknown) {
  for (const Named& picture : kPictures) {
    for (std::size_t length = 0; length + 2 < picture.bytes.size(); ++length) {
      const auto size = picture_size(std::string_view(picture.bytes).substr(0, length));
      EXPECT_FALSE(size && size->height == 400) << picture.name << " cut at " << length;
    }
  }
  EXPECT_FALSE(picture_size("%PDF-1.7"));
  EXPECT_FALSE(picture_size("\xFF\xD8\xFF\xD9"));
}

TEST(PictureSize, LimitsHoldForSidesAndForTheirProduct) {
  EXPECT_TRUE(is_within_limits({2480, 3508}));
  EXPECT_TRUE(is_within_limits({10'000, 5'000}));
  EXPECT_FALSE(is_within_limits({10'000, 5'001}));
  EXPECT_TRUE(is_within_limits({29'999, 1'000}));
  EXPECT_FALSE(is_within_limits({30'000, 1'000}));
  EXPECT_FALSE(is_within_limits({30'000, 30'000}));
  EXPECT_FALSE(is_within_limits({0, 100}));
  EXPECT_FALSE(is_within_limits({4'294'967'295, 4'294'967'295}));
}

}  // namespace
}  // namespace gouji::parser
