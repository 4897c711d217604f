// What a document needs from outside, and what is read when it cannot be had.
#include <gtest/gtest.h>

#include "services/parser/core/extract.h"
#include "tests/unit/services/parser/reading_help.h"

namespace gouji::parser {
namespace {

constexpr std::string_view kPictures[] = {
    std::string_view("\x89PNG\r\n\x1A\n rest"), std::string_view("\xFF\xD8\xFF\xE0 rest"),
    std::string_view("II*\0 rest", 9), std::string_view("GIF89a rest"),
    std::string_view("BM\x01\x02\x03\x04\x05\x06\x0E\0\0\0 rest", 17)};

TEST(Need, APictureNeedsOcrBeforeItCanBeRead) {
  for (std::string_view picture : kPictures) {
    const ExtractOutcome outcome = extract({picture, "text/html", {}});
    const auto* need = std::get_if<Need>(&outcome);
    ASSERT_NE(need, nullptr) << picture.substr(0, 4);
    EXPECT_EQ(need->program, Program::kOcr);
    EXPECT_EQ(need->part, 0);
  }
}

TEST(Need, AScanWithoutAnOcrProgramIsPublishedInPartWithWhatHintsSay) {
  const Reading reading = reading_of(kPictures[0], {{"year", "2023", "portal_file"}});
  EXPECT_EQ(reading.status, ReadingStatus::kPartial);
  ASSERT_TRUE(reading.reason);
  EXPECT_EQ(reading.reason->code, "OCR_NOT_INSTALLED");
  EXPECT_EQ(reading.year, 2023);
  EXPECT_EQ(reading.media_type, "image/png");
  ASSERT_EQ(reading.tables.size(), 3U);
  for (const TableReading& table : reading.tables) {
    EXPECT_EQ(table.status, TableStatus::kNotInText);
    EXPECT_TRUE(table.cells.empty());
  }
}

TEST(Need, AScanWithoutHintsBelongsToItsLocation) {
  const Reading reading = reading_of(kPictures[1]);
  EXPECT_EQ(reading.key.organ_id, "location:0123");
  EXPECT_FALSE(reading.year);
}

}  // namespace
}  // namespace gouji::parser
