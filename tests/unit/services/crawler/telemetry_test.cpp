#include "services/crawler/telemetry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/runtime/system_clock.h"
#include "services/crawler/settings.h"

namespace gouji::crawler {
namespace {

using testing::HasSubstr;

TEST(Telemetry, CountsWhatItIsToldUnderClosedLabels) {
  telemetry::Metrics metrics;
  const runtime::SystemClock clock;
  telemetry::Health health(clock);
  Telemetry telemetry(metrics, health, clock);
  EXPECT_THAT(metrics.text(), HasSubstr("gouji_crawler_fetches_total{result=\"robots\",source=\"list\"} 0"));
  telemetry.fetched(SourceKind::kUrl, FetchClass::kOk, 42);
  telemetry.document({"/a", "id", Change::kNew, 1, 42});
  telemetry.document({"/a", "id", Change::kSame, 1, 42});
  telemetry.document({"/a", "id", Change::kChrome, 1, 42});
  telemetry.drifted("s", Drift::kRowsDropped);
  telemetry.frontier({4, 2, std::chrono::seconds{7}, 1, 5, 3});
  telemetry.hop(std::chrono::milliseconds{20});
  telemetry.refused(FetchClass::kTooLarge, "message");
  telemetry.outbox({3, 99});
  telemetry.published(2);
  telemetry.source(SourceKind::kUrl, {"s", "/a", SourceState::kActive, "", "", 1, 1, 1, 0, {}, 0});
  telemetry.source(SourceKind::kUrl, {"s", "/a", SourceState::kBlocked, "ROBOTS", "", 1, 1, 1, 1, {{"o", 2023, ExpectationState::kOverdue, 1, 0}, {"o", 2022, ExpectationState::kSeen, 1, 1}}, 0});
  const std::string text = metrics.text();
  for (const char* line : {"gouji_crawler_fetches_total{result=\"ok\",source=\"url\"} 1", "gouji_crawler_bytes_total{source=\"url\"} 42",
                           "gouji_crawler_events_total{type=\"new\"} 1", "gouji_crawler_unchanged_total 1", "gouji_crawler_refused_total{reason=\"too_large\"} 1",
                           "gouji_crawler_outbox_rows 3", "gouji_crawler_published_total 2", "gouji_crawler_sources{state=\"active\"} 0",
                           "gouji_crawler_sources{state=\"blocked\"} 1", "gouji_crawler_expectations{period=\"current\",state=\"overdue\"} 1",
                           "gouji_crawler_expectations{period=\"past\",state=\"seen\"} 1", "gouji_crawler_expectations{period=\"current\",state=\"awaited\"} 0",
                           "gouji_crawler_chrome_changes_total 1", "gouji_crawler_drift_total{kind=\"rows_dropped\"} 1", "gouji_crawler_queue_due 2",
                           "gouji_crawler_queue_lag_seconds 7", "gouji_crawler_hosts{breaker=\"open\"} 3", "gouji_crawler_fetch_seconds_count 1", "gouji_crawler_last_success_timestamp_seconds{source=\"url\"}"}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

TEST(Telemetry, IsNotReadyWhileTheLogTakesNothing) {
  telemetry::Metrics metrics;
  const runtime::SystemClock clock;
  telemetry::Health health(clock);
  Telemetry telemetry(metrics, health, clock);
  EXPECT_TRUE(health.ready().is_good);
  telemetry.publish_failed(unavailable(ErrorCode::kLogUnavailable, "down"), std::chrono::milliseconds{100});
  EXPECT_FALSE(health.ready().is_good);
  telemetry.published(1);
  EXPECT_TRUE(health.ready().is_good);
}

TEST(CrawlerSettings, AreReadFromTheirSpecs) {
  runtime::SettingSources sources;
  sources.flags = {{"allow_net", "127.0.0.0/8"}, {"host_delay", "250ms"}, {"document_bytes_max", "1MiB"}, {"contact", "mailto:a@b.cn"}};
  const auto settings = runtime::load_settings(setting_specs(), sources);
  ASSERT_TRUE(settings) << settings.error().message;
  auto read = read_settings(*settings, "/data");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->data_folder, "/data");
  EXPECT_EQ(read->host_delay, std::chrono::milliseconds{250});
  EXPECT_EQ(read->document_bytes_max, 1024 * 1024);
  EXPECT_EQ(read->allow_net, std::vector<std::string>{"127.0.0.0/8"});
  EXPECT_EQ(read->page_gone_after, std::chrono::hours{24});
  read->version = "1.2";
  EXPECT_EQ(user_agent_of(*read), "GoujiCrawler/1.2 (+mailto:a@b.cn)");
}

TEST(CrawlerSettings, NameEveryMistakeThatTheSpecsCannotSee) {
  runtime::SettingSources sources;
  sources.flags = {{"allow_net", "10.0.0.1/8"}, {"allow_net", "10.0.0.1/8,nonsense"}, {"contact", "a\r\nX: y"}};
  const auto settings = runtime::load_settings(setting_specs(), sources);
  ASSERT_TRUE(settings) << settings.error().message;
  const auto read = read_settings(*settings, "/data");
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error().message, HasSubstr("bits behind the prefix"));
  EXPECT_THAT(read.error().message, HasSubstr("\"nonsense\" is not an IP address"));
  EXPECT_THAT(read.error().message, HasSubstr("contact: "));
}

}  // namespace
}  // namespace gouji::crawler
