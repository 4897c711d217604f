// Servers that send bombs, lie about lengths, or never end: each is contained within its limits of
// time and bytes, all of them at once, while another host goes on being fetched.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zstd.h>

#include <atomic>
#include <cstdio>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "common/runtime/system_clock.h"
#include "services/crawler/io/http_fetcher.h"
#include "tests/support/fake_portal/fake_portal.h"

namespace gouji::crawler {
namespace {

using namespace std::chrono_literals;
using testing_support::AfterBytes;
using testing_support::FakePortal;
using testing_support::gzip_of;
using testing_support::PortalAnswer;
using testing_support::PortalRequest;

constexpr std::int64_t kBytesMax = 2 << 20;
constexpr auto kTotal = 3'000ms;
// A machine that is busy with everything else at once.
constexpr auto kSlack = 6'000ms;
constexpr long kMemoryMiB = 300;

struct Bomb {
  const char* name;
  PortalAnswer answer;
};

std::string head(const std::string& headers, int status = 200) { return "HTTP/1.1 " + std::to_string(status) + " Status\r\n" + headers + "\r\n"; }
std::string repeated(const std::string& text, std::size_t bytes) {
  std::string out;
  while (out.size() < bytes) out += text;
  return out;
}

std::string zstd_of(const std::string& bytes) {
  std::string out(ZSTD_compressBound(bytes.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), bytes.data(), bytes.size(), 3));
  return out;
}

PortalAnswer packed(const std::string& body, const std::string& encoding) {
  return {head("Content-Type: text/html\r\nContent-Encoding: " + encoding + "\r\nConnection: close\r\nContent-Length: " + std::to_string(body.size()) + "\r\n") + body};
}

// 64 MiB of zeros, by the encoder of libbrotli at its best.
const std::string kBrotliZeros(
    "\xcf\xff\xff\x7f\xf8\x27\x00\xe2\xb1\x40\x20\xf7\xfe\x9f\xff\xff\xff\xf0\x4f\x00\xc4\x61\x01\x80\xee\xfd\x3f\xff\xff\xff\xe1\x9f\x00\x88\xc3\x22\x00\xdd\xfb\xff\xfc\xff\xff\xc7\x3f\x01\x10\x87\x05\x00\xba\xf7\xff", 53);

void add_packed(std::vector<Bomb>& all) {
  const std::string zeros(64 << 20, '\0');
  const std::string gzip = gzip_of(zeros), small = gzip_of(std::string(100'000, 'a'));
  std::string wrong_size = small;
  wrong_size[wrong_size.size() - 2] = static_cast<char>(wrong_size[wrong_size.size() - 2] + 1);
  std::string wrong_sum = small;
  wrong_sum[wrong_sum.size() - 7] = static_cast<char>(wrong_sum[wrong_sum.size() - 7] + 1);
  const std::string deflate = gzip.substr(10, gzip.size() - 18);
  const std::string cut = small.substr(0, small.size() / 2), many = gzip + gzip + gzip + gzip;
  all = {
      // Bombs.
      {"gzip bomb", packed(gzip, "gzip")},
      {"gzip bomb under another name", packed(gzip, "x-gzip")},
      {"raw deflate bomb", packed(deflate, "deflate")},
      {"zstd bomb", packed(zstd_of(zeros), "zstd")},
      {"brotli bomb", packed(kBrotliZeros, "br")},
      {"bomb in a bomb", packed(gzip_of(gzip), "gzip, gzip")},
      {"a bomb of several members", packed(many, "gzip")},
      {"a bomb whose length is a lie", {head("Content-Encoding: gzip\r\nContent-Length: 10\r\nConnection: close\r\n") + gzip}},
      {"a bomb in chunks", {head("Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n") + "ffff\r\n" + gzip.substr(0, 0xffff) + "\r\n0\r\n\r\n"}},
      {"a bomb behind a 404", {"HTTP/1.1 404 Not Found\r\nContent-Encoding: gzip\r\nConnection: close\r\nContent-Length: " + std::to_string(gzip.size()) + "\r\n\r\n" + gzip}},
      // Packed bodies that are none.
      {"half a gzip", packed(cut, "gzip")},
      {"gzip with a wrong size", packed(wrong_size, "gzip")},
      {"gzip with a wrong sum", packed(wrong_sum, "gzip")},
      {"plain text called gzip", packed("<html>plain</html>", "gzip")},
      {"plain text called br", packed("<html>plain</html>", "br")},
      {"plain text called zstd", packed("<html>plain</html>", "zstd")},
      {"six encodings", packed(small, "gzip, gzip, gzip, gzip, gzip, gzip")},
  };
}

void add_endless(std::vector<Bomb>& all) {
  const std::vector<Bomb> more{
      {"an endless body", {head("Connection: close\r\n"), AfterBytes::kEndless}},
      {"an endless chunk", {head("Transfer-Encoding: chunked\r\n") + "fffffffffff\r\n", AfterBytes::kEndless}},
      {"an endless chunk length", {head("Transfer-Encoding: chunked\r\n"), AfterBytes::kEndless}},
      {"an endless chunk extension", {head("Transfer-Encoding: chunked\r\n") + "1;", AfterBytes::kEndless}},
      {"an endless trailer", {head("Transfer-Encoding: chunked\r\n") + "1\r\na\r\n0\r\nX-A: ", AfterBytes::kEndless}},
      {"an endless body that says it is short", {head("Content-Length: 999999999999\r\n"), AfterBytes::kEndless}},
      {"an endless header", {"HTTP/1.1 200 OK\r\nX-A: ", AfterBytes::kEndless}},
      {"an endless status line", {"HTTP/1.1 200 ", AfterBytes::kEndless}},
      {"endless zeros instead of an answer", {"0", AfterBytes::kEndless}},
      {"a million headers", {"HTTP/1.1 200 OK\r\n" + repeated("X-A: b\r\n", 8 << 20), AfterBytes::kHold}},
      {"interim answers without an end", {repeated("HTTP/1.1 100 Continue\r\n\r\n", 8 << 20), AfterBytes::kHold}},
      {"early hints without an end", {repeated("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", 8 << 20), AfterBytes::kHold}},
      {"a cookie of 200 kB", {head("Set-Cookie: a=" + std::string(200'000, 'a') + "\r\nContent-Length: 0\r\n")}},
  };
  all.insert(all.end(), more.begin(), more.end());
}

void add_stalls(std::vector<Bomb>& all) {
  const std::string cut = gzip_of(std::string(100'000, 'a')).substr(0, 80);
  const std::vector<Bomb> more{
      {"silence", {"", AfterBytes::kHold}},
      {"silence after the status", {"HTTP/1.1 200 OK\r\n", AfterBytes::kHold}},
      {"silence after the head", {head("Content-Length: 100\r\n"), AfterBytes::kHold}},
      {"silence in the body", {head("Content-Length: 100\r\n") + "half", AfterBytes::kHold}},
      {"silence in a chunk", {head("Transfer-Encoding: chunked\r\n") + "64\r\nhalf", AfterBytes::kHold}},
      {"silence before the last chunk", {head("Transfer-Encoding: chunked\r\n") + "4\r\nbody\r\n", AfterBytes::kHold}},
      {"silence in a packed body", {head("Content-Encoding: gzip\r\nContent-Length: 9999\r\n") + cut, AfterBytes::kHold}},
      {"a dripping body", {head("Content-Length: 1000000\r\n"), AfterBytes::kDrip}},
      {"a dripping head", {"HTTP/1.1 200 OK\r\nX-A: ", AfterBytes::kDrip}},
      {"a dripping status", {"HTTP/1.1 2", AfterBytes::kDrip}},
      {"a head of one byte a turn", {head("Content-Length: 4\r\nX-A: " + std::string(4'000, 'a') + "\r\n") + "body", AfterBytes::kClose, 1}},
      {"a body of three bytes a turn", {head("Content-Length: 20000\r\n") + std::string(20'000, 'a'), AfterBytes::kClose, 3}},
  };
  all.insert(all.end(), more.begin(), more.end());
}

void add_lies(std::vector<Bomb>& all) {
  const std::vector<Bomb> more{
      {"a length of 10^18", {head("Content-Length: 1000000000000000000\r\nConnection: close\r\n") + "x"}},
      {"a length beyond 64 bits", {head("Content-Length: 99999999999999999999999\r\nConnection: close\r\n") + "x"}},
      {"a negative length", {head("Content-Length: -5\r\nConnection: close\r\n") + "x"}},
      {"more than is announced to be allowed", {head("Content-Length: 2097153\r\nConnection: close\r\n") + std::string(2'097'153, 'a')}},
      {"a body cut short", {head("Content-Length: 100\r\nConnection: close\r\n") + "half"}},
      {"a body cut by a reset", {head("Content-Length: 100\r\n") + "half", AfterBytes::kReset}},
      {"a reset before anything", {"", AfterBytes::kReset}},
      {"chunks cut short", {head("Transfer-Encoding: chunked\r\nConnection: close\r\n") + "64\r\nhalf"}},
      {"a chunk length beyond 64 bits", {head("Transfer-Encoding: chunked\r\nConnection: close\r\n") + "fffffffffffffffffffff\r\nbody"}},
      {"a chunk length that is none", {head("Transfer-Encoding: chunked\r\nConnection: close\r\n") + "-1\r\nbody"}},
      {"no HTTP", {repeated("\x16\x03\x01\xff\xfe", 100), AfterBytes::kReset}},
      {"HTTP of the future", {"HTTP/9.9 200 OK\r\nConnection: close\r\n\r\nbody"}},
      {"a status of 999", {head("Connection: close\r\nContent-Length: 4\r\n", 999) + "body"}},
      {"zero bytes in a header", {std::string("HTTP/1.1 200 OK\r\nX-A: a\0b\r\nContent-Length: 4\r\nConnection: close\r\n\r\nbody", 72)}},
      {"a redirect in a circle", testing_support::redirect_to("/circle")},
      {"a redirect of 60 kB", testing_support::redirect_to("/" + std::string(60'000, 'a'))},
      {"a redirect to nowhere", {head("Content-Length: 0\r\n", 302)}},
  };
  all.insert(all.end(), more.begin(), more.end());
}

std::vector<Bomb> bombs() {
  std::vector<Bomb> all;
  add_packed(all);
  add_endless(all);
  add_stalls(all);
  add_lies(all);
  return all;
}

long resident_mib() {
  std::ifstream file("/proc/self/statm");
  long pages = 0, resident = 0;
  file >> pages >> resident;
  return resident * 4 / 1024;
}

struct Fetcher {
  runtime::SystemClock clock;
  std::unique_ptr<HttpFetcher> fetcher;

  Fetcher() {
    HttpFetcherOptions options;
    options.user_agent = "GoujiCrawler/0";
    options.limits.connect = 2'000ms;
    options.limits.total = kTotal;
    options.limits.slow_for = std::chrono::seconds(2);
    options.allow_net = {*parse_cidr("127.0.0.0/8")};
    fetcher = std::move(*HttpFetcher::create(options, clock, [] { return false; }));
  }
  FetchResult fetch(const std::string& url) {
    FetchRequest request;
    request.url = *parse_url(url);
    request.bytes_max = kBytesMax;
    request.admit = [](const Url&) { return Admission{}; };
    return fetcher->fetch(request);
  }
};

TEST(HostileServers, AreContainedWhileAnotherHostGoesOn) {
  const std::vector<Bomb> all = bombs();
  FakePortal hostile, healthy("127.0.0.2");
  for (std::size_t i = 0; i < all.size(); ++i) hostile.on("/" + std::to_string(i), all[i].answer);
  hostile.on("/circle", testing_support::redirect_to("/circle"));
  // Each hop leads on to another page, for ever.
  std::atomic<int> hops{0};
  hostile.on_other([&hops](const PortalRequest&) { return testing_support::redirect_to("/next?" + std::to_string(++hops)); });
  healthy.on("/", testing_support::html("<html>well</html>"));
  healthy.on("/full", testing_support::answer(200, std::string(kBytesMax, 'a')));

  const long before = resident_mib();
  std::atomic<long> most = before;
  std::atomic<bool> is_over = false;
  std::atomic<int> well = 0, unwell = 0;
  std::thread another([&] {
    Fetcher fetcher;
    while (!is_over) {
      fetcher.fetch(healthy.url("/")).body == "<html>well</html>" ? ++well : ++unwell;
      most = std::max(most.load(), resident_mib());
    }
  });
  std::vector<FetchResult> results(all.size() + 1);
  std::vector<std::chrono::nanoseconds> took(all.size() + 1);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i <= all.size(); ++i) {
    threads.emplace_back([&, i] {
      Fetcher fetcher;
      const auto begin = std::chrono::steady_clock::now();
      results[i] = fetcher.fetch(hostile.url(i < all.size() ? "/" + std::to_string(i) : "/chain"));
      took[i] = std::chrono::steady_clock::now() - begin;
    });
  }
  for (std::thread& thread : threads) thread.join();
  is_over = true;
  another.join();

  std::size_t contained = 0;
  for (std::size_t i = 0; i <= all.size(); ++i) {
    const char* name = i < all.size() ? all[i].name : "a chain without an end";
    const FetchResult& result = results[i];
    EXPECT_NE(result.result, FetchClass::kOk) << name;
    EXPECT_LE(static_cast<std::int64_t>(result.body.size()), kBytesMax) << name;
    EXPECT_LE(result.wire_bytes, 2 * kBytesMax) << name;
    EXPECT_LT(took[i], kTotal + kSlack) << name;
    EXPECT_FALSE(result.message.empty()) << name;
    contained += result.result != FetchClass::kOk && took[i] < kTotal + kSlack ? 1 : 0;
  }
  EXPECT_GE(contained, 40U);
  EXPECT_LT(hops, 20);
  EXPECT_GT(well, 10);
  EXPECT_EQ(unwell, 0);
  EXPECT_LT(most - before, kMemoryMiB);
  std::printf("contained: %zu of %zu, another host meanwhile: %d fetched, memory: +%ld MiB\n", contained, all.size() + 1, well.load(), most - before);
  EXPECT_EQ(Fetcher().fetch(healthy.url("/full")).body.size(), static_cast<std::size_t>(kBytesMax)) << "as much as is allowed is taken";
}

}  // namespace
}  // namespace gouji::crawler
