// What a document needs from outside, and what is read when it cannot be had.
#include <gtest/gtest.h>

#include <string>

#include "services/parser/core/extract.h"
#include "tests/unit/services/parser/reading_help.h"

namespace gouji::parser {
namespace {

using namespace std::string_literals;

// 600 x 400 pixels each, and nothing of it but the header.
const std::string kPictures[] = {
    "\x89PNG\r\n\x1A\n\0\0\0\x0DIHDR\0\0\x02\x58\0\0\x01\x90\x08"s, "\xFF\xD8\xFF\xC0\0\x11\x08\x01\x90\x02\x58"s,
    "II*\0\x08\0\0\0\x02\0\0\x01\x03\0\x01\0\0\0\x58\x02\0\0\x01\x01\x04\0\x01\0\0\0\x90\x01\0\0"s, "GIF89a\x58\x02\x90\x01"s,
    "BM"s + std::string(12, '\0') + "\x28\0\0\0\x58\x02\0\0\x90\x01\0\0"s};

TEST(Need, AnIconNeedsNothing) {
  EXPECT_TRUE(std::holds_alternative<Document>(extract({"GIF89a\x10\0\x10\0"s, "", {}})));
}

TEST(Need, APictureNeedsOcrBeforeItCanBeRead) {
  for (const std::string& picture : kPictures) {
    const ExtractOutcome outcome = extract({picture, "text/html", {}});
    const auto* need = std::get_if<Need>(&outcome);
    ASSERT_NE(need, nullptr) << picture.substr(0, 4);
    EXPECT_EQ(need->program, Program::kOcr);
    EXPECT_EQ(need->part, 0);
  }
}

TEST(Need, APictureTooLargeOrCutOffIsRefusedBeforeAnyProgramRuns) {
  EXPECT_EQ(refusal_of("\x89PNG\r\n\x1A\n\0\0\0\x0DIHDR\0\0\x75\x30\0\0\x75\x30\x08"s), "poison PICTURE_TOO_LARGE");
  EXPECT_EQ(refusal_of("\x89PNG\r\n\x1A\n"s), "poison PICTURE_MALFORMED");
}

TEST(Need, AnOutputThatIsNoneCountsAsAProgramThatFailed) {
  Input input;
  input.bytes = kPictures[0];
  input.location_id = "0123";
  input.aids = {{Program::kOcr, 0, "gouji-ocr 1\npage 100 100\n", std::nullopt}};
  const ReadAnswer answer = read_or_need(input, OrganDirectory::empty());
  const auto* reading = std::get_if<Reading>(&answer);
  ASSERT_NE(reading, nullptr);
  EXPECT_EQ(reading->status, ReadingStatus::kPartial);
  EXPECT_EQ(reading->reason.value().code, "OCR_FAILED");
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
