// Portals on loopback: lists, changes, faults and hostile answers, through the real HTTP client.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/crawler/core/url.h"
#include "tests/support/crawler_ground.h"

namespace gouji::crawler {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing_support::answer;
using testing_support::AfterBytes;
using testing_support::html;
using testing_support::PortalRequest;
using testing_support::redirect_to;

using Ground = CrawlerGround;

std::string value_of(const std::vector<Hint>& hints, std::string_view field) {
  for (const Hint& hint : hints) {
    if (hint.field == field) return hint.value + " from " + hint.origin;
  }
  return "";
}

TEST(CrawlerWeb, FollowsAListToItsDocuments) {
  Ground ground;
  ground.portal.on("/list/", html("<ul><li><a href='a.html'>2023年报告</a> 2024-01-20</li><li><a href='b.html'>2022年报告</a></li><li><a href='c.html'>联系</a></li></ul>"));
  ground.portal.on("/list/a.html", html(article("AAA")));
  ground.portal.on("/list/b.html", html(article("BBB")));
  const CrawlSummary summary = ground.once({ground.list("/list/")});
  EXPECT_EQ(summary.documents, 2);
  EXPECT_EQ(summary.failures, 0);
  auto reports = ground.log.reports();
  ASSERT_THAT(reports, SizeIs(2));
  std::sort(reports.begin(), reports.end(), [](const auto& x, const auto& y) { return x.url < y.url; });
  const RawReport& report = reports[0];
  EXPECT_EQ(report.url, ground.portal.url("/list/a.html"));
  EXPECT_EQ(report.source_id, "portal-a");
  EXPECT_EQ(report.http_status, 200);
  EXPECT_EQ(report.body.bytes, article("AAA"));
  EXPECT_EQ(report.body.name, "a.html");
  EXPECT_EQ(value_of(report.hints, "organ"), "某市教育局 from portal_file");
  EXPECT_EQ(value_of(report.hints, "title"), "2023年报告 from list_row");
  EXPECT_EQ(value_of(report.hints, "published_on"), "2024-01-20 from list_row");
  EXPECT_EQ(value_of(report.hints, "media_type"), "text/html from http_header");
  EXPECT_EQ(value_of(report.hints, "charset"), "utf-8 from http_header");
  EXPECT_THAT(ground.portal.requests("/list/c.html"), IsEmpty());
  EXPECT_EQ(ground.log.health().back().documents, 2);
}

TEST(CrawlerWeb, SaysWhoItIs) {
  Ground ground;
  ground.portal.on("/a", html("x"));
  ground.once("/a");
  const auto requests = ground.portal.requests("/a");
  ASSERT_THAT(requests, SizeIs(1));
  EXPECT_EQ(requests[0].headers.at("user-agent"), "GoujiCrawler/0 (+mailto:test@example.org)");
  EXPECT_THAT(ground.portal.requests("/robots.txt"), SizeIs(1));
}

TEST(CrawlerWeb, AsksWhetherItChangedAndTakesNotModifiedForUnchanged) {
  Ground ground;
  ground.portal.on("/a", [](const PortalRequest& request) {
    if (request.headers.contains("if-none-match")) return answer(304, "");
    return html("x", {"ETag: \"v1\"", "Last-Modified: Wed, 21 Oct 2015 07:28:00 GMT"});
  });
  ground.once("/a");
  ground.once("/a");
  EXPECT_THAT(ground.log.reports(), SizeIs(1));
  EXPECT_EQ(ground.portal.requests("/a").back().headers.at("if-none-match"), "\"v1\"");
  EXPECT_EQ(ground.portal.requests("/a").back().headers.at("if-modified-since"), "Wed, 21 Oct 2015 07:28:00 GMT");
  EXPECT_EQ(ground.seen.count("fetched url not_modified"), 1U);
}

TEST(CrawlerWeb, MakesAChangedPageTheNextSequenceAndTheSameBytesNothing) {
  Ground ground;
  ground.portal.on("/a", html("one", {"ETag: \"1\""}));
  ground.once("/a");
  ground.portal.on("/a", html("one", {"ETag: \"2\""}));
  ground.once("/a");
  ground.portal.on("/a", html("two"));
  ground.once("/a");
  const auto reports = ground.log.reports();
  ASSERT_THAT(reports, SizeIs(2));
  EXPECT_EQ(reports[1].fetch_sequence, 2);
}

TEST(CrawlerWeb, RemembersRowsWhenTheCrashComesBeforeTheirDocuments) {
  Ground ground;
  ground.portal.on("/list", [](const PortalRequest& request) {
    return request.headers.contains("if-none-match") ? answer(304, "") : html("<a href=/a>报告</a>", {"ETag: \"1\""});
  });
  ground.portal.on("/a", answer(500, ""));
  EXPECT_EQ(ground.once({ground.list("/list")}).failures, 1);
  ground.portal.on("/a", document("x"));
  ground.once({ground.list("/list")});
  EXPECT_THAT(ground.log.reports(), SizeIs(1)) << "the list itself was not modified";
}

TEST(CrawlerWeb, ReadsListsInJson) {
  Ground ground;
  const Source source = ground.list("/api", R"(,"format":"json","rows":{"pointer":"/data","url":"/u","title":"/t"})");
  ground.portal.on("/api", answer(200, R"({"data":[{"u":"/x/1","t":"年度报告"},{"u":"http://10.0.0.1/","t":"报告"}]})", {"Content-Type: application/json"}));
  ground.portal.on("/x/1", document("x"));
  ground.once({source});
  ASSERT_THAT(ground.log.reports(), SizeIs(1));
}

TEST(CrawlerWeb, TakesAnEmptyOrBrokenListForATrouble) {
  Ground ground;
  ground.portal.on("/list", html("<a href=/a>报告</a>"));
  ground.portal.on("/a", document("x"));
  ground.once({ground.list("/list")});
  ground.portal.on("/list", html("<html></html>"));
  ground.clock.advance(std::chrono::hours{48});
  EXPECT_EQ(ground.once({ground.list("/list")}).failures, 1);
  EXPECT_THAT(ground.log.withdrawals(), IsEmpty());
  EXPECT_EQ(ground.log.health().back().state, SourceState::kDegraded);
  EXPECT_EQ(ground.log.health().back().reason, "EMPTY");
}

TEST(CrawlerWeb, WithdrawsAPageOnlyWhenItIsGoneTwiceADayApart) {
  Ground ground;
  ground.portal.on("/a", html("x"));
  ground.once("/a");
  ground.portal.on("/a", answer(410, ""));
  ground.once("/a");
  ground.once("/a");
  EXPECT_THAT(ground.log.withdrawals(), IsEmpty());
  ground.clock.advance(std::chrono::hours{25});
  ground.once("/a");
  ASSERT_THAT(ground.log.withdrawals(), SizeIs(1));
  EXPECT_EQ(ground.log.withdrawals()[0].reason, WithdrawalReason::kGone);
  EXPECT_EQ(ground.log.withdrawals()[0].fetch_sequence, 2);
  ground.portal.on("/a", html("x"));
  ground.once("/a");
  EXPECT_EQ(ground.log.reports().back().fetch_sequence, 3);
}

// Every transient fault: no event, no withdrawal, the document comes when the fault is over.
struct Fault {
  friend void PrintTo(const Fault& fault, std::ostream* out) { *out << fault.name; }
  std::string name;
  testing_support::PortalAnswer faulty;
  std::string expected;
};

class CrawlerFault : public testing::TestWithParam<Fault> {};

TEST_P(CrawlerFault, IsNeitherAChangeNorAWithdrawal) {
  Ground ground;
  ground.settings.request_timeout = std::chrono::milliseconds{400};
  ground.settings.document_bytes_max = 2 * 1024 * 1024;
  ground.portal.on("/a", html("good"));
  ground.once("/a");
  ground.portal.on("/a", GetParam().faulty);
  ground.once("/a");
  ground.clock.advance(std::chrono::hours{30});
  EXPECT_EQ(ground.once("/a").failures, 1);
  EXPECT_GE(ground.seen.count("fetched url " + GetParam().expected), 2U);
  EXPECT_THAT(ground.log.raw(), SizeIs(1));
  ground.portal.on("/a", html("better"));
  ground.clock.advance(std::chrono::hours{30});
  ground.once("/a");
  EXPECT_THAT(ground.log.reports(), SizeIs(2));
  EXPECT_THAT(ground.log.withdrawals(), IsEmpty());
}

constexpr std::string_view kOpen = "HTTP/1.1 200 OK\r\nConnection: close\r\n";

std::vector<Fault> faults() {
  const std::string head(kOpen);
  std::string many_headers = head;
  for (int i = 0; i < 2'000; ++i) many_headers += "X-Header-" + std::to_string(i) + ": " + std::string(60, 'h') + "\r\n";
  return {
      {"server_error", answer(500, "oops"), "http_error"},
      {"forbidden", answer(403, "no"), "http_error"},
      {"challenge", answer(521, "<script>"), "http_error"},
      {"no_content", answer(204, ""), "http_error"},
      {"unasked_304", answer(304, ""), "http_error"},
      {"throttled", answer(429, "", {"Retry-After: 3600"}), "throttled"},
      {"busy", answer(503, ""), "throttled"},
      {"short_body", {head + "Content-Length: 100\r\n\r\nshort", AfterBytes::kClose}, "truncated"},
      {"no_answer", {"", AfterBytes::kClose}, "connect"},
      {"garbage", {"\x16\x03\x01 not http\r\n\r\n", AfterBytes::kClose}, "truncated"},
      {"silent", {"", AfterBytes::kHold}, "timeout"},
      {"slow_headers", {"HTTP/1.1 200 OK\r\nX: ", AfterBytes::kDrip}, "timeout"},
      {"slow_body", {head + "\r\n", AfterBytes::kDrip}, "timeout"},
      {"stalled_body", {head + "Content-Length: 100\r\n\r\nhalf", AfterBytes::kHold}, "timeout"},
      {"endless_body", {head + "\r\n", AfterBytes::kEndless}, "too_large"},
      {"announced_too_large", {head + "Content-Length: 99999999\r\n\r\n", AfterBytes::kHold}, "too_large"},
      {"header_flood", {many_headers + "\r\nx", AfterBytes::kClose}, "too_large"},
      {"gzip_bomb", testing_support::gzip_bomb(64 * 1024 * 1024), "too_large"},
      {"broken_gzip", answer(200, "no gzip at all", {"Content-Encoding: gzip"}), "truncated"},
      {"redirect_circle", redirect_to("/a"), "redirects"},
      {"redirect_nowhere", answer(302, ""), "redirects"},
      {"redirect_to_metadata", redirect_to("http://169.254.169.254/latest/meta-data/"), "refused_address"},
      {"redirect_to_private", redirect_to("http://10.0.0.1/"), "refused_address"},
      {"redirect_to_v6_loopback", redirect_to("http://[::1]/"), "refused_address"},
      {"redirect_to_mapped", redirect_to("http://[::ffff:10.0.0.1]/"), "refused_address"},
      {"redirect_to_disguised", redirect_to("http://2852039166/"), "refused_address"},
      {"redirect_to_octal", redirect_to("http://0251.0376.0251.0376/"), "refused_address"},
      {"redirect_to_file", redirect_to("file:///etc/passwd"), "refused_address"},
      {"redirect_to_gopher", redirect_to("gopher://127.0.0.1:25/"), "refused_address"},
      {"redirect_with_user", redirect_to("http://a@10.0.0.1/"), "refused_address"},
  };
}

INSTANTIATE_TEST_SUITE_P(Every, CrawlerFault, testing::ValuesIn(faults()), [](const auto& test) { return test.param.name; });

TEST(CrawlerWeb, ConnectsToNothingThatIsNotPublicUnlessAllowed) {
  Ground ground;
  ground.settings.allow_net.clear();
  ground.portal.on("/a", html("x"));
  const std::string port = std::to_string(ground.portal.port());
  for (const std::string& host : {std::string("127.0.0.1"), std::string("localhost"), std::string("2130706433"), std::string("0x7f.1"), std::string("127.1"),
                                  std::string("[::ffff:127.0.0.1]"), std::string("[::ffff:7f00:1]"), std::string("0.0.0.0")}) {
    const auto url = parse_url("http://" + host + ":" + port + "/a");
    ASSERT_TRUE(url) << host;
    EXPECT_EQ(ground.once({url_source(to_string(*url))}).failures, 1) << host;
  }
  EXPECT_EQ(ground.portal.requests_in_all(), 0U);
  EXPECT_EQ(ground.seen.count("refused refused_address"), 8U);
  EXPECT_THAT(ground.seen.messages("refused refused_address")[0], HasSubstr("--allow-net"));
}

TEST(CrawlerWeb, DoesNotLeaveTheHostsOfItsPortalFile) {
  Ground ground;
  ground.portal.on("/list", html("<a href=/a>报告</a>"));
  ground.portal.on("/a", redirect_to("http://localhost:" + std::to_string(ground.portal.port()) + "/b"));
  ground.portal.on("/b", html("x"));
  EXPECT_EQ(ground.once({ground.list("/list")}).failures, 1);
  EXPECT_THAT(ground.portal.requests("/b"), IsEmpty());
  EXPECT_THAT(ground.seen.messages("refused refused_address")[0], HasSubstr("hosts of its portal file"));
}

TEST(CrawlerWeb, FollowsAFewRedirectsAndKeepsTheListedAddress) {
  Ground ground;
  for (int i = 0; i < 5; ++i) ground.portal.on("/r" + std::to_string(i), redirect_to("r" + std::to_string(i + 1), i % 2 == 0 ? 301 : 307));
  ground.portal.on("/r5", html("end"));
  ground.once("/r0");
  ASSERT_THAT(ground.log.reports(), SizeIs(1));
  EXPECT_EQ(ground.log.reports()[0].url, ground.portal.url("/r0"));
  EXPECT_EQ(ground.log.reports()[0].final_url, ground.portal.url("/r5"));
  ground.portal.on("/first", redirect_to("/r0"));
  EXPECT_EQ(ground.once("/first").failures, 1);
  EXPECT_EQ(ground.seen.count("fetched url redirects"), 3U) << "six redirects are too many, in every try";
}

TEST(CrawlerWeb, TriesAPassingFaultAgainWithinOneReading) {
  Ground ground;
  std::atomic<int> asked = 0;
  ground.portal.on("/a", [&](const PortalRequest&) { return ++asked < 3 ? answer(503, "", {"Retry-After: 0"}) : html("x"); });
  EXPECT_EQ(ground.once("/a").failures, 0);
  EXPECT_THAT(ground.log.reports(), SizeIs(1));
}

TEST(CrawlerWeb, ObeysRobots) {
  Ground ground;
  ground.portal.on("/robots.txt", answer(200, "User-agent: *\nDisallow: /no\n"));
  ground.portal.on("/no", html("x"));
  ground.portal.on("/yes", redirect_to("/no"));
  ground.once("/no");
  ground.once("/yes");
  EXPECT_THAT(ground.portal.requests("/no"), IsEmpty());
  EXPECT_EQ(ground.seen.count("refused robots"), 2U);
  EXPECT_EQ(ground.log.health().back().state, SourceState::kBlocked);
  ground.settings.obey_robots = false;
  ground.once("/no");
  EXPECT_THAT(ground.log.reports(), SizeIs(1));
}

TEST(CrawlerWeb, StaysAwayWhileRobotsCannotBeRead) {
  Ground ground;
  ground.portal.on("/robots.txt", answer(500, ""));
  ground.portal.on("/a", html("x"));
  EXPECT_EQ(ground.once("/a").failures, 1);
  EXPECT_THAT(ground.portal.requests("/a"), IsEmpty());
  EXPECT_THAT(ground.log.raw(), IsEmpty());
}

TEST(CrawlerWeb, SendsABodyWithEveryEncodingDecoded) {
  Ground ground;
  ground.portal.on("/a", testing_support::gzip_bomb(600'000));  // below the ratio's floor, above the inline limit
  ground.once("/a");
  ASSERT_THAT(ground.log.reports(), SizeIs(1));
  EXPECT_EQ(ground.log.reports()[0].body.size, 600'000);
  EXPECT_THAT(ground.log.reports()[0].body.reference, HasSubstr("cas://sha256/"));
}

TEST(CrawlerWeb, IgnoresProxiesOfTheEnvironment) {
  Ground ground;
  ::setenv("http_proxy", "http://127.0.0.1:9/", 1);
  ground.portal.on("/a", html("x"));
  ground.once("/a");
  ::unsetenv("http_proxy");
  EXPECT_THAT(ground.log.reports(), SizeIs(1));
}

TEST(CrawlerWeb, WatchesAListAndFetchesWhatIsNew) {
  Ground ground;
  ground.portal.on("/list", html("<a href=/a>报告一</a>"));
  ground.portal.on("/a", document("AAA"));
  ground.portal.on("/b", document("BBB"));
  const Source source = hasty(ground.list("/list"), std::chrono::milliseconds{50});
  auto crawler = ground.open({source});
  Result<void> ended;
  std::thread runner([&] { ended = crawler->run(); });
  EXPECT_TRUE(eventually([&] { return ground.log.reports().size() == 1; }));
  ground.portal.on("/list", html("<a href=/a>报告一</a><a href=/b>报告二</a>"));
  EXPECT_TRUE(eventually([&] { return ground.log.reports().size() == 2; }));
  crawler->stop();
  runner.join();
  EXPECT_TRUE(ended);
}

TEST(CrawlerWeb, StopsInTheMiddleOfAFetch) {
  Ground ground;
  ground.settings.request_timeout = std::chrono::minutes{5};
  ground.portal.on("/a", {std::string(kOpen) + "\r\n", AfterBytes::kDrip});
  auto crawler = ground.open({url_source(ground.portal.url("/a"))});
  std::thread runner([&] { EXPECT_TRUE(crawler->run()); });
  EXPECT_TRUE(eventually([&] { return ground.portal.requests("/a").size() == 1; }));
  const auto begin = std::chrono::steady_clock::now();
  crawler->stop();
  runner.join();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds{5});
}

}  // namespace
}  // namespace gouji::crawler
