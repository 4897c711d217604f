// The schedule at work, through the real HTTP client: hosts side by side, delays, robots.txt, the
// breaker, drift and expectations, and what of it outlives a restart.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <set>

#include "services/crawler/core/season.h"
#include "services/crawler/core/url.h"
#include "services/crawler/io/state.h"
#include "tests/support/crawler_ground.h"

namespace gouji::crawler {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using testing::Each;
using testing::Ge;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing_support::answer;
using testing_support::html;
using testing_support::PortalRequest;
using testing_support::redirect_to;

struct Ground : CrawlerGround {
  std::mutex mutex;
  std::vector<std::chrono::steady_clock::time_point> asked;  // when, in order

  Ground() {
    settings.host_delay = milliseconds{2};
    settings.allow_net = {"127.0.0.0/8", "::1/128"};
  }
  // Notes when a path is asked for.
  void on(const std::string& path, testing_support::PortalAnswer fixed) {
    portal.on(path, [this, fixed = std::move(fixed)](const PortalRequest&) {
      const std::lock_guard guard(mutex);
      asked.push_back(std::chrono::steady_clock::now());
      return fixed;
    });
  }
  std::vector<std::int64_t> gaps() {
    const std::lock_guard guard(mutex);
    std::vector<std::int64_t> found;
    for (std::size_t i = 1; i < asked.size(); ++i) found.push_back(std::chrono::duration_cast<milliseconds>(asked[i] - asked[i - 1]).count());
    return found;
  }
};

std::string rows(const std::vector<std::string>& titles) {
  std::string text = "<ul>";
  for (std::size_t i = 0; i < titles.size(); ++i) text += "<li><a href='/d" + std::to_string(i) + "'>" + titles[i] + "</a> 2026-01-20</li>";
  return text + "</ul>";
}

TEST(CrawlerFrontier, FetchesFromSeveralHostsAtOnce) {
  Ground ground;
  std::set<std::string> together;
  // Answers only once both hosts have been asked.
  ground.portal.on("/a", [&](const PortalRequest& request) {
    together.insert(request.headers.at("host"));
    return together.size() == 2 ? html("x") : testing_support::not_yet();
  });
  const std::string port = std::to_string(ground.portal.port());
  EXPECT_EQ(ground.once({ground.page("/a"), url_source("http://localhost:" + port + "/a")}).failures, 0);
}

TEST(CrawlerFrontier, WaitsBetweenRobotsThePageAndEveryRedirect) {
  Ground ground;
  ground.settings.host_delay = milliseconds{120};
  ground.on("/robots.txt", answer(404, ""));
  ground.on("/a", redirect_to("/b"));
  ground.on("/b", redirect_to("/c"));
  ground.on("/c", html("x"));
  ground.on("/d", html("x"));
  ground.once({ground.page("/a"), ground.page("/d")});
  EXPECT_THAT(ground.gaps(), SizeIs(4));
  EXPECT_THAT(ground.gaps(), Each(Ge(100))) << "a busy machine may note one of them late";
}

TEST(CrawlerFrontier, KeepsTheDelayThatRobotsAskFor) {
  Ground ground;
  ground.on("/robots.txt", answer(200, "User-agent: *\nCrawl-delay: 0.25\n"));
  ground.on("/a", html("x"));
  ground.on("/b", html("x"));
  ground.on("/c", html("x"));
  ground.once({ground.page("/a"), ground.page("/b"), ground.page("/c")});
  const auto gaps = ground.gaps();
  ASSERT_THAT(gaps, SizeIs(3));
  EXPECT_GE(gaps[0], 200) << "a busy machine may note one of them late";
  EXPECT_GE(gaps[1], 200);
  EXPECT_GE(gaps[2], 200);
}

TEST(CrawlerFrontier, KeepsRobotsADayAndTheOldOnesWhileThereAreNoNewOnes) {
  Ground ground;
  ground.portal.on("/robots.txt", answer(200, "User-agent: *\nDisallow: /no\n"));
  ground.portal.on("/no", html("x"));
  ground.portal.on("/yes", html("x"));
  ground.once({ground.page("/no"), ground.page("/yes")});
  ground.once({ground.page("/no"), ground.page("/yes")});
  EXPECT_THAT(ground.portal.requests("/robots.txt"), SizeIs(1)) << "also over a restart";
  ground.portal.on("/robots.txt", answer(500, ""));
  ground.clock.advance(hours{25});
  ground.once({ground.page("/no"), ground.page("/yes")});
  EXPECT_THAT(ground.portal.requests("/robots.txt"), SizeIs(2));
  EXPECT_THAT(ground.portal.requests("/no"), IsEmpty());
  EXPECT_THAT(ground.portal.requests("/yes"), SizeIs(3));
  ground.portal.on("/robots.txt", answer(404, ""));
  ground.clock.advance(minutes{11});
  ground.once({ground.page("/no")});
  EXPECT_THAT(ground.portal.requests("/no"), SizeIs(1)) << "no file forbids nothing";
}

TEST(CrawlerFrontier, ReadsTheBeginningOfAnEndlessRobotsFile) {
  Ground ground;
  ground.portal.on("/robots.txt", answer(200, "User-agent: *\nDisallow: /no\n" + std::string(700 * 1024, '#')));
  ground.portal.on("/no", html("x"));
  ground.portal.on("/yes", html("x"));
  ground.once({ground.page("/no"), ground.page("/yes")});
  EXPECT_THAT(ground.portal.requests("/no"), IsEmpty());
  EXPECT_THAT(ground.portal.requests("/yes"), SizeIs(1));
}

TEST(CrawlerFrontier, LeavesAHostAloneThatFailsAndTriesItOnceLater) {
  Ground ground;
  std::vector<Source> pages;
  for (int i = 0; i < 6; ++i) {
    const std::string path = "/p" + std::to_string(i);
    ground.portal.on(path, answer(500, ""));
    pages.push_back(ground.page(path));
  }
  EXPECT_EQ(ground.once(pages).failures, 6);
  EXPECT_EQ(ground.portal.requests_in_all(), 6U) << "robots.txt and five faults";
  EXPECT_EQ(ground.once(pages).failures, 6);
  EXPECT_EQ(ground.portal.requests_in_all(), 6U) << "a restart forgets nothing";
  ground.clock.advance(minutes{16});
  EXPECT_EQ(ground.once(pages).failures, 6);
  EXPECT_EQ(ground.portal.requests_in_all(), 7U) << "one request tells";
  ground.clock.advance(minutes{31});
  for (int i = 0; i < 6; ++i) ground.portal.on("/p" + std::to_string(i), html("x"));
  EXPECT_EQ(ground.once(pages).failures, 0);
}

TEST(CrawlerFrontier, SpendsADayAtMostItsBudget) {
  Ground ground;
  ground.settings.host_requests_a_day = 3;
  ground.portal.on("/a", html("x"));
  ground.portal.on("/b", html("x"));
  ground.portal.on("/c", html("x"));
  EXPECT_EQ(ground.once({ground.page("/a"), ground.page("/b"), ground.page("/c")}).failures, 1);
  EXPECT_EQ(ground.portal.requests_in_all(), 3U);
  ground.clock.advance(hours{25});
  EXPECT_EQ(ground.once({ground.page("/c")}).failures, 0);
}

TEST(CrawlerFrontier, FetchesOnlyFromTheHostsOfItsShard) {
  Ground ground;
  ground.portal.on("/a", html("x"));
  const std::string port = std::to_string(ground.portal.port());
  std::vector<Source> both = {ground.page("/a"), url_source("http://localhost:" + port + "/a")};
  std::int64_t documents = 0;
  for (std::uint32_t index = 0; index < 3; ++index) {
    ground.settings.shard = {index, 3};
    ground.settings.data_folder = ground.data / ("shard" + std::to_string(index));
    documents += ground.once(both).documents;
  }
  EXPECT_EQ(documents, 2);
  EXPECT_THAT(ground.portal.requests("/a"), SizeIs(2));
}

TEST(CrawlerFrontier, TakesAListThatLosesMostOfItsRowsForAnAlarmAndNothingElse) {
  Ground ground;
  const std::vector<std::string> titles(10, "2025年政府信息公开工作年度报告");
  ground.portal.on("/list", html(rows(titles)));
  for (int i = 0; i < 10; ++i) ground.portal.on("/d" + std::to_string(i), document("d" + std::to_string(i)));
  ground.once({ground.list("/list")});
  EXPECT_EQ(ground.log.health().back().state, SourceState::kActive);
  ground.portal.on("/list", html(rows({titles[0], titles[1]})));
  ground.portal.on("/d9", answer(404, ""));
  for (int i = 0; i < 3; ++i) {
    ground.clock.advance(hours{25});
    ground.once({ground.list("/list")});
  }
  const SourceHealth health = ground.log.health().back();
  EXPECT_EQ(health.state, SourceState::kDegraded);
  EXPECT_EQ(health.reason, "DRIFT");
  EXPECT_THAT(health.message, HasSubstr("2 rows are accepted, 10 were usual"));
  EXPECT_EQ(ground.seen.count("drifted " + std::string(to_string(Drift::kRowsDropped))), 1U) << "told when it begins";
  EXPECT_THAT(ground.log.withdrawals(), IsEmpty()) << "nothing is withdrawn while the list is unwell";
  EXPECT_THAT(ground.log.reports(), SizeIs(10));
}

TEST(CrawlerFrontier, GoesOnSoundingTheAlarmOverAListThatDoesNotChange) {
  Ground ground;
  const auto serve = [&](const std::string& body, const std::string& tag) {
    ground.portal.on("/list", [=](const PortalRequest& request) {
      const auto known = request.headers.find("if-none-match");
      return known != request.headers.end() && known->second == tag ? answer(304, "") : html(body, {"ETag: " + tag});
    });
  };
  const std::vector<std::string> titles(10, "报告");
  for (int i = 0; i < 10; ++i) ground.portal.on("/d" + std::to_string(i), document("d" + std::to_string(i)));
  serve(rows(titles), "\"1\"");
  ground.once({ground.list("/list")});
  serve(rows({titles[0], titles[1]}), "\"2\"");
  for (int i = 0; i < 3; ++i) {
    ground.clock.advance(hours{25});
    ground.once({ground.list("/list")});
    EXPECT_EQ(ground.log.health().back().reason, "DRIFT") << "look " << i;
  }
}

// What alerts look at does not wait for the next look at a list, which may be days away.
TEST(CrawlerFrontier, TellsAfterARestartHowItsSourcesWere) {
  Ground ground;
  ground.portal.on("/list", html(rows({"报告"})));
  ground.portal.on("/d0", document("d0"));
  ground.once({ground.list("/list")});
  ground.clock.advance(hours{25});
  ground.portal.on("/list", answer(403, ""));
  ground.once({ground.list("/list")});
  const std::vector<std::string> told = ground.seen.messages("source");
  ASSERT_THAT(told.back(), testing::StartsWith("BLOCKED since"));
  const std::size_t events = ground.log.health().size();
  const auto crawler = ground.open({ground.list("/list")});
  std::thread runner([&] { EXPECT_TRUE(crawler->run()); });
  EXPECT_TRUE(eventually([&] { return ground.seen.messages("source").size() > told.size(); }));
  crawler->stop();
  runner.join();
  EXPECT_EQ(ground.seen.messages("source")[told.size()], told.back());
  EXPECT_THAT(ground.log.health(), SizeIs(events)) << "nothing is new";
}

// Two lists of one portal, read one after the other: the source is as well as the worse of them.
TEST(CrawlerFrontier, IsNotWellAgainBecauseAnotherListIs) {
  for (const char* broken : {"/one", "/two"}) {
    Ground ground;
    const auto list = [&](const char* path) {
      return R"({"id":")" + std::string(path + 1) + R"(","request":{"url":")" + ground.portal.url(path) + R"("},"rows":{"select":"li","fields":{"url":"a@href","title":"a"}}})";
    };
    const auto portal = parse_portal_file(R"({"schema":1,"id":"p","organ":{"name":"某市教育局"},"hosts":["127.0.0.1"],"accept":{"title":["报告"]},"lists":[)" + list("/one") + "," + list("/two") + "]}", "p.json");
    ASSERT_TRUE(portal) << portal.error().message;
    const Source source = hasty(*portal);
    ground.portal.on("/d0", document("d0"));
    const auto look = [&] {
      ground.clock.advance(hours{25});
      ground.once({source});
      return ground.log.health().back();
    };
    for (const char* path : {"/one", "/two"}) ground.portal.on(path, html(rows({"报告"})));
    EXPECT_EQ(look().state, SourceState::kActive);
    ground.portal.on(broken, answer(403, ""));
    const SourceHealth health = look();
    EXPECT_EQ(health.state, SourceState::kBlocked) << broken;
    EXPECT_EQ(health.reason, "BLOCKED") << broken;
    ground.portal.on(broken, html(rows({"报告"})));
    EXPECT_EQ(look().state, SourceState::kActive) << broken;
  }
}

TEST(CrawlerFrontier, NotesADocumentThatItsListNoLongerNames) {
  Ground ground;
  const std::vector<std::string> titles(5, "报告");
  ground.portal.on("/list", html(rows(titles)));
  for (int i = 0; i < 5; ++i) ground.portal.on("/d" + std::to_string(i), document("d" + std::to_string(i)));
  ground.once({ground.list("/list")});
  EXPECT_EQ(ground.log.health().back().unlisted, 0);
  ground.portal.on("/list", html(rows({titles[0], titles[1], titles[2], titles[3]})));
  ground.clock.advance(hours{1});
  ground.once({ground.list("/list")});
  EXPECT_EQ(ground.log.health().back().unlisted, 1);
  EXPECT_EQ(ground.log.health().back().state, SourceState::kActive);
  EXPECT_THAT(ground.log.withdrawals(), IsEmpty());
}

TEST(CrawlerFrontier, TellsWhetherTheReportOfAnOrganIsThere) {
  Ground ground;
  const int year = static_cast<int>(shanghai_date(ground.clock.unix_millis()).year()) - 1;
  Portal portal = *ground.list("/list").portal;
  portal.season = SeasonProfile::kDepartment;
  const Source list = source_of(std::move(portal));
  const auto expected = [&] { return ground.log.health().back().expectations; };
  ground.portal.on("/list", html(rows({std::to_string(year - 1) + "年政府信息公开工作年度报告"})));
  ground.portal.on("/d0", document("old"));
  ground.once({list});
  ASSERT_THAT(expected(), SizeIs(2));
  EXPECT_EQ(expected()[0].organ, "某市教育局");
  EXPECT_EQ(expected()[0].year, year);
  EXPECT_EQ(expected()[0].due_by, *deadline_of(SeasonProfile::kDepartment, year));
  const bool is_over = ground.clock.unix_millis() >= expected()[0].due_by;
  EXPECT_EQ(expected()[0].state, is_over ? ExpectationState::kOverdue : ExpectationState::kAwaited);
  EXPECT_EQ(expected()[1].year, year - 1);
  EXPECT_NE(expected()[1].seen_at, 0);
  ground.portal.on("/list", html("<a href=/d0>" + std::to_string(year - 1) + "年报告</a> <a href=/d1>" + std::to_string(year) + "年报告</a> " + std::to_string(year + 1) + "-01-20"));
  ground.portal.on("/d1", document("new"));
  // As soon as it has been fetched: a list may be read again only days later.
  ground.once({list});
  EXPECT_NE(expected()[0].state, ExpectationState::kOverdue);
  EXPECT_NE(expected()[0].seen_at, 0);
}

TEST(CrawlerFrontier, StopsFetchingWhileItsStateCannotBeWrittenAndGoesOnAfterwards) {
  Ground ground;
  ground.portal.on("/a", html("one"));
  Source source = ground.page("/a");
  source.interval = milliseconds{20};
  auto crawler = ground.open({source});
  std::thread runner([&] { EXPECT_TRUE(crawler->run()); });
  EXPECT_TRUE(eventually([&] { return ground.log.reports().size() == 1; }));
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open((ground.settings.data_folder + "/crawler.db").c_str(), &other), SQLITE_OK);
  sqlite3_busy_timeout(other, 10'000);
  ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
  EXPECT_TRUE(eventually([&] { return ground.seen.count("state stuck") > 0; }));
  ground.portal.on("/a", html("two"));
  const std::size_t asked = ground.portal.requests("/a").size();
  ASSERT_EQ(sqlite3_exec(other, "ROLLBACK", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(other);
  EXPECT_LE(ground.portal.requests("/a").size(), asked + 1);
  EXPECT_TRUE(eventually([&] { return ground.log.reports().size() == 2; }));
  EXPECT_GT(ground.seen.count("state writable"), 0U);
  crawler->stop();
  runner.join();
}

TEST(CrawlerFrontier, LeavesAnAddressAloneThatNoProcessSurvived) {
  Ground ground;
  ground.portal.on("/a", html("x"));
  ground.once({ground.page("/a")});
  {
    const auto state = State::open(ground.settings.data_folder + "/crawler.db");
    const auto row = (*state)->find_url(std::string(kWebSource), UrlKind::kArticle, ground.portal.url("/a"));
    for (int i = 0; i < 3; ++i) ASSERT_TRUE((*state)->lease(std::vector<std::int64_t>{(*row)->id}));
  }
  ground.clock.advance(hours{2});  // it is due
  auto crawler = ground.open({ground.page("/a")});
  std::thread runner([&] { EXPECT_TRUE(crawler->run()); });
  EXPECT_TRUE(eventually([&] { return ground.seen.count("postponed unreadable") == 1; }));
  crawler->stop();
  runner.join();
  EXPECT_THAT(ground.portal.requests("/a"), SizeIs(1));
  EXPECT_THAT(ground.seen.messages("postponed unreadable")[0], HasSubstr("ended 3 times"));
}

}  // namespace
}  // namespace gouji::crawler
