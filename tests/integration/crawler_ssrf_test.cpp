// Ways to make the fetcher connect to what is not public, tried in a world where every address on
// earth is a decoy that answers: whatever is connected to is seen. The host rules of portals are
// switched off (admit() says yes), so that the check of the address at connect stands alone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/runtime/system_clock.h"
#include "services/crawler/core/portal_file.h"
#include "services/crawler/io/http_fetcher.h"
#include "tests/support/crawler_parts.h"
#include "tests/support/fake_portal/fake_world.h"
#include "tests/support/temp_folder.h"

namespace gouji::crawler {
namespace {

using testing_support::FakeWorld;
using testing_support::NameAnswer;

// What may be connected to; everything else in the world is a violation.
const std::set<std::string> kPublic{"8.8.4.4", "1.1.1.1", "100.63.255.254", "100.128.0.1", "172.15.255.255", "172.32.0.1", "192.167.255.255", "192.169.0.1",
                                    "198.17.255.255", "198.20.0.1", "223.255.255.254", "11.0.0.1", "9.255.255.255", "128.0.0.1", "126.255.255.255", "2400:3200::1"};

const std::vector<std::string> kLiterals{
    // Loopback and "this host", in every spelling that some reader of addresses takes.
    "127.0.0.1", "127.1", "127.0.1", "0", "0.0.0.0", "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "017700000001", "127.0.0.1.", "127.255.255.254", "127.0.0.53",
    "[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[64:ff9b::127.0.0.1]", "[2002:7f00:1::]", "[2001:0:4136:e378:8000:63bf:80ff:fffe]",
    "[64:ff9b:1::1]", "[::ffff:0:127.0.0.1]",
    // Link-local and the metadata services of clouds.
    "169.254.169.254", "2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "[::ffff:a9fe:a9fe]", "[::ffff:169.254.169.254]", "[fd00:ec2::254]", "169.254.0.1", "169.254.170.2", "[fe80::1]", "[fe80::a9fe:a9fe]",
    "[64:ff9b::a9fe:a9fe]", "[2002:a9fe:a9fe::1]", "100.100.100.200", "192.0.0.192",
    // Private, shared, special.
    "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.0.1", "192.168.255.255", "100.64.0.1", "100.127.255.255", "192.0.0.1", "192.0.2.1", "198.18.0.1", "198.19.255.255",
    "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "0.1.2.3", "[fd00::1]", "[fc00::1]", "[fdff:ffff::1]", "[ff02::1]", "[2001:db8::1]", "[100::1]", "[2001:10::1]",
    "[::ffff:10.0.0.1]", "[::ffff:192.168.1.1]", "[2002:c0a8:0101::1]", "[64:ff9b::c0a8:101]", "[fec0::1]", "[::a00:1]", "[5f00::1]", "[4000::1]"};

struct Attempt {
  std::string url;
  std::string what;
};

class Ssrf : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    static const std::optional<std::string> kWhyNot = FakeWorld::enter();  // once a process, for both suites
    why_not = kWhyNot;
    if (!why_not) world = std::make_unique<FakeWorld>();
  }
  static void TearDownTestSuite() { world.reset(); }

  void SetUp() override {
    if (why_not) GTEST_SKIP() << *why_not;
    HttpFetcherOptions options;
    options.user_agent = "GoujiCrawler/0";
    options.limits.connect = std::chrono::milliseconds(1'000);
    options.limits.total = std::chrono::milliseconds(4'000);
    fetcher = std::move(*HttpFetcher::create(options, clock, [] { return false; }));
    world->name("ok.gov.cn", NameAnswer{{"8.8.4.4"}, {"2400:3200::1"}, ""});
    world->forget();
  }

  FetchResult fetch(const std::string& address) {
    const auto url = parse_url(address);
    FetchResult refused;
    refused.result = FetchClass::kRefusedAddress;
    if (!url) return refused;
    FetchRequest request;
    request.url = *url;
    request.bytes_max = 1 << 20;
    request.admit = [](const Url&) { return Admission{}; };
    return fetcher->fetch(request);
  }

  // Tries all of them; how many were tried.
  std::size_t expect_contained(const std::vector<Attempt>& attempts) {
    for (const Attempt& attempt : attempts) {
      const std::size_t before = world->touches().size();
      const FetchResult result = fetch(attempt.url);
      EXPECT_NE(result.body, "reached") << attempt.what << ": " << attempt.url << " was fetched from " << to_string(result.final_url);
      const auto touches = world->touches();
      for (std::size_t i = before; i < touches.size(); ++i)
        EXPECT_TRUE(kPublic.contains(touches[i].address)) << attempt.what << ": " << attempt.url << " made a connection to " << touches[i].address << ":" << touches[i].port;
    }
    RecordProperty("attempts", static_cast<int>(attempts.size()));
    std::printf("attempts: %zu\n", attempts.size());
    return attempts.size();
  }

  Attempt redirect(const std::string& location, const std::string& what, int status = 302) {
    world->answer(++redirects, "HTTP/1.1 " + std::to_string(status) + " Moved\r\nLocation: " + location + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    return {"http://ok.gov.cn/to?" + std::to_string(redirects), what + " " + std::to_string(status) + " to " + location};
  }

  runtime::SystemClock clock;
  std::unique_ptr<HttpFetcher> fetcher;
  int redirects = 0;
  static std::optional<std::string> why_not;
  static std::unique_ptr<FakeWorld> world;
};
std::optional<std::string> Ssrf::why_not;
std::unique_ptr<FakeWorld> Ssrf::world;

// Without this the rest would prove nothing: public addresses, and the neighbours of the ranges that
// are refused, are connected to.
TEST_F(Ssrf, PublicAddressesAreConnectedTo) {
  for (const std::string& address : kPublic) {
    const bool is_v6 = address.find(':') != std::string::npos;
    EXPECT_EQ(fetch("http://" + (is_v6 ? "[" + address + "]" : address) + "/").body, "reached") << address;
  }
  for (const std::string& way : {std::string("http://ok.gov.cn/"), redirect("http://1.1.1.1/", "redirect").url}) {
    const FetchResult result = fetch(way);
    EXPECT_EQ(result.body, "reached") << way << ": " << result.message;
  }
}

TEST_F(Ssrf, LiteralAddressesAreRefused) {
  std::vector<Attempt> attempts;
  for (const std::string& literal : kLiterals) attempts.push_back({"http://" + literal + "/", "literal"});
  for (const int port : FakeWorld::kPorts) attempts.push_back({"http://127.0.0.1:" + std::to_string(port) + "/metrics", "own port"});
  EXPECT_GE(expect_contained(attempts), 80U);
}

TEST_F(Ssrf, RedirectsToThemAreRefused) {
  std::vector<Attempt> attempts;
  for (const std::string& literal : kLiterals) attempts.push_back(redirect("http://" + literal + "/", "redirect"));
  for (const int status : {301, 303, 307, 308}) attempts.push_back(redirect("http://169.254.169.254/latest/meta-data/", "redirect", status));
  attempts.push_back(redirect("//127.0.0.1/", "protocol-relative redirect"));
  attempts.push_back(redirect("//127.0.0.1:9092/", "protocol-relative redirect"));
  attempts.push_back(redirect("\\\\127.0.0.1\\", "redirect"));
  attempts.push_back(redirect("https://127.0.0.1/", "redirect"));
  // The last of several hops.
  const Attempt last = redirect("http://10.0.0.1/", "redirect");
  attempts.push_back(redirect(last.url, "chain"));
  const Attempt middle = redirect(attempts.back().url, "chain");
  attempts.push_back(redirect(middle.url, "chain"));
  EXPECT_GE(expect_contained(attempts), 80U);
}

TEST_F(Ssrf, NamesThatResolveToThemAreRefused) {
  std::vector<Attempt> attempts;
  const auto add = [&](const std::string& name, NameAnswer answer, const std::string& what) {
    world->name(name, std::move(answer));
    attempts.push_back({"http://" + name + "/", what});
    attempts.push_back(redirect("http://" + name + "/", what));
  };
  add("loop.gov.cn", {{"127.0.0.1"}, {}, ""}, "A loopback");
  add("six.gov.cn", {{}, {"::1"}, ""}, "AAAA loopback");
  add("mapped.gov.cn", {{}, {"::ffff:127.0.0.1"}, ""}, "AAAA mapped");
  add("nat64.gov.cn", {{}, {"64:ff9b::7f00:1"}, ""}, "AAAA NAT64");
  add("ula.gov.cn", {{}, {"fd00::1"}, ""}, "AAAA unique local");
  add("meta.gov.cn", {{"169.254.169.254"}, {}, ""}, "A metadata");
  add("zero.gov.cn", {{"0.0.0.0"}, {}, ""}, "A zero");
  add("shared.gov.cn", {{"100.64.0.1"}, {}, ""}, "A shared");
  add("two.gov.cn", {{"10.0.0.1", "127.0.0.1"}, {"fc00::1"}, ""}, "several, none public");
  add("metadata.google.internal", {{"169.254.169.254"}, {}, ""}, "cloud name");
  add("kubernetes.default.svc", {{"10.96.0.1"}, {}, ""}, "cluster name");
  add("127.0.0.1.nip.io", {{"127.0.0.1"}, {}, ""}, "name with an address in it");
  add("lvh.me", {{"127.0.0.1"}, {"::1"}, ""}, "name of loopback");
  add("alias.gov.cn", {{}, {}, "loop.gov.cn"}, "CNAME to loopback");
  add("internal.corp.internal", {{"10.1.2.3"}, {}, ""}, "internal name");
  attempts.push_back({"http://internal/", "search domain"});
  std::string alias = "loop.gov.cn";
  for (int step = 0; step < 10; ++step) {
    const std::string name = "step" + std::to_string(step) + ".gov.cn";
    world->name(name, NameAnswer{{}, {}, alias});
    alias = name;
  }
  attempts.push_back({"http://" + alias + "/", "ten CNAMEs"});
  for (const char* name : {"localhost", "localhost.", "LOCALHOST", "a.localhost", "ip6-localhost", "localhost.localdomain", "nothing.gov.cn"}) attempts.push_back({std::string("http://") + name + "/", "name"});
  attempts.push_back({"http://" + std::string(63, 'a') + "." + std::string(63, 'b') + "." + std::string(63, 'c') + "." + std::string(61, 'd') + "/", "255 characters"});
  expect_contained(attempts);
}

// Public when it is looked at, private when it is connected to: the address that is checked is the one of the socket.
TEST_F(Ssrf, NamesThatChangeTheirMindAreRefused) {
  std::vector<Attempt> attempts;
  for (int round = 0; round < 6; ++round) {
    const std::string name = "rebind" + std::to_string(round) + ".gov.cn";
    world->name(name, [](int asked) { return asked == 0 ? NameAnswer{{"127.0.0.1"}, {}, ""} : asked % 2 == 1 ? NameAnswer{{"8.8.4.4"}, {}, ""} : NameAnswer{{"10.0.0.1"}, {}, ""}; });
    attempts.push_back({"http://" + name + "/", "rebinding, private first"});
  }
  world->name("late.gov.cn", [](int asked) { return asked == 0 ? NameAnswer{} : NameAnswer{{"192.168.1.1"}, {}, ""}; });
  attempts.push_back({"http://late.gov.cn/", "nothing, then private"});
  attempts.push_back({"http://late.gov.cn/", "nothing, then private"});
  expect_contained(attempts);

  // One public address among private ones may be used; the private ones may not.
  world->forget();
  world->name("mixed.gov.cn", NameAnswer{{"127.0.0.1", "8.8.4.4"}, {"::1", "fd00::1"}, ""});
  world->name("turn.gov.cn", [](int asked) { return asked % 2 == 0 ? NameAnswer{{"8.8.4.4"}, {}, ""} : NameAnswer{{"127.0.0.1"}, {}, ""}; });
  for (int i = 0; i < 8; ++i) {
    fetch("http://mixed.gov.cn/");
    fetch("http://turn.gov.cn/");
  }
  EXPECT_FALSE(world->touches().empty());
  for (const auto& touch : world->touches()) EXPECT_TRUE(kPublic.contains(touch.address)) << touch.address;
}

TEST_F(Ssrf, AddressesInDisguiseAndOtherSchemesAreRefused) {
  std::vector<Attempt> attempts;
  const std::vector<std::string> disguised{
      "http://ok.gov.cn@127.0.0.1/", "http://127.0.0.1#@ok.gov.cn/", "http://127.0.0.1\\@ok.gov.cn/", "http://ok.gov.cn:80@127.0.0.1/", "http://127.0.0.1\t.ok.gov.cn/", "http://127.0.0.1\n/",
      "http:///127.0.0.1/", "http:127.0.0.1/", "http:/127.0.0.1/", "http:\\\\127.0.0.1\\", "http://127.0.0.1%2f@ok.gov.cn/", "http://%31%32%37.0.0.1/", "http://127.0.0.1%00.ok.gov.cn/",
      "http://①②⑦.⓪.⓪.①/", "http://１２７.０.０.１/", "http://127。0。0。1/", "http://[::1%25lo]/", "http://[fe80::1%25eth0]/", "http://127.0.0.1:0/", "http://127.0.0.1:65536/", "http://127.0.0.1:22/",
      "http://[127.0.0.1]/", "http://ok.gov.cn:@127.0.0.1/", "http://1.1.1.1 &@127.0.0.1# @10.0.0.1/", "http://foo@127.0.0.1:80@ok.gov.cn/", "http://127.0.0.1:80:80/", "http://0000:0000::1/"};
  for (const std::string& url : disguised) {
    attempts.push_back({url, "disguise"});
    if (url.find('\n') == std::string::npos) attempts.push_back(redirect(url, "disguised redirect"));
  }
  for (const char* scheme : {"file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1:6379/_PING", "dict://127.0.0.1:6379/info", "ldap://127.0.0.1/", "smb://127.0.0.1/a", "data:text/html,reached",
                             "jar:http://127.0.0.1!/", "about:blank", "unknown://127.0.0.1/", "FILE:///etc/passwd", "javascript:1", "telnet://127.0.0.1:22", "tftp://127.0.0.1/a", "ws://127.0.0.1/", "scp://127.0.0.1/a"}) {
    attempts.push_back({scheme, "scheme"});
    attempts.push_back(redirect(scheme, "scheme"));
  }
  EXPECT_GE(expect_contained(attempts), 80U);
}

// A proxy would connect to addresses that nobody here has looked at.
TEST_F(Ssrf, ProxiesOfTheEnvironmentAndOtherHintsOfAServerAreNotFollowed) {
  for (const char* variable : {"http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"}) ::setenv(variable, "http://127.0.0.1:8080", 1);
  std::vector<Attempt> attempts;
  EXPECT_EQ(fetch("http://ok.gov.cn/").body, "reached");
  attempts.push_back({"http://10.0.0.1/", "proxy of the environment"});
  const auto hint = [&](const std::string& header, const std::string& body) {
    world->answer(++redirects, "HTTP/1.1 200 OK\r\n" + header + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\nConnection: close\r\n\r\n" + body);
    attempts.push_back({"http://ok.gov.cn/to?" + std::to_string(redirects), header});
  };
  hint("Refresh: 0;url=http://127.0.0.1/", "x");
  hint("Alt-Svc: h2=\"127.0.0.1:443\"; ma=3600", "x");
  hint("Link: <http://127.0.0.1/>; rel=canonical", "x");
  hint("Content-Location: http://127.0.0.1/", "x");
  hint("X-A: b", "<html><head><meta http-equiv=refresh content='0;url=http://127.0.0.1/'><base href=http://127.0.0.1/></head>");
  hint("Content-Type: text/xml", "<!DOCTYPE a [<!ENTITY b SYSTEM \"http://127.0.0.1/\">]><a>&b;</a>");
  attempts.push_back({"http://ok.gov.cn/", "after Alt-Svc"});
  for (const auto& attempt : attempts) fetch(attempt.url);
  for (const auto& touch : world->touches()) EXPECT_TRUE(kPublic.contains(touch.address)) << touch.address << " " << touch.request;
  for (const char* variable : {"http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"}) ::unsetenv(variable);
  std::printf("attempts: %zu\n", attempts.size());
}

// --- through the whole crawler: whatever a page can say -----------------------------------------------

std::string page_of(const std::string& body, const std::string& head = "") {
  const std::string whole = "<html><head><meta charset=utf-8><title>某市政府信息公开工作年度报告</title>" + head + "</head><body>" + body + "</body></html>";
  return "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: " + std::to_string(whole.size()) + "\r\nConnection: close\r\n\r\n" + whole;
}
std::string moved_to(const std::string& address) { return "HTTP/1.1 302 Found\r\nLocation: " + address + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"; }
std::string row_to(const std::string& address, int number) { return "<li><a href=\"" + address + "\">某市" + std::to_string(number) + "年政府信息公开工作年度报告</a></li>"; }

const std::string kReport = "<p>某市教育局政府信息公开工作年度报告。一、总体情况。二、主动公开政府信息情况。三、收到和处理政府信息公开申请情况。四、行政复议、行政诉讼情况。五、存在的主要问题及改进情况。六、其他。</p>";

// A portal file as careless as one may be: any host with four labels, or under gov.cn, and all of their attachments.
class SsrfCrawl : public Ssrf {
 protected:
  void SetUp() override {
    Ssrf::SetUp();
    if (why_not) return;
    int number = 0;
    for (const char* address : {"127.0.0.1", "10.0.0.1", "192.168.1.1", "172.16.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "198.18.0.1"}) bad_named("n" + std::to_string(++number) + ".gov.cn", {{address}, {}, ""});
    for (const char* address : {"::1", "fd00::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "fe80::1"}) bad_named("n" + std::to_string(++number) + ".gov.cn", {{}, {address}, ""});
    bad_named("turns.gov.cn", {{"10.0.0.1", "127.0.0.1"}, {"fc00::1"}, ""});
    for (const char* literal : {"127.0.0.1", "169.254.169.254", "10.0.0.1", "192.168.0.1", "[::1]", "2130706433"}) bad_.push_back(std::string("http://") + literal + "/年报.pdf");
  }
  void bad_named(const std::string& name, NameAnswer answer) {
    world->name(name, std::move(answer));
    bad_.push_back("http://" + name + "/t20240101_1.html");
  }
  std::string good(const std::string& name, const std::string& path, const std::string& bytes) {
    world->name(name, NameAnswer{{"8.8.4.4"}, {}, ""});
    world->answer(name, path, bytes);
    return "http://" + name + path;
  }
  std::string list(const std::string& url, const std::string& more) {
    return R"({"id":"l)" + std::to_string(++lists_) + R"(","request":{"url":")" + url + R"("},"rows":{"select":"li","fields":{"url":"a@href","title":"a"}},"accept":{"title":["年报|报告"]})" + more + "}";
  }
  // Crawls a portal of these lists; nothing but public addresses is connected to. `is_followed`: one of them
  // is the public one, which must be connected to, or the way would prove nothing.
  void expect_contained_crawl(const std::string& what, const std::vector<std::string>& lists, std::size_t attempts, bool is_followed = true) {
    std::string text = R"({"schema":1,"id":"p","hosts":{"allow":["*.gov.cn","*.*.*.*"],"attachment_allow":["*.gov.cn","*.*.*.*"]},"lists":[)";
    for (std::size_t i = 0; i < lists.size(); ++i) text += (i == 0 ? "" : ",") + lists[i];
    const auto parsed = parse_portal_file(text + "]}", "p.json");
    ASSERT_TRUE(parsed) << parsed.error().message;
    Portal portal = *parsed->portal;
    portal.politeness.min_delay = std::chrono::milliseconds{0};
    portal.hosts.insert(portal.hosts.end(), {"[::1]", "2130706433"});
    const gouji::testing::TempFolder folder;
    CrawlerSettings settings;
    settings.data_folder = folder.file("data");
    settings.host_delay = std::chrono::milliseconds{0};
    settings.request_timeout = std::chrono::milliseconds{2'000};
    MemoryLog log;
    Recording seen;
    DirectPageReader pages;
    world->forget();
    auto crawler = Crawler::open(settings, {source_of(std::move(portal))}, {log, clock, seen, pages});
    ASSERT_TRUE(crawler) << crawler.error().message;
    ASSERT_TRUE((*crawler)->run_once());
    const auto touches = world->touches();
    EXPECT_FALSE(touches.empty()) << what << ": it has asked for its list";
    const bool was_followed = std::any_of(touches.begin(), touches.end(), [](const auto& touch) { return touch.address == kFollowed; });
    EXPECT_EQ(was_followed, is_followed) << what << ": the crawler goes this way, where the address is public";
    for (const auto& touch : touches) EXPECT_TRUE(kPublic.contains(touch.address)) << what << ": a connection to " << touch.address << ":" << touch.port << " " << touch.request;
    std::ptrdiff_t reached = 0;
    for (const RawReport& report : log.reports())
      reached += std::count_if(report.attachments.begin(), report.attachments.end(), [](const Content& content) { return content.bytes == "reached"; });
    EXPECT_LE(reached, 3) << what << ": those of the public one, by three ways";
    tried += attempts;
    std::printf("%s: %zu attempts, %zu connections, all public\n", what.c_str(), attempts, touches.size());
  }
  // The private ones, and the public one at the end.
  std::vector<std::string> targets() const {
    std::vector<std::string> all = bad_;
    world->name("followed.gov.cn", NameAnswer{{kFollowed}, {}, ""});
    all.emplace_back("http://followed.gov.cn/t20240101_1.html");
    return all;
  }
  static constexpr const char* kFollowed = "1.1.1.1";
  static std::size_t tried;

 private:
  std::vector<std::string> bad_;
  int lists_ = 0;
};
std::size_t SsrfCrawl::tried = 0;

TEST_F(SsrfCrawl, NothingThatAPageOrAServerSaysLeadsTheCrawlerToThem) {
  std::string rows, redirects_rows, attachments_rows, hops;
  std::vector<std::string> next_links, frames, columns, robots;
  const std::vector<std::string> all = targets();
  for (std::size_t i = 0; i < all.size(); ++i) {
    const int number = 2000 + static_cast<int>(i);
    const std::string at = std::to_string(i);
    rows += row_to(all[i], number);
    redirects_rows += row_to(good("r.gov.cn", "/r" + at, moved_to(all[i])), number);
    const std::string attached = "<p>附件：<a href='" + all[i] + "'>附件.pdf</a><a href='" + good("r.gov.cn", "/f" + at + ".pdf", moved_to(all[i])) + "'>附件二.pdf</a><iframe src='" + all[i] + "?a.pdf'></iframe></p>";
    attachments_rows += row_to(good("a.gov.cn", "/a" + at, page_of(kReport + attached)), number);
    hops += row_to(good("h.gov.cn", "/h" + at, page_of("<p>x</p>", "<meta http-equiv=refresh content=\"0;url=" + all[i] + "\">")), number);
    hops += row_to(good("h.gov.cn", "/j" + at, page_of("<script>window.location='" + all[i] + "'</script>")), number);
    next_links.push_back(list(good("p.gov.cn", "/p" + at, page_of(row_to("http://ok.gov.cn/x" + at, number) + "<a class=next href='" + all[i] + "'>下一页</a>")), R"(,"paging":{"kind":"next_link","next_link":"a.next@href"})"));
    frames.push_back(list(good("p.gov.cn", "/i" + at, page_of("<iframe src='" + all[i] + "'></iframe>")), R"(,"follow_iframe":true)"));
    columns.push_back(list(good("p.gov.cn", "/c" + at, page_of("<div class=col><a href='" + all[i] + "'>2024</a></div>")), R"(,"follow":"div.col a")"));
    good("robots" + at + ".gov.cn", "/robots.txt", moved_to(all[i]));
    robots.push_back(list(good("robots" + at + ".gov.cn", "/l", page_of(row_to("http://ok.gov.cn/y" + at, number))), ""));
  }
  const std::size_t count = all.size() - 1;
  expect_contained_crawl("rows", {list(good("ok.gov.cn", "/rows", page_of("<ul>" + rows + "</ul>")), "")}, count);
  expect_contained_crawl("rows that redirect", {list(good("ok.gov.cn", "/redirects", page_of("<ul>" + redirects_rows + "</ul>")), "")}, count);
  expect_contained_crawl("attachments, their redirects, frames", {list(good("ok.gov.cn", "/attachments", page_of("<ul>" + attachments_rows + "</ul>")), "")}, 3 * count);
  expect_contained_crawl("refresh and location of pages", {list(good("ok.gov.cn", "/hops", page_of("<ul>" + hops + "</ul>")), "")}, 2 * count);
  expect_contained_crawl("next pages", next_links, count);
  expect_contained_crawl("frames of lists", frames, count);
  expect_contained_crawl("columns of lists", columns, count);
  expect_contained_crawl("robots.txt that redirects", robots, count);
  good("ok.gov.cn", "/robots.txt", "HTTP/1.1 200 OK\r\nContent-Length: 44\r\nConnection: close\r\n\r\nUser-agent: *\nSitemap: http://127.0.0.1/s.xml");
  expect_contained_crawl("a sitemap, and lists that redirect", {list(good("ok.gov.cn", "/away", moved_to("http://n1.gov.cn/")), ""), list(good("ok.gov.cn", "/vars", moved_to("http://127.0.0.1/")), "")}, 3, false);
  std::printf("attempts through the crawler: %zu\n", tried);
  EXPECT_GE(tried, 120U);
}

}  // namespace
}  // namespace gouji::crawler
