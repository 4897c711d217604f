#include "services/parser/core/office/zip.h"

#include <gtest/gtest.h>

#include <random>

#include "tests/support/render_office.h"
#include "tests/support/seed.h"

namespace gouji::parser {
namespace {

using testing::zip_of;

std::string open_code(std::string_view bytes, const ZipLimits& limits = {}) {
  auto archive = ZipArchive::open(bytes, limits);
  return archive ? "opened" : archive.error().code;
}

// What unpacking the first entry gives: its text, or the code of its refusal.
std::string first_part(std::string_view bytes, const ZipLimits& limits = {}) {
  auto archive = ZipArchive::open(bytes, limits);
  if (!archive) return archive.error().code;
  if (archive->entries().empty()) return "no entry";
  auto part = archive->unpack(archive->entries().front());
  return part ? *part : part.error().code;
}

std::string with_byte(std::string bytes, std::size_t at, char value) {
  bytes[at] = value;
  return bytes;
}

TEST(Zip, UnpacksStoredAndDeflatedEntries) {
  const std::string zip = zip_of({{"a.xml", std::string(5'000, 'x')}, {"b.xml", "stored", false}}, "comment");
  auto archive = ZipArchive::open(zip);
  ASSERT_TRUE(archive);
  ASSERT_NE(archive->find("a.xml"), nullptr);
  EXPECT_EQ(archive->unpack(*archive->find("a.xml")).value(), std::string(5'000, 'x'));
  EXPECT_EQ(archive->unpack(*archive->find("b.xml")).value(), "stored");
}

TEST(Zip, FindsPartsWithoutCaseAndWithEitherSlash) {
  const std::string zip = zip_of({{"Word\\Document.XML", "x"}});
  const auto archive = ZipArchive::open(zip);
  ASSERT_TRUE(archive);
  EXPECT_NE(archive->find("word/document.xml"), nullptr);
  EXPECT_EQ(archive->find("word/document"), nullptr);
}

TEST(Zip, RefusesWhatIsDamaged) {
  const std::string zip = zip_of({{"a", "hello hello hello", false}});
  const std::size_t directory = zip.find("PK\x01\x02"), end = zip.find("PK\x05\x06");
  EXPECT_EQ(open_code(zip), "opened");
  EXPECT_EQ(open_code("PK\x05\x06"), "MALFORMED_ZIP");
  EXPECT_EQ(open_code(with_byte(zip, directory, 'X')), "MALFORMED_ZIP");
  EXPECT_EQ(open_code(with_byte(zip, end + 16, '\x7F')), "MALFORMED_ZIP") << "directory elsewhere";
  EXPECT_EQ(open_code(with_byte(zip, directory + 20, '\x7F')), "MALFORMED_ZIP") << "more packed than there is";
  EXPECT_EQ(open_code(with_byte(zip, directory + 42, '\x7F')), "MALFORMED_ZIP") << "header elsewhere";
  EXPECT_EQ(open_code(with_byte(zip, end + 4, '\1')), "MALFORMED_ZIP") << "a second volume";
  EXPECT_EQ(first_part(with_byte(zip, 31, 'J')), "MALFORMED_ZIP") << "check sum";
  EXPECT_EQ(first_part(with_byte(zip, directory + 24, '\x01')), "MALFORMED_ZIP") << "another size";
  EXPECT_EQ(first_part(with_byte(zip, directory + 10, '\x0C')), "MALFORMED_ZIP") << "another method";
  EXPECT_EQ(first_part(with_byte(zip, directory + 8, '\x01')), "ENCRYPTED");
}

TEST(Zip, RefusesZip64) {
  std::string zip = zip_of({{"a", "hello", false}});
  const std::size_t end = zip.find("PK\x05\x06");
  for (int i = 0; i < 4; ++i) zip[end + 16 + static_cast<std::size_t>(i)] = '\xFF';
  EXPECT_EQ(open_code(zip), "MALFORMED_ZIP");
}

TEST(Zip, RefusesEntriesThatShareTheirBytes) {
  std::string zip = zip_of({{"a", "hello", false}, {"b", "world", false}});
  const std::size_t second = zip.find("PK\x01\x02", zip.find("PK\x01\x02") + 4);
  for (std::size_t i = 0; i < 4; ++i) zip[second + 42 + i] = '\0';
  EXPECT_EQ(open_code(zip), "MALFORMED_ZIP");
}

TEST(Zip, RefusesBombsBeforeTheyGoOff) {
  ZipLimits limits;
  limits.part_bytes = 10'000;
  limits.total_bytes = 15'000;
  limits.ratio_from = 100;
  const std::string dense = zip_of({{"a", std::string(9'000, '0')}});
  EXPECT_EQ(first_part(dense, limits), "ZIP_TOO_LARGE") << "ratio";
  limits.ratio = 100'000;
  EXPECT_EQ(first_part(dense, limits), std::string(9'000, '0'));
  EXPECT_EQ(first_part(zip_of({{"a", std::string(10'001, '0')}}), limits), "ZIP_TOO_LARGE") << "part";
  const std::string two = zip_of({{"a", std::string(9'000, '0')}, {"b", std::string(9'000, '1')}});
  auto archive = ZipArchive::open(two, limits);
  ASSERT_TRUE(archive);
  EXPECT_TRUE(archive->unpack(archive->entries()[0]));
  EXPECT_EQ(archive->unpack(archive->entries()[1]).error().code, "ZIP_TOO_LARGE") << "total";
  limits.entries = 1;
  EXPECT_EQ(open_code(two, limits), "ZIP_TOO_LARGE") << "entries";
}

TEST(Zip, CutAnywhereIsRefused) {
  const std::string zip = zip_of({{"a", "hello hello hello hello"}, {"b", "world"}});
  for (std::size_t size = 0; size < zip.size(); ++size)
    EXPECT_EQ(open_code(std::string_view(zip).substr(0, size)), "MALFORMED_ZIP") << size;
}

TEST(Zip, RandomDamageGivesAReasonOrTheSameText) {
  std::mt19937 random(testing::seed());
  const std::string zip = zip_of({{"a", "hello hello hello hello"}});
  for (int round = 0; round < 20'000; ++round) {
    std::string damaged = zip;
    for (int i = 0; i < 3; ++i) damaged[random() % damaged.size()] = static_cast<char>(random());
    const std::string found = first_part(damaged);
    EXPECT_TRUE(found == "hello hello hello hello" || found == "MALFORMED_ZIP" || found == "ZIP_TOO_LARGE" ||
                found == "ENCRYPTED" || found == "no entry")
        << found;
  }
}

}  // namespace
}  // namespace gouji::parser
