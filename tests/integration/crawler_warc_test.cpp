// The archive as others see it: warcio, which shares no line with this project, reads it back.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>
#include <string>

#include "services/crawler/io/warc.h"
#include "services/crawler/io/warc_files.h"
#include "services/crawler/io/warc_reader.h"
#include "tests/support/crawler_ground.h"
#include "tests/support/simulated_clock.h"
#include "tests/support/temp_folder.h"
#include "tests/support/warcio.h"

namespace gouji::crawler {
namespace {

using testing_support::run_program;
using testing_support::warcio;

// One file with every kind of record: an answer with a packed body, a revisit of it, "not modified".
WarcPosition written(const std::string& folder) {
  const gouji::testing::SimulatedClock clock;
  auto writer = std::move(*WarcWriter::open({folder, "gouji", 1 << 30, std::chrono::hours(24), {{"software", "test"}}}, clock));
  WarcExchange given;
  given.url = "http://a.gov.cn/年报/1.html";
  given.at = clock.unix_millis();
  given.ip_address = "203.0.113.7";
  given.protocol = "http/1.1";
  given.request_head = "GET /1.html HTTP/1.1\r\nHost: a.gov.cn\r\n\r\n";
  given.response_head = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=gbk\r\n\r\n";
  given.body = "<p>\xb9\xb4\xbb\xfc</p>";
  given.metadata = {{"class", "ok"}};
  const auto position = *writer->write(given);
  given.earlier = WarcReference{given.url, given.at, position.record_id, position.digest, position.file};
  EXPECT_TRUE(writer->write(given));
  given.response_head = "HTTP/1.1 304 Not Modified\r\n\r\n";
  given.body = "";
  EXPECT_TRUE(writer->write(given));
  EXPECT_TRUE(writer->close());
  return position;
}

TEST(WarcArchive, IsReadByAnotherReader) {
  if (warcio().empty()) GTEST_SKIP() << "warcio is not here; deploy/bootstrap.sh --tests installs it";
  const gouji::testing::TempFolder folder;
  const auto position = written(folder.file("warc"));
  const std::string file = "'" + folder.file("warc") + "/" + position.file + "'";

  const auto checked = run_program(warcio() + " check -v " + file);
  EXPECT_EQ(checked.code, 0) << checked.output;
  EXPECT_THAT(checked.output, ::testing::HasSubstr("digest pass"));
  EXPECT_THAT(checked.output, ::testing::Not(::testing::HasSubstr("fail")));

  const auto listed = run_program(warcio() + " index -f warc-type,offset,warc-target-uri " + file);
  std::size_t lines = 0;
  for (const char c : listed.output) lines += c == '\n';
  EXPECT_EQ(lines, 10U) << listed.output;  // info; response, request, metadata, three times
  EXPECT_THAT(listed.output, ::testing::HasSubstr("\"warc-type\": \"response\", \"offset\": \"" + std::to_string(position.offset) + "\""));

  const auto payload = run_program(warcio() + " extract --payload " + file + " " + std::to_string(position.offset));
  EXPECT_EQ(payload.output, "<p>\xb9\xb4\xbb\xfc</p>");
}

// Writes records and tells of each that is safe, until it is killed.
[[noreturn]] void write_for_ever(const std::string& folder, int tell, unsigned seed) {
  std::mt19937 random(seed);
  const runtime::SystemClock clock;
  auto writer = WarcWriter::open({folder, "gouji", 40'000, std::chrono::hours(24), {}}, clock);
  while (writer) {
    std::string body(random() % 20'000, ' ');
    for (char& c : body) c = static_cast<char>(random());
    WarcExchange given;
    given.url = "http://a.gov.cn/";
    given.response_head = "HTTP/1.1 200 OK\r\n\r\n";
    given.body = body;
    const auto position = (*writer)->write(given);
    if (!position || !(*writer)->sync()) break;
    const std::string line = position->file + " " + std::to_string(position->offset) + " " + position->digest + "\n";
    if (::write(tell, line.data(), line.size()) < 0) break;
  }
  ::_exit(1);
}

// What the child told before it was killed after so long.
std::string killed_after(std::chrono::microseconds life, const std::string& folder, unsigned seed) {
  int ends[2];
  EXPECT_EQ(::pipe(ends), 0);
  const pid_t child = ::fork();
  if (child == 0) write_for_ever(folder, ends[1], seed);
  ::close(ends[1]);
  ::usleep(static_cast<useconds_t>(life.count()));
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  std::string told;
  char buffer[4096];
  for (ssize_t size = 0; (size = ::read(ends[0], buffer, sizeof buffer)) > 0;) told.append(buffer, static_cast<std::size_t>(size));
  ::close(ends[0]);
  return told.substr(0, told.rfind('\n') + 1);
}

TEST(WarcArchive, LosesNothingThatWasSafeWhenItsWriterIsKilled) {
  const gouji::testing::TempFolder folder;
  const runtime::SystemClock clock;
  std::mt19937_64 random(test_seed());
  std::size_t records = 0;
  std::string told;
  for (int round = 0; round < 40; ++round) {
    told += killed_after(std::chrono::microseconds(random() % 60'000), folder.file("warc"), static_cast<unsigned>(random()));
    ASSERT_TRUE(WarcWriter::open({folder.file("warc"), "gouji", 40'000, std::chrono::hours(24), {}}, clock));
    EXPECT_TRUE(names_ending(folder.file("warc"), kOpenEnding)->empty());
  }
  std::istringstream lines(told);
  std::string file, digest;
  for (std::int64_t offset = 0; lines >> file >> offset >> digest; ++records) {
    auto reader = WarcReader::open(folder.file("warc") + "/" + file, 1 << 20);
    ASSERT_TRUE(reader) << reader.error().message;
    reader->seek(offset);
    const auto record = reader->next();
    ASSERT_TRUE(record && *record) << file << " at " << offset;
    EXPECT_EQ(warc_digest(split_http((*record)->block).body), digest);
  }
  EXPECT_GT(records, 20U);
  std::printf("records that were safe: %zu\n", records);
}

struct Ground : CrawlerGround {
  std::string warc() const { return settings.data_folder + "/warc"; }
  WarcRecord record(const WarcPosition& position) {
    auto reader = WarcReader::open(warc() + "/" + position.file, 1 << 30);
    EXPECT_TRUE(reader) << reader.error().message;
    reader->seek(position.offset);
    auto record = reader->next();
    EXPECT_TRUE(record && *record);
    return record && *record ? std::move(**record) : WarcRecord{};
  }
};

TEST(CrawlerArchive, HoldsTheExchangesThatAnEventNames) {
  Ground ground;
  const std::string page = "<p>年报</p><a href=/a.docx>附件.docx</a>", packed = testing_support::gzip_of(page);
  ground.portal.on("/a", testing_support::html(packed, {"Content-Encoding: gzip"}));
  ground.portal.on("/a.docx", testing_support::answer(200, "PK\x03\x04 of words"));
  ground.once("/a");
  const auto reports = ground.log.reports();
  ASSERT_EQ(reports.size(), 1U);
  ASSERT_EQ(reports[0].attachments.size(), 1U);
  ASSERT_TRUE(reports[0].body.warc && reports[0].attachments[0].warc);
  EXPECT_EQ(reports[0].body.bytes, page);
  const WarcRecord record = ground.record(*reports[0].body.warc);
  EXPECT_EQ(split_http(record.block).body, packed) << "as it came over the wire";
  EXPECT_EQ(record.field("WARC-Target-URI"), ground.portal.url("/a"));
  EXPECT_EQ(record.field("WARC-IP-Address"), "127.0.0.1");
  EXPECT_EQ(record.field("WARC-Record-ID"), reports[0].body.warc->record_id);
  EXPECT_EQ(record.field("WARC-Payload-Digest"), warc_digest(packed));
  EXPECT_EQ(record.length, reports[0].body.warc->length);
  EXPECT_EQ(split_http(ground.record(*reports[0].attachments[0].warc).block).body, reports[0].attachments[0].bytes);
  // The files are closed, with an index; robots.txt is in it as well.
  EXPECT_TRUE(names_ending(ground.warc(), kOpenEnding)->empty());
  EXPECT_EQ(names_ending(ground.warc(), ".cdxj")->size(), 1U);
}

TEST(CrawlerArchive, KeepsEveryRedirectAndWhatIsNoDocument) {
  Ground ground;
  ground.portal.on("/a", testing_support::redirect_to("/b"));
  ground.portal.on("/b", testing_support::answer(404, "nothing"));
  ground.once("/a");
  EXPECT_TRUE(ground.log.reports().empty());
  std::vector<std::string> kept;
  auto reader = WarcReader::open(ground.warc() + "/" + names_ending(ground.warc(), kWarcEnding)->at(0), 1 << 20);
  while (true) {
    auto record = reader->next();
    if (!record || !*record) break;
    if ((*record)->field("WARC-Type") == "response") kept.emplace_back((*record)->field("WARC-Target-URI"));
  }
  EXPECT_THAT(kept, ::testing::IsSupersetOf({ground.portal.url("/a"), ground.portal.url("/b"), ground.portal.url("/robots.txt")}));
}

TEST(CrawlerArchive, RefersToWhatAnEarlierRunKeptAsLongAsThatIsThere) {
  Ground ground;
  ground.portal.on("/a", testing_support::html("<p>年报</p>"));
  const auto last_answer = [&] {
    ground.once("/a");
    auto reader = WarcReader::open(ground.warc() + "/" + names_ending(ground.warc(), kWarcEnding)->back(), 1 << 20);
    WarcRecord last;
    while (true) {
      auto record = reader->next();
      if (!record || !*record) return last;
      if ((*record)->field("WARC-Target-URI") == ground.portal.url("/a") && (*record)->field("Content-Type").find("response") != std::string_view::npos) last = std::move(**record);
    }
  };
  const WarcRecord first = last_answer();
  EXPECT_EQ(first.field("WARC-Type"), "response");
  ground.clock.advance(std::chrono::seconds{2});
  const WarcRecord second = last_answer();
  EXPECT_EQ(second.field("WARC-Type"), "revisit");
  EXPECT_EQ(second.field("WARC-Refers-To"), first.field("WARC-Record-ID"));
  EXPECT_EQ(second.field("WARC-Refers-To-Date"), first.field("WARC-Date"));
  EXPECT_EQ(second.field("WARC-Payload-Digest"), first.field("WARC-Payload-Digest"));
  ground.clock.advance(std::chrono::seconds{2});
  EXPECT_EQ(last_answer().field("WARC-Refers-To"), first.field("WARC-Record-ID")) << "a revisit is never referred to";
  const auto names = *names_ending(ground.warc(), kWarcEnding);
  for (const std::string& name : names) std::filesystem::remove(ground.warc() + "/" + name);
  ground.clock.advance(std::chrono::seconds{2});
  EXPECT_EQ(last_answer().field("WARC-Type"), "response");
  EXPECT_EQ(ground.log.reports().size(), 1U);
}

TEST(CrawlerArchive, IsNotKeptWhereNobodyWantsIt) {
  Ground ground;
  ground.settings.archive = false;
  ground.portal.on("/a", testing_support::html("<p>年报</p>"));
  ground.once("/a");
  EXPECT_FALSE(ground.log.reports().at(0).body.warc);
  EXPECT_FALSE(std::filesystem::exists(ground.warc()));
}

TEST(CrawlerArchive, SaysWhatItHadToRepair) {
  Ground ground;
  ground.portal.on("/a", testing_support::html("<p>年报</p>"));
  std::filesystem::create_directories(ground.warc());
  { std::ofstream(ground.warc() + "/gouji-20260101000000-00000.warc.gz.open") << "torn"; }
  ground.once("/a");
  EXPECT_THAT(ground.seen.messages("passed over").at(0), ::testing::HasSubstr("4 bytes behind the last of them are cut off"));
  EXPECT_TRUE(ground.log.reports().at(0).body.warc);
}

}  // namespace
}  // namespace gouji::crawler
