#include "common/telemetry/http_request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gouji::telemetry {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

std::string path_of(std::string_view received) {
  const auto parsed = parse_http_request(received);
  const auto* path = std::get_if<HttpPath>(&parsed);
  return path == nullptr ? "" : path->path;
}

int refusal_of(std::string_view received) {
  const auto parsed = parse_http_request(received);
  const auto* refusal = std::get_if<HttpRefusal>(&parsed);
  return refusal == nullptr ? 0 : refusal->status;
}

TEST(HttpRequest, HasAPathWithoutItsQuery) {
  EXPECT_EQ(path_of("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"), "/metrics");
  EXPECT_EQ(path_of("GET / HTTP/1.0\r\n\r\n"), "/");
  EXPECT_EQ(path_of("GET /metrics?a=b#c HTTP/1.1\r\n\r\n"), "/metrics");
  EXPECT_EQ(path_of("GET /healthz HTTP/1.1\r\n\r\nGET /metrics HTTP/1.1\r\n\r\n"), "/healthz");
}

TEST(HttpRequest, IsIncompleteUpToItsLastByte) {
  const std::string whole = "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n";
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_TRUE(std::holds_alternative<HttpIncomplete>(parse_http_request(whole.substr(0, size)))) << size;
}

TEST(HttpRequest, IsRefusedWithTheStatusThatSaysWhy) {
  for (const auto& [line, status] : std::initializer_list<std::pair<std::string_view, int>>{
           {"POST /metrics HTTP/1.1", 405},
           {"DELETE / HTTP/1.1", 405},
           {"HEAD /metrics HTTP/1.1", 405},
           {"GET /metrics HTTP/2.0", 505},
           {"GET /metrics", 400},
           {"GET", 400},
           {"", 400},
           {"get /metrics HTTP/1.1", 400},
           {"GET http://x/metrics HTTP/1.1", 400},
           {"GET /a b HTTP/1.1", 400},
           {"GET /a\x01 HTTP/1.1", 400},
           {"GET /a SMTP", 400},
           {" /metrics HTTP/1.1", 400}})
    EXPECT_EQ(refusal_of(std::string(line) + "\r\n\r\n"), status) << line;
}

TEST(HttpRequest, IsRefusedOnceItIsTooLong) {
  EXPECT_EQ(refusal_of("GET /" + std::string(kHttpRequestBytesMax, 'a')), 431);
}

TEST(HttpAnswer, IsCompleteAndClosesTheConnection) {
  EXPECT_THAT(format_http_answer({200, "text/plain", "勾稽"}),
              AllOf(StartsWith("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 6\r\n"),
                    HasSubstr("\r\nConnection: close\r\n"), EndsWith("\r\n\r\n勾稽")));
  EXPECT_THAT(format_http_answer(refuse_http(405)), HasSubstr("\r\nAllow: GET\r\n"));
}

}  // namespace
}  // namespace gouji::telemetry
