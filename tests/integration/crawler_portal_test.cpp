// Portal files at work: bootstrap values, pages of lists, articles by their class and text, backfill.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/report/calendar.h"
#include "services/crawler/core/portal_file.h"
#include "services/crawler/io/state.h"
#include "tests/support/crawler_ground.h"

namespace gouji::crawler {
namespace {

using std::chrono::hours;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing_support::answer;
using testing_support::FakePortal;
using testing_support::html;

std::string rows(int from, int to) {
  std::string text = "<ul>";
  for (int i = from; i < to; ++i) text += "<li><a href='/d" + std::to_string(i) + "'>" + std::to_string(2024 - i) + "年政府信息公开工作年度报告</a> 2025-01-20</li>";
  return "<html><body>" + text + "</ul></body></html>";
}

struct Ground : CrawlerGround {
  Ground() { settings.host_delay = std::chrono::milliseconds{1}; }
  using CrawlerGround::open, CrawlerGround::once;
  Source source(const std::string& list, const std::string& more = "") {
    const auto parsed = parse_portal_file(R"({"schema":1,"id":"portal-a","hosts":["127.0.0.1"],"organ":{"id":"x","name":"某市教育局"},"politeness":{"min_delay_ms":100},"lists":[{"id":"nb",)" + list +
                                              R"(,"rows":{"select":"li","fields":{"url":"a@href","title":"a","date":{"from":"row","type":"date"}}}}])" + more + "}",
                                          "portal-a.json");
    EXPECT_TRUE(parsed) << parsed.error().message;
    return parsed ? *parsed : Source{};
  }
  Source paged() { return source(R"("request":{"url":")" + portal.url("/list") + R"(?p={page}"},"paging":{"kind":"param"},"max_pages":5)"); }
  std::unique_ptr<Crawler> open(const Source& from) { return open(std::vector<Source>{from}); }
  CrawlSummary once(const Source& from) { return once(std::vector<Source>{from}); }
  void publish_pages() {
    portal.on("/list?p=1", html(rows(0, 2)));
    portal.on("/list?p=2", html(rows(2, 4)));
    for (int i = 0; i < 4; ++i) portal.on("/d" + std::to_string(i), html(article("第" + std::to_string(i) + "份。")));
  }
};

std::vector<std::string> values_of(const RawReport& report, std::string_view field) {
  std::vector<std::string> values;
  for (const Hint& hint : report.hints) {
    if (hint.field == field) values.push_back(hint.value);
  }
  return values;
}

TEST(CrawlerPortal, WalksThroughThePagesOfAList) {
  Ground ground;
  ground.publish_pages();
  const CrawlSummary summary = ground.once(ground.paged());
  EXPECT_EQ(summary.documents, 4);
  EXPECT_EQ(summary.failures, 0);
  EXPECT_THAT(ground.log.reports(), SizeIs(4));
  EXPECT_THAT(ground.portal.requests("/list?p=3"), SizeIs(1)) << "the page that is not there ends the walk";
  EXPECT_EQ(ground.log.health().back().state, SourceState::kActive);
  EXPECT_EQ(ground.log.health().back().documents, 4);
  EXPECT_THAT(values_of(ground.log.reports()[0], "portal_rev"), SizeIs(1));
  ground.once(ground.paged());
  EXPECT_THAT(ground.portal.requests("/list?p=2"), SizeIs(1)) << "a page without news ends the next walk";
  EXPECT_THAT(ground.log.reports(), SizeIs(4));
}

// What stood on the pages behind would otherwise be known rows' shadow until a backfill comes by.
TEST(CrawlerPortal, GoesOnWithAWalkThatBrokeOff) {
  Ground ground;
  ground.publish_pages();
  ground.portal.on("/list?p=1", [](const testing_support::PortalRequest& request) {
    return request.headers.contains("if-none-match") ? answer(304, "") : html(rows(0, 2), {"ETag: \"1\""});
  });
  ground.portal.on("/list?p=2", answer(403, ""));
  EXPECT_GT(ground.once(ground.paged()).failures, 0);
  EXPECT_THAT(ground.log.reports(), SizeIs(2));
  ground.portal.on("/list?p=2", html(rows(2, 4)));
  ground.clock.advance(hours{30});
  EXPECT_EQ(ground.once(ground.paged()).failures, 0);
  EXPECT_THAT(ground.log.reports(), SizeIs(4));
  const std::size_t looks = ground.portal.requests("/list?p=2").size();
  ground.clock.advance(hours{30});
  ground.once(ground.paged());
  EXPECT_THAT(ground.portal.requests("/list?p=2"), SizeIs(looks)) << "it came to its end";
}

TEST(CrawlerPortal, FetchesBootstrapValuesBeforeTheList) {
  Ground ground;
  ground.publish_pages();
  ground.portal.on("/boot", html("<script>var sid = 'S77';</script>"));
  ground.portal.on("/api?sid=S77", html(rows(0, 2)));
  const Source source = ground.source(R"("request":{"url":")" + ground.portal.url("/api") + R"(?sid={sid}"})",
                                      R"(,"vars":{"from":")" + ground.portal.url("/boot") + R"(","values":{"sid":{"regex":"sid = '(\\w+)'"}}})");
  EXPECT_EQ(ground.once(source).failures, 0);
  EXPECT_THAT(ground.log.reports(), SizeIs(2));
  EXPECT_THAT(ground.portal.requests("/boot"), SizeIs(1));
}

TEST(CrawlerPortal, SaysWhoseAReportIsWhereTheRowDoes) {
  Ground ground;
  const int due = year_due(ground.clock.unix_millis());
  ground.portal.on("/list", html("<ul><li><a href='/d0'>" + std::to_string(due) + "年政府信息公开工作年度报告</a><i>某市水利局</i></li><li><a href='/d1'>" +
                                 std::to_string(due - 1) + "年政府信息公开工作年度报告</a></li></ul>"));
  for (int i = 0; i < 2; ++i) ground.portal.on("/d" + std::to_string(i), html(article("第" + std::to_string(i) + "份。")));
  const auto parsed = parse_portal_file(R"({"schema":1,"id":"portal-a","hosts":["127.0.0.1"],"organ":{"name":"某市教育局"},"lists":[{"id":"nb","request":{"url":")" + ground.portal.url("/list") +
                                            R"("},"rows":{"select":"li","fields":{"url":"a@href","title":"a","organ":"i"}}}]})",
                                        "portal-a.json");
  ASSERT_TRUE(parsed) << parsed.error().message;
  ground.once(*parsed);
  const auto reports = ground.log.reports();
  ASSERT_THAT(reports, SizeIs(2));
  for (const RawReport& report : reports) {
    EXPECT_THAT(values_of(report, "organ"), ElementsAre(report.url.ends_with("/d0") ? "某市水利局" : "某市教育局")) << report.url;
  }
  const auto owed = ground.log.health().back().expectations;  // of the portal's own organ
  ASSERT_THAT(owed, SizeIs(2));
  EXPECT_EQ(owed[0].seen_at, 0) << "the report of " << due << " is another organ's";
  EXPECT_NE(owed[1].seen_at, 0);
}

TEST(CrawlerPortal, TakesNoRefusalInDisguiseForAChange) {
  Ground ground;
  ground.publish_pages();
  ground.once(ground.paged());
  for (const auto& [name, page] : {std::pair{"soft404", html("<html><title>404</title><body>您访问的页面不存在或已被删除</body></html>")}, std::pair{"challenge", answer(521, "<script>document.cookie='__jsl_clearance=1'</script>")},
                                   std::pair{"blocked", answer(403, "no")}, std::pair{"empty", html("<html></html>")}}) {
    for (int i = 0; i < 4; ++i) ground.portal.on("/d" + std::to_string(i), page);
    ground.clock.advance(hours{30});
    EXPECT_GT(ground.once(ground.paged()).failures, 0) << name;
    EXPECT_THAT(ground.log.reports(), SizeIs(4)) << name;
    EXPECT_THAT(ground.log.withdrawals(), IsEmpty()) << name;
  }
  ground.publish_pages();
  ground.clock.advance(hours{30});
  EXPECT_EQ(ground.once(ground.paged()).failures, 0);
  EXPECT_THAT(ground.log.reports(), SizeIs(4)) << "what comes back as it was is no event";
}

TEST(CrawlerPortal, TellsANewTextAndNotANewCounter) {
  Ground ground;
  ground.publish_pages();
  ground.once(ground.paged());
  ground.portal.on("/d0", html(article("第0份。", "1024")));
  ground.once(ground.paged());
  EXPECT_THAT(ground.log.reports(), SizeIs(4));
  EXPECT_EQ(ground.seen.count("document " + std::to_string(static_cast<int>(Change::kChrome))), 1U);
  ground.portal.on("/d0", html(article("第0份，更正。", "1025")));
  ground.once(ground.paged());
  ASSERT_THAT(ground.log.reports(), SizeIs(5));
  EXPECT_EQ(ground.log.reports()[4].fetch_sequence, 2);
}

TEST(CrawlerPortal, NamesTheOtherAddressOfTheSameText) {
  Ground ground;
  ground.portal.on("/list?p=1", html(rows(0, 2)));
  ground.portal.on("/d0", html(article("同一份。", "1")));
  ground.portal.on("/d1", html(article("同一份。", "2")));
  ground.once(ground.paged());
  const auto reports = ground.log.reports();
  ASSERT_THAT(reports, SizeIs(2));
  EXPECT_THAT(values_of(reports[0], "same_content_as"), IsEmpty());
  EXPECT_EQ(values_of(reports[1], "same_content_as"), std::vector<std::string>{reports[0].location_id});
}

TEST(CrawlerPortal, FillsUpFromTheBeginningAndRemembersWhereItWas) {
  Ground ground;
  ground.publish_pages();
  const Source source = ground.paged();
  const auto watch_until = [&](const std::function<bool()>& condition) {
    auto crawler = ground.open(source);
    std::thread runner([&] { EXPECT_TRUE(crawler->run()); });
    EXPECT_TRUE(eventually(condition));
    crawler->stop();
    runner.join();
  };
  watch_until([&] { return ground.portal.requests("/list?p=3").size() >= 2; });
  EXPECT_TRUE(eventually([&] {
    const auto state = State::open(ground.settings.data_folder + "/crawler.db");
    const auto row = (*state)->find_url("portal-a", UrlKind::kList, "backfill:nb");
    return row && *row && !(*row)->cursor.empty();
  }));
  EXPECT_THAT(ground.log.reports(), SizeIs(4));
}

}  // namespace
}  // namespace gouji::crawler
