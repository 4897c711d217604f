#include "services/crawler/io/cdxj.h"
#include "services/crawler/io/warc.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include "common/core/digest.h"
#include "services/crawler/io/warc_files.h"
#include "services/crawler/io/warc_manifest.h"
#include "services/crawler/io/warc_reader.h"
#include "tests/support/seed.h"
#include "tests/support/simulated_clock.h"
#include "tests/support/temp_folder.h"

namespace gouji::crawler {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;
using std::chrono::hours;

constexpr std::int64_t kAll = 1 << 30;

WarcExchange exchange(std::string url, std::string_view body) {
  WarcExchange made;
  made.url = std::move(url);
  made.at = gouji::testing::SimulatedClock::kStart;
  made.ip_address = "203.0.113.7";
  made.protocol = "http/1.1";
  made.request_head = "GET / HTTP/1.1\r\nHost: a.gov.cn\r\n\r\n";
  made.response_head = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=gb2312\r\n\r\n";
  made.body = body;
  return made;
}

struct Archive {
  gouji::testing::TempFolder folder;
  gouji::testing::SimulatedClock clock;
  std::unique_ptr<WarcWriter> writer = open();

  std::unique_ptr<WarcWriter> open(std::int64_t bytes_max = kAll) {
    auto opened = WarcWriter::open({folder.file("warc"), "gouji", bytes_max, hours(24), {{"software", "GoujiCrawler/0"}}}, clock);
    EXPECT_TRUE(opened) << opened.error().message;
    return std::move(*opened);
  }
  std::vector<std::string> names(std::string_view ending) const { return *names_ending(folder.file("warc"), ending); }
  std::string path(const std::string& name) const { return folder.file("warc") + "/" + name; }
};

// A file that was begun then.
std::string file_of(UnixMillis at) { return "gouji-" + warc_date(at).substr(0, 4) + "0101000000-00000.warc.gz"; }

std::vector<WarcRecord> records_of(const std::string& path) {
  auto reader = WarcReader::open(path, kAll);
  std::vector<WarcRecord> records;
  while (true) {
    auto record = reader->next();
    EXPECT_TRUE(record) << record.error().message;
    if (!record || !*record) return records;
    records.push_back(std::move(**record));
  }
}

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void write_bytes(const std::string& path, std::string_view bytes) { std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes; }

std::string noise(std::size_t size, unsigned seed) {
  std::mt19937 random(seed);
  std::string bytes(size, '\0');
  for (char& c : bytes) c = static_cast<char>(random());
  return bytes;
}

TEST(Warc, KeepsAnExchangeAsItCameOverTheWire) {
  Archive archive;
  const std::string body = "<html>\xb9\xb4\xbb\xfc</html>";  // GBK: not for anybody to turn into UTF-8
  auto given = exchange("http://a.gov.cn/nb/1.html", body);
  given.metadata = {{"class", "ok"}, {"title", "两行\r\n一行"}};
  const auto position = archive.writer->write(given);
  ASSERT_TRUE(position) << position.error().message;
  ASSERT_TRUE(archive.writer->close());

  const auto records = records_of(archive.path(position->file));
  std::vector<std::string> types;
  for (const auto& record : records) types.emplace_back(record.field("warc-type"));
  EXPECT_THAT(types, ElementsAre("warcinfo", "response", "request", "metadata"));
  EXPECT_EQ(records[1].offset, position->offset);
  EXPECT_EQ(records[1].length, position->length);
  EXPECT_EQ(records[1].field("WARC-Record-ID"), position->record_id);
  EXPECT_EQ(records[1].field("WARC-Payload-Digest"), "sha256:" + to_hex(sha256(body)));
  EXPECT_EQ(records[1].field("WARC-Block-Digest"), "sha256:" + to_hex(sha256(records[1].block)));
  EXPECT_EQ(records[1].field("WARC-IP-Address"), "203.0.113.7");
  EXPECT_EQ(records[1].field("WARC-Date"), "2023-11-14T22:13:20.000Z");
  EXPECT_EQ(records[1].block, given.response_head + body);
  EXPECT_EQ(records[2].block, given.request_head);
  EXPECT_EQ(records[2].field("WARC-Concurrent-To"), position->record_id);
  EXPECT_EQ(records[3].block, "class: ok\r\ntitle: 两行  一行\r\n");
  EXPECT_THAT(records[0].block, HasSubstr("software: GoujiCrawler/0\r\n"));
}

TEST(Warc, CannotBeGivenAFieldByAnAddressWithALineEnd) {
  Archive archive;
  const auto position = archive.writer->write(exchange("http://a.gov.cn/\r\nWARC-Type: warcinfo", "x"));
  ASSERT_TRUE(archive.writer->close());
  const auto records = records_of(archive.path(position->file));
  for (const auto& field : records.at(1).fields) {
    EXPECT_TRUE(field.name != "WARC-Type" || field.value == "response") << field.value;
  }
}

TEST(Warc, SaysThatAHeadWasReconstructedAndThatChunksWereTakenOff) {
  Archive archive;
  auto given = exchange("https://a.gov.cn/", "body");
  given.protocol = "h2";
  given.response_head = "HTTP/2 200 \r\ntransfer-encoding: chunked\r\n\r\n";
  const auto position = archive.writer->write(given);
  ASSERT_TRUE(archive.writer->close());
  const auto record = records_of(archive.path(position->file))[1];
  EXPECT_EQ(record.field("WARC-Protocol"), "h2");
  EXPECT_EQ(record.block, "HTTP/1.1 200 \r\nX-Archive-Orig-transfer-encoding: chunked\r\n\r\nbody");
}

TEST(Warc, WritesASecondCaptureOfTheSamePayloadAsARevisit) {
  Archive archive;
  const auto given = exchange("http://a.gov.cn/", "the same");
  const auto first = archive.writer->write(given);
  auto again = given;
  again.at += 3'600'000;
  again.earlier = WarcReference{given.url, given.at, first->record_id, first->digest, first->file};
  const auto second = archive.writer->write(again);
  auto changed = again;
  changed.body = "another";
  const auto third = archive.writer->write(changed);
  ASSERT_TRUE(archive.writer->close());

  auto reader = WarcReader::open(archive.path(first->file), kAll);
  reader->seek(second->offset);
  const auto revisit = **reader->next();
  EXPECT_EQ(revisit.field("WARC-Type"), "revisit");
  EXPECT_THAT(std::string(revisit.field("WARC-Profile")), ::testing::EndsWith("identical-payload-digest"));
  EXPECT_EQ(revisit.field("WARC-Refers-To"), first->record_id);
  EXPECT_EQ(revisit.field("WARC-Refers-To-Target-URI"), given.url);
  EXPECT_EQ(revisit.field("WARC-Refers-To-Date"), "2023-11-14T22:13:20.000Z");
  EXPECT_EQ(revisit.block, given.response_head);
  EXPECT_EQ(second->digest, first->digest);
  reader->seek(third->offset);
  EXPECT_EQ((**reader->next()).field("WARC-Type"), "response");
}

TEST(Warc, WritesNotModifiedAsARevisitOfWhatIsKnown) {
  Archive archive;
  auto given = exchange("http://a.gov.cn/", "");
  given.response_head = "HTTP/1.1 304 Not Modified\r\nETag: \"1\"\r\n\r\n";
  given.earlier = WarcReference{given.url, given.at - 1'000, "<urn:uuid:1>", "sha256:00", file_of(given.at)};
  const auto position = archive.writer->write(given);
  ASSERT_TRUE(archive.writer->close());
  const auto record = records_of(archive.path(position->file))[1];
  EXPECT_THAT(std::string(record.field("WARC-Profile")), ::testing::EndsWith("server-not-modified"));
  EXPECT_EQ(record.field("WARC-Payload-Digest"), "sha256:00");
  EXPECT_EQ(record.block, given.response_head);
}

// Files are deleted by the year: what is kept must not need what is not.
TEST(Warc, RefersToNoRecordInAFileOfAnotherYear) {
  Archive archive;
  auto given = exchange("http://a.gov.cn/", "a body");
  given.earlier = WarcReference{given.url, given.at - 1'000, "<urn:uuid:1>", warc_digest(given.body), file_of(given.at - 366 * 86'400'000LL)};
  const auto position = archive.writer->write(given);
  ASSERT_TRUE(archive.writer->close());
  EXPECT_EQ(records_of(archive.path(position->file))[1].field("WARC-Type"), "response");
}

TEST(Warc, TellsFromALineOfItsIndexWhereACaptureLies) {
  Archive archive;
  auto given = exchange("http://www.b.gov.cn/x?y=\"1\"", "b");
  const auto position = archive.writer->write(given);
  ASSERT_TRUE(archive.writer->close());
  std::istringstream lines(bytes_of(archive.path(archive.names(".cdxj").at(0))));
  std::string line;
  std::getline(lines, line);
  const auto entry = cdxj_entry(line);
  ASSERT_TRUE(entry) << line;
  EXPECT_EQ(entry->url, given.url);
  EXPECT_EQ(entry->digest, position->digest);
  EXPECT_EQ(entry->file, position->file);
  EXPECT_EQ(entry->offset, position->offset);
  EXPECT_FALSE(entry->is_revisit);
  for (const char* other : {"", "{", "a 1 {}", "a 1 {\"url\": \"x\", \"filename\": \"y\", \"offset\": \"1x\"}", "!meta {\"a\": 1}"}) EXPECT_FALSE(cdxj_entry(other)) << other;
}

TEST(Warc, IsIndexedBySortedLines) {
  Archive archive;
  ASSERT_TRUE(archive.writer->write(exchange("http://www.b.gov.cn/x?y=1", "b")));
  const auto position = archive.writer->write(exchange("https://a.gov.cn:8443/", "a"));
  ASSERT_TRUE(archive.writer->close());
  const auto indexes = archive.names(".cdxj");
  ASSERT_EQ(indexes.size(), 1U);
  std::istringstream lines(bytes_of(archive.path(indexes[0])));
  std::string first, second, third;
  std::getline(lines, first);
  std::getline(lines, second);
  EXPECT_FALSE(std::getline(lines, third));
  EXPECT_THAT(first, StartsWith("cn,gov,a:8443)/ 20231114221320 {\"url\": \"https://a.gov.cn:8443/\", \"mime\": \"text/html\", \"status\": \"200\""));
  EXPECT_THAT(first, HasSubstr("\"offset\": \"" + std::to_string(position->offset) + "\""));
  EXPECT_THAT(second, StartsWith("cn,gov,b,www)/x?y=1 "));
}

TEST(Warc, StartsANewFileWhenOneIsLargeOrOldEnough) {
  Archive archive;
  archive.writer.reset();
  archive.writer = archive.open(2'000);
  const std::string body = noise(3'000, 1);
  ASSERT_TRUE(archive.writer->write(exchange("http://a.gov.cn/1", body)));
  EXPECT_THAT(archive.names(kWarcEnding), IsEmpty());
  ASSERT_TRUE(archive.writer->write(exchange("http://a.gov.cn/2", body)));
  EXPECT_EQ(archive.names(kWarcEnding).size(), 1U);
  archive.clock.advance(hours(24));
  ASSERT_TRUE(archive.writer->sync());
  EXPECT_EQ(archive.names(kWarcEnding).size(), 2U);
  EXPECT_THAT(archive.names(kOpenEnding), IsEmpty());
}

TEST(Warc, DoesNotPackWhatIsPackedAlready) {
  Archive archive;
  const std::string text(100'000, 'a'), zip = "PK\x03\x04" + noise(100'000, 2);
  const auto packed = archive.writer->write(exchange("http://a.gov.cn/1", text));
  const auto stored = archive.writer->write(exchange("http://a.gov.cn/2", zip));
  EXPECT_LT(packed->length, 2'000);
  EXPECT_GT(stored->length, static_cast<std::int64_t>(zip.size()));
  ASSERT_TRUE(archive.writer->close());
  auto reader = WarcReader::open(archive.path(stored->file), kAll);
  reader->seek(stored->offset);
  EXPECT_EQ(split_http((**reader->next()).block).body, zip);
}

// Whatever a crash leaves of the last bytes, everything before is kept and read.
TEST(Warc, IsCutAfterTheLastWholeRecordAtStart) {
  Archive archive;
  std::vector<WarcPosition> positions;
  for (int i = 0; i < 4; ++i) positions.push_back(*archive.writer->write(exchange("http://a.gov.cn/" + std::to_string(i), noise(700, static_cast<unsigned>(i)))));
  ASSERT_TRUE(archive.writer->sync());
  archive.writer.reset();
  const std::string open_name = archive.names(kOpenEnding).at(0), whole = bytes_of(archive.path(open_name));
  std::mt19937_64 random(gouji::testing::seed());

  const auto last = static_cast<std::size_t>(positions[3].offset);
  for (int round = 0; round < 40; ++round) {
    for (const auto& name : archive.names("")) fs::remove(archive.path(name));
    const std::size_t kept = last + random() % (static_cast<std::size_t>(positions[3].length) - 1);
    std::string torn = whole.substr(0, kept);
    if (round % 2 == 1) torn.append(random() % 5'000, '\0');  // pages that the disk never got
    write_bytes(archive.path(open_name), torn);
    const auto reopened = archive.open();
    ASSERT_EQ(reopened->repairs().size(), 1U);
    EXPECT_EQ(reopened->repairs()[0].cut_bytes, static_cast<std::int64_t>(torn.size() - last));
    EXPECT_EQ(reopened->repairs()[0].records, 7);
    EXPECT_EQ(bytes_of(archive.path(positions[0].file)), whole.substr(0, last));
    const std::string index = bytes_of(archive.path(archive.names(".cdxj").at(0)));
    EXPECT_EQ(std::count(index.begin(), index.end(), '\n'), 3);
  }
}

TEST(Warc, ThatHoldsNoWholeRecordIsRemovedAtStart) {
  Archive archive;
  archive.writer.reset();
  write_bytes(archive.path("gouji-20231114221320-00000.warc.gz.open"), "\x1f\x8b torn");
  const auto writer = archive.open();
  EXPECT_EQ(writer->repairs().at(0).records, 0);
  EXPECT_THAT(archive.names(""), IsEmpty());
}

TEST(Warc, GivesTwoFilesOfOneSecondTwoNames) {
  Archive archive;
  const auto first = archive.writer->write(exchange("http://a.gov.cn/", "1"));
  ASSERT_TRUE(archive.writer->close());
  const auto second = archive.writer->write(exchange("http://a.gov.cn/", "2"));
  EXPECT_NE(first->file, second->file);
  EXPECT_NE(first->record_id, second->record_id);
}

TEST(WarcReader, FindsEveryDamagedByte) {
  Archive archive;
  const auto position = archive.writer->write(exchange("http://a.gov.cn/", noise(300, 3)));
  ASSERT_TRUE(archive.writer->close());
  const std::string whole = bytes_of(archive.path(position->file));
  const std::string member = whole.substr(static_cast<std::size_t>(position->offset), static_cast<std::size_t>(position->length));
  ASSERT_TRUE(read_warc_member(member, kAll));
  for (std::size_t at = 10; at < member.size(); ++at) {  // before that: times and flags of gzip's own head
    if (at == member.size() - 9) continue;  // the packed bits may end within this byte
    std::string damaged = member;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
    EXPECT_FALSE(read_warc_member(damaged, kAll)) << at;
  }
  EXPECT_FALSE(read_warc_member(member + "x", kAll));
  EXPECT_FALSE(read_warc_member("", kAll));
}

TEST(WarcReader, KeepsOnlyTheBeginningOfALargeBlock) {
  const std::string body(1'000'000, 'a');
  const auto record = read_warc_member(warc_member({{"WARC-Type", "resource"}}, "", body), 10);
  ASSERT_TRUE(record);
  EXPECT_EQ(record->block, "aaaaaaaaaa");
  EXPECT_EQ(record->block_bytes, 1'000'000);
}

TEST(WarcManifest, ListsTheDayBeforeAndNamesTheOneBeforeIt) {
  Archive archive;
  for (int day = 0; day < 3; ++day) {
    ASSERT_TRUE(archive.writer->write(exchange("http://a.gov.cn/", "day " + std::to_string(day))));
    archive.clock.advance(hours(24));
  }
  ASSERT_TRUE(archive.writer->close());
  archive.writer = archive.open();
  EXPECT_THAT(archive.names(".json"), ElementsAre("manifest-20231114.json", "manifest-20231115.json", "manifest-20231116.json"));
  const auto check = check_manifests(archive.folder.file("warc"));
  ASSERT_TRUE(check);
  EXPECT_EQ(check->manifests, 3U);
  EXPECT_EQ(check->files, 3U);
  EXPECT_THAT(check->changed, IsEmpty());
}

TEST(WarcManifest, TellsAChangedFileAMissingOneAndAChangedManifest) {
  Archive archive;
  std::vector<std::string> files;
  for (int day = 0; day < 3; ++day) {
    files.push_back(archive.writer->write(exchange("http://a.gov.cn/", "day " + std::to_string(day)))->file);
    archive.clock.advance(hours(24));
  }
  ASSERT_TRUE(archive.writer->close());
  archive.writer = archive.open();
  const std::string folder = archive.folder.file("warc");
  std::string bytes = bytes_of(archive.path(files[0]));
  bytes.back() = static_cast<char>(bytes.back() ^ 1);
  write_bytes(archive.path(files[0]), bytes);
  fs::remove(archive.path(files[1]));
  const std::string manifest = "manifest-20231115.json";
  write_bytes(archive.path(manifest), bytes_of(archive.path(manifest)) + "\n");
  const auto check = check_manifests(folder);
  EXPECT_THAT(check->changed, ElementsAre(files[0], manifest));
  EXPECT_THAT(check->missing, ElementsAre(files[1]));
}

}  // namespace
}  // namespace gouji::crawler
