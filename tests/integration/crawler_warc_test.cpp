// The archive as others see it: warcio, which shares no line with this project, reads it back.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "services/crawler/io/warc.h"
#include "tests/support/simulated_clock.h"
#include "tests/support/temp_folder.h"

namespace gouji::crawler {
namespace {

struct Run {
  int code = -1;
  std::string output;
};

std::string warcio() {
  const char* cache = std::getenv("GOUJI_CACHE");
  return cache == nullptr ? "" : std::string(cache) + "/python/bin/warcio";
}

Run run(const std::string& command) {
  Run made;
  FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
  char buffer[4096];
  for (std::size_t size = 0; (size = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;) made.output.append(buffer, size);
  made.code = ::pclose(pipe);
  return made;
}

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
  given.earlier = WarcReference{given.url, given.at, position.record_id, position.digest};
  EXPECT_TRUE(writer->write(given));
  given.response_head = "HTTP/1.1 304 Not Modified\r\n\r\n";
  given.body = "";
  EXPECT_TRUE(writer->write(given));
  EXPECT_TRUE(writer->close());
  return position;
}

TEST(WarcArchive, IsReadByAnotherReader) {
  if (!std::filesystem::exists(warcio())) GTEST_SKIP() << "warcio is not here; deploy/bootstrap.sh --tests installs it";
  const gouji::testing::TempFolder folder;
  const auto position = written(folder.file("warc"));
  const std::string file = "'" + folder.file("warc") + "/" + position.file + "'";

  const auto checked = run(warcio() + " check -v " + file);
  EXPECT_EQ(checked.code, 0) << checked.output;
  EXPECT_THAT(checked.output, ::testing::HasSubstr("digest pass"));
  EXPECT_THAT(checked.output, ::testing::Not(::testing::HasSubstr("fail")));

  const auto listed = run(warcio() + " index -f warc-type,offset,warc-target-uri " + file);
  std::size_t lines = 0;
  for (const char c : listed.output) lines += c == '\n';
  EXPECT_EQ(lines, 10U) << listed.output;  // info; response, request, metadata, three times
  EXPECT_THAT(listed.output, ::testing::HasSubstr("\"warc-type\": \"response\", \"offset\": \"" + std::to_string(position.offset) + "\""));

  const auto payload = run(warcio() + " extract --payload " + file + " " + std::to_string(position.offset));
  EXPECT_EQ(payload.output, "<p>\xb9\xb4\xbb\xfc</p>");
}

}  // namespace
}  // namespace gouji::crawler
