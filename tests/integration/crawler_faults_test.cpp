// What goes wrong around the crawler, and what portals want beside their pages: TLS, cookies, several
// requests at a time, robots that forbid everything, clocks that jump, disks that are full.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <filesystem>
#include <set>

#include "services/crawler/core/url.h"
#include "tests/support/crawler_ground.h"
#include "tests/support/warcio.h"

namespace gouji::crawler {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing_support::answer;
using testing_support::html;
using testing_support::PortalRequest;
using testing_support::redirect_to;
using Ground = CrawlerGround;

Source portal_from(const std::string& text) {
  const auto parsed = parse_portal_file(text, "portal.json");
  EXPECT_TRUE(parsed) << parsed.error().message;
  return parsed ? hasty(*parsed, milliseconds{50}) : Source{};
}

// --- TLS ---------------------------------------------------------------------------------------------

int free_port() {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  EXPECT_EQ(::bind(socket, reinterpret_cast<sockaddr*>(&address), size), 0);
  EXPECT_EQ(::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size), 0);
  ::close(socket);
  return ntohs(address.sin_port);
}

// A server of OpenSSL's own that answers every address with a page about itself.
class TlsServer {
 public:
  // `days`: how long its certificate is valid; `subject`: of `openssl req`; `more`: of `openssl s_server`.
  TlsServer(const TemporaryFolder& folder, int days, const std::string& subject, const std::vector<std::string>& more = {}) : port_(free_port()) {
    const std::string key = folder / ("key" + std::to_string(port_)), cert = folder / ("cert" + std::to_string(port_)), wish = cert + ".csr";
    const auto made = testing_support::run_program("openssl req -newkey rsa:2048 -nodes -keyout " + key + " -out " + wish + " " + subject + " && openssl x509 -req -copy_extensions copy -in " + wish + " -signkey " + key +
                                                   " -out " + cert + " -days " + std::to_string(days));
    EXPECT_EQ(made.code, 0) << made.output;
    std::vector<std::string> words{"openssl", "s_server", "-quiet", "-www", "-accept", "127.0.0.1:" + std::to_string(port_), "-key", key, "-cert", cert};
    words.insert(words.end(), more.begin(), more.end());
    pid_ = ::fork();
    if (pid_ == 0) {
      std::vector<char*> arguments;
      for (std::string& word : words) arguments.push_back(word.data());
      arguments.push_back(nullptr);
      const int nowhere = ::open("/dev/null", O_RDWR);
      for (const int stream : {0, 1, 2}) ::dup2(nowhere, stream);
      ::execvp("openssl", arguments.data());
      ::_exit(127);
    }
    EXPECT_TRUE(eventually([&] { return is_listening(); }));
  }
  ~TlsServer() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;

  std::string url() const { return "https://127.0.0.1:" + std::to_string(port_) + "/a"; }
  // Of a portal file with a "tls" of its own.
  Source source(const std::string& tls) const {
    return portal_from(R"({"schema":1,"id":"p","organ":{"name":"某市教育局"},"hosts":["127.0.0.1"],"documents":[")" + url() + "\"]" + (tls.empty() ? "" : ",\"tls\":" + tls) + "}");
  }

 private:
  bool is_listening() const {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port_));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const bool is_there = ::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    ::close(socket);
    return is_there;
  }
  int port_;
  pid_t pid_ = -1;
};

constexpr const char* kOwnName = "-subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1";

bool has_openssl() { return testing_support::run_program("openssl version").code == 0; }

TEST(CrawlerTls, TakesNoCertificateThatItCannotVerify) {
  if (!has_openssl()) GTEST_SKIP() << "openssl is not here";
  Ground ground;
  const TlsServer self_signed(ground.data, 9, kOwnName), of_others(ground.data, 9, "-subj /CN=www.example.org"), expired(ground.data, -1, kOwnName);
  for (const TlsServer* server : {&self_signed, &of_others, &expired}) {
    ground.settings.data_folder = ground.data / ("data" + server->url().substr(18, 5));
    EXPECT_EQ(ground.once({url_source(server->url())}).failures, 1);
    EXPECT_EQ(ground.log.health().back().state, SourceState::kBlocked);
    EXPECT_EQ(ground.log.health().back().reason, "TLS");
    EXPECT_THAT(ground.log.health().back().message, AllOf(HasSubstr("certificate"), HasSubstr("may relax \"tls\", with a reason")));
  }
  EXPECT_THAT(ground.log.raw(), IsEmpty());
}

TEST(CrawlerTls, IsRelaxedForOnePortalAloneAndSaysSoInItsEvents) {
  if (!has_openssl()) GTEST_SKIP() << "openssl is not here";
  Ground ground;
  const TlsServer server(ground.data, -1, "-subj /CN=www.example.org");
  Source relaxed = server.source(R"({"verify":false,"reason":"证书过期，已致函"})"), strict = server.source("");
  strict.id = strict.location_source = "strict";
  EXPECT_EQ(ground.once({relaxed}).failures, 0);
  EXPECT_EQ(ground.once({relaxed, strict}).failures, 1) << "a connection of the one is none of the other";
  ASSERT_FALSE(ground.log.reports().empty());  // the page tells of the connection: each look has another one
  for (const RawReport& report : ground.log.reports()) EXPECT_EQ(report.source_id, "p");
  const auto hints = ground.log.reports()[0].hints;
  EXPECT_TRUE(std::any_of(hints.begin(), hints.end(), [](const Hint& hint) { return hint.field == "tls_relaxed" && hint.value == "证书过期，已致函"; }));
}

TEST(CrawlerTls, SpeaksOldVersionsOnlyWhereAPortalFileSaysSo) {
  if (!has_openssl()) GTEST_SKIP() << "openssl is not here";
  Ground ground;
  const TlsServer old(ground.data, 9, kOwnName, {"-tls1", "-cipher", "DEFAULT@SECLEVEL=0"});
  EXPECT_EQ(ground.once({old.source(R"({"verify":false,"reason":"x"})")}).failures, 1);
  EXPECT_EQ(ground.log.health().back().reason, "TLS");
  ground.clock.advance(hours{25});
  EXPECT_EQ(ground.once({old.source(R"({"verify":false,"min":"1.0","reason":"只有 TLS 1.0"})")}).failures, 0);
  EXPECT_THAT(ground.log.reports(), SizeIs(1));
}

// --- cookies -----------------------------------------------------------------------------------------

std::string cookie_of(const PortalRequest& request) {
  const auto found = request.headers.find("cookie");
  return found == request.headers.end() ? "" : found->second;
}

// Two hosts of one portal: 127.0.0.1 and localhost.
std::string portal_text(const Ground& ground, const std::string& http) {
  return R"({"schema":1,"id":"p","organ":{"name":"某市教育局"},"hosts":["127.0.0.1","localhost"],)" + http + R"("vars":{"from":")" + ground.portal.url("/column") +
         R"json(","values":{"q":{"regex":"q=(\\d+)"}}},"accept":{"title":["报告"]},"lists":[{"id":"nb","request":{"url":")json" + ground.portal.url("/list") +
         R"(?q={q}"},"rows":{"select":"li","fields":{"url":"a@href","title":"a"}}}]})";
}

void serve_with_cookies(Ground& ground) {
  const std::string elsewhere = "http://localhost:" + std::to_string(ground.portal.port()) + "/b";
  ground.portal.on("/column", html("<p>q=7</p>", {"Set-Cookie: session=abc; Path=/; HttpOnly", "Set-Cookie: evil=1; Domain=localhost", "Set-Cookie: wide=1; Domain=.0.0.1", "Set-Cookie: safe=1; Secure", "Set-Cookie: bad", "Set-Cookie: =x"}));
  ground.portal.on("/list?q=7", [elsewhere](const PortalRequest& request) {
    return html(cookie_of(request).find("session=abc") == std::string::npos ? "<p>请先登录</p>" : "<ul><li><a href=/a>报告一</a></li><li><a href='" + elsewhere + "'>报告二</a></li></ul>");
  });
  ground.portal.on("/a", document("AAA"));
  ground.portal.on("/b", document("BBB"));
}

TEST(CrawlerCookies, GoBackToTheHostThatSetThemAndToNoOther) {
  Ground ground;
  serve_with_cookies(ground);
  EXPECT_EQ(ground.once({portal_from(portal_text(ground, R"("http":{"cookies":"host"},)"))}).failures, 0);
  EXPECT_EQ(cookie_of(ground.portal.requests("/column")[0]), "");
  EXPECT_EQ(cookie_of(ground.portal.requests("/list?q=7")[0]), "session=abc; wide=1");
  EXPECT_EQ(cookie_of(ground.portal.requests("/a")[0]), "session=abc; wide=1");
  EXPECT_EQ(cookie_of(ground.portal.requests("/b")[0]), "") << "another host";
  EXPECT_THAT(ground.log.reports(), SizeIs(2));
}

TEST(CrawlerCookies, AreNotKeptWhereNobodyAskedForIt) {
  Ground ground;
  serve_with_cookies(ground);
  EXPECT_EQ(ground.once({portal_from(portal_text(ground, ""))}).failures, 1);
  for (const PortalRequest& request : ground.portal.all_requests()) EXPECT_EQ(cookie_of(request), "");
}

TEST(CrawlerCookies, AreShownOnceToAPageThatSendsOnToItselfOrChallenges) {
  Ground ground;
  const auto once_only = [](int status, const std::vector<std::string>& more) {
    return [=](const PortalRequest& request) {
      auto headers = more;
      headers.emplace_back("Set-Cookie: CT6T=1; path=/");
      return cookie_of(request).empty() ? answer(status, "", headers) : document("AAA");
    };
  };
  ground.portal.on("/self", once_only(302, {"Location: /self"}));
  ground.portal.on("/challenge", once_only(521, {}));
  ground.portal.on("/never", [count = 0](const PortalRequest&) mutable { return answer(302, "", {"Location: /never", "Set-Cookie: n=" + std::to_string(++count)}); });
  for (const auto& [path, requests, failures] : {std::tuple("/self", 2U, 0), std::tuple("/challenge", 2U, 0), std::tuple("/never", 2U, 1)}) {
    ground.settings.data_folder = ground.data / (std::string("data") + (path + 1));
    const auto source = portal_from(R"({"schema":1,"id":"p","hosts":["127.0.0.1"],"http":{"cookies":"host"},"documents":[")" + ground.portal.url(path) + "\"]}");
    ground.settings.archive = false;
    EXPECT_EQ(ground.once({source}).failures, failures) << path;
    EXPECT_GE(ground.portal.requests(path).size(), requests) << path;
    if (failures == 0) {
      EXPECT_THAT(ground.portal.requests(path), SizeIs(requests)) << path;
    }
  }
  EXPECT_THAT(ground.log.reports(), SizeIs(2));
}

// --- portals -----------------------------------------------------------------------------------------

TEST(CrawlerPortal, AsksTwoAtATimeWhereItsFileSaysSo) {
  Ground ground;
  std::set<std::string> together;
  const auto both = [&](const PortalRequest& request) {
    together.insert(request.path);
    return together.size() == 2 ? document("x" + request.path) : testing_support::not_yet();
  };
  ground.portal.on("/a", both);
  ground.portal.on("/b", both);
  const auto source = portal_from(R"({"schema":1,"id":"p","hosts":["127.0.0.1"],"politeness":{"concurrency":2},"documents":[")" + ground.portal.url("/a") + R"(",")" + ground.portal.url("/b") + "\"]}");
  EXPECT_EQ(ground.once({source}).failures, 0);
  EXPECT_THAT(ground.log.reports(), SizeIs(2));
}

TEST(CrawlerPortal, ThatForbidsEverythingIsLeftAloneAndNamedAsSuch) {
  Ground ground;
  ground.portal.on("/robots.txt", answer(200, "User-agent: *\nDisallow: /\n"));
  ground.portal.on("/list", html("<a href=/a>报告</a>"));
  ground.once({ground.list("/list")});
  EXPECT_EQ(ground.portal.requests_in_all(), 1U);
  const SourceHealth health = ground.log.health().back();
  EXPECT_EQ(health.state, SourceState::kBlocked);
  EXPECT_EQ(health.reason, "ROBOTS");
  EXPECT_THAT(health.message, HasSubstr("robots.txt asks crawlers to stay away"));
}

TEST(CrawlerPortal, KeepsAPageThatLeavesOneListAndStaysInAnother) {
  Ground ground;
  const auto rows = [](const std::vector<std::string>& paths) {
    std::string text;
    for (const std::string& path : paths) text += "<li><a href=" + path + ">报告" + path + "</a></li>";
    return html("<ul>" + text + "</ul>");
  };
  const std::string list = R"("rows":{"select":"li","fields":{"url":"a@href","title":"a"}}})";
  const auto source = portal_from(R"({"schema":1,"id":"p","organ":{"name":"某市教育局"},"hosts":["127.0.0.1"],"accept":{"title":["报告"]},"lists":[{"id":"one","request":{"url":")" + ground.portal.url("/one") + "\"}," + list +
                                  R"(,{"id":"two","request":{"url":")" + ground.portal.url("/two") + "\"}," + list + "]}");
  for (const char* path : {"/a", "/b", "/c", "/d"}) ground.portal.on(path, document(path));
  ground.portal.on("/one", rows({"/a", "/b", "/c"}));
  ground.portal.on("/two", rows({"/c", "/d"}));
  const auto unlisted_after = [&] {
    for (int look = 0; look < 2; ++look) {  // health is told once an hour, with what was known then
      ground.clock.advance(hours{30});
      ground.once({source});
    }
    const SourceHealth health = ground.log.health().back();
    EXPECT_EQ(health.reason, "") << health.message;
    return health.unlisted;
  };
  EXPECT_EQ(unlisted_after(), 0);
  ground.portal.on("/one", rows({"/a", "/b"}));
  EXPECT_EQ(unlisted_after(), 0) << "/c stands in the other one";
  ground.portal.on("/two", rows({"/d"}));
  EXPECT_EQ(unlisted_after(), 1);
  EXPECT_THAT(ground.log.withdrawals(), IsEmpty());
  EXPECT_THAT(ground.log.reports(), SizeIs(4));
}

// --- the machine -------------------------------------------------------------------------------------

TEST(CrawlerClock, MayJumpWithoutStoppingOrStormingThePortal) {
  Ground ground;
  auto publish = [&, rows = std::string()](const std::string& path) mutable {
    rows += "<a href=" + path + ">报告" + path + "</a>";
    ground.portal.on(path, document(path));
    ground.portal.on("/list", html(rows));
  };
  publish("/a");
  const auto crawler = ground.open({hasty(ground.list("/list"), milliseconds{50})});
  std::thread runner([&] { EXPECT_TRUE(crawler->run()); });
  EXPECT_TRUE(eventually([&] { return ground.log.reports().size() == 1; }));
  std::size_t documents = 1;
  for (const int days : {400, -800, 4'000, -3'600, 1, -1}) {
    ground.clock.jump(hours{24 * days});
    publish("/d" + std::to_string(++documents));
    EXPECT_TRUE(eventually([&] { return ground.log.reports().size() == documents; })) << days << " days";
  }
  crawler->stop();
  runner.join();
  EXPECT_THAT(ground.log.withdrawals(), IsEmpty());
  // Every look has its 50 ms; a document is looked at again in an hour at the earliest.
  for (const auto& request : ground.portal.all_requests()) EXPECT_LT(ground.portal.requests(request.path).size(), request.path == "/list" ? 5'000U : 12U) << request.path;
}

// A small file system of its own for this process.
class SmallDisk {
 public:
  // Says why not, when that is not allowed here.
  std::optional<std::string> mount_at(const std::string& path, const std::string& size) {
    if (::unshare(CLONE_NEWNS) != 0 || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return "a mount namespace is not allowed here";
    if (::mount("tmpfs", path.c_str(), "tmpfs", 0, ("size=" + size).c_str()) != 0) return "a tmpfs is not allowed here";
    path_ = path;
    return std::nullopt;
  }
  void grow(const std::string& size) const { EXPECT_EQ(::mount("tmpfs", path_.c_str(), "tmpfs", MS_REMOUNT, ("size=" + size).c_str()), 0); }
  ~SmallDisk() {
    if (!path_.empty()) ::umount2(path_.c_str(), MNT_DETACH);
  }

 private:
  std::string path_;
};

// In a child: a namespace of mounts is not given back.
int crawl_on_a_full_disk() {
  Ground ground;
  SmallDisk disk;
  std::filesystem::create_directories(ground.settings.data_folder);
  if (const auto why_not = disk.mount_at(ground.settings.data_folder, "3m")) return std::cout << *why_not << std::endl, 77;
  std::vector<Source> sources;
  for (int i = 0; i < 8; ++i) {
    const std::string path = "/" + std::to_string(i);
    ground.portal.on(path, document(std::string(600'000, static_cast<char>('a' + i))));
    sources.push_back(ground.page(path));
  }
  auto crawler = ground.open(sources);
  std::thread runner([&] { EXPECT_TRUE(crawler->run()); });
  EXPECT_TRUE(eventually([&] { return ground.seen.count("state stuck") > 0; }));
  EXPECT_LT(ground.log.reports().size(), 8U);
  EXPECT_THAT(ground.seen.messages("state stuck")[0], AllOf(HasSubstr("nothing is fetched until"), HasSubstr("free space")));
  disk.grow("64m");
  EXPECT_TRUE(eventually([&] { return ground.log.reports().size() == 8; }, std::chrono::seconds{60}));
  EXPECT_GT(ground.seen.count("state writable"), 0U);
  crawler->stop();
  runner.join();
  std::set<std::string> urls;
  for (const RawReport& report : ground.log.reports()) EXPECT_TRUE(urls.insert(report.url).second) << "every document once";
  return ::testing::Test::HasFailure() ? 1 : 0;
}

TEST(CrawlerDisk, ThatIsFullStopsTheFetchingUntilThereIsSpace) {
  const pid_t child = ::fork();
  if (child == 0) {
    const int code = crawl_on_a_full_disk();
    std::cout << std::flush;
    ::_exit(code);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  ASSERT_TRUE(WIFEXITED(status));
  if (WEXITSTATUS(status) == 77) GTEST_SKIP();
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
}  // namespace gouji::crawler
