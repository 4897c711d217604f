// A portal on loopback and everything that a crawler works with, for tests through the real HTTP client.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "services/crawler/core/portal.h"
#include "services/crawler/core/portal_file.h"
#include "tests/support/crawler_parts.h"
#include "tests/support/fake_portal/fake_portal.h"
#include "tests/unit/services/crawler/temporary_folder.h"

namespace gouji::crawler {

// A portal file without its manners: what a test asks for is not to be waited for.
inline Source hasty(const Source& source, std::chrono::milliseconds interval = std::chrono::hours{1}) {
  Portal portal = *source.portal;
  portal.politeness.min_delay = std::chrono::milliseconds{0};
  portal.politeness.max_requests_per_day = 10'000'000;
  portal.interval = interval;
  return source_of(std::move(portal));
}

// Bytes that no page reader looks into.
inline testing_support::PortalAnswer document(std::string_view bytes, const std::vector<std::string>& headers = {}) {
  std::vector<std::string> all = {"Content-Type: application/pdf"};
  all.insert(all.end(), headers.begin(), headers.end());
  return testing_support::answer(200, bytes, all);
}

// The page of a report, as far as anybody but a parser looks.
inline std::string article(const std::string& text, const std::string& furniture = "") {
  return "<html><head><title>报告</title></head><body><div>浏览次数：" + furniture + "</div><div class=\"TRS_Editor\"><p>某市教育局政府信息公开工作年度报告。" + text +
         "一、总体情况。二、主动公开政府信息情况。三、收到和处理政府信息公开申请情况。四、行政复议、行政诉讼情况。五、存在的主要问题及改进情况。六、其他需要报告的事项。</p></div></body></html>";
}

struct CrawlerGround {
  TemporaryFolder in, data;
  testing_support::FakePortal portal;
  MemoryLog log;
  Recording seen;
  ShiftedClock clock;
  DirectPageReader pages;
  CrawlerSettings settings;

  CrawlerGround() {
    settings.data_folder = data / "gouji-data";
    settings.host_delay = std::chrono::milliseconds{5};
    settings.request_timeout = std::chrono::milliseconds{5'000};
    settings.allow_net = {"127.0.0.0/8"};
    settings.contact = "mailto:test@example.org";
    settings.settle = std::chrono::milliseconds{0};
    settings.file_gone_after = std::chrono::milliseconds{0};
  }
  std::unique_ptr<Crawler> open(std::vector<Source> sources) {
    auto crawler = Crawler::open(settings, std::move(sources), {log, clock, seen, pages});
    EXPECT_TRUE(crawler) << crawler.error().message;
    return crawler ? std::move(*crawler) : nullptr;
  }
  CrawlSummary once(std::vector<Source> sources) {
    const auto summary = open(std::move(sources))->run_once();
    EXPECT_TRUE(summary) << summary.error().message;
    return summary.value_or(CrawlSummary{});
  }
  CrawlSummary once(std::string_view path) { return once({page(path)}); }
  Source page(std::string_view path) const { return url_source(portal.url(path)); }
  // A portal file for a page whose links are rows; those with "报告" in their title are wanted.
  // `more`: further members of the file, each with a comma before it.
  Source list(std::string_view path, const std::string& more = "") const {
    const auto parsed = parse_portal_file(R"({"schema":1,"id":"portal-a","kind":"list","url":")" + portal.url(path) +
                                              R"(","hosts":["127.0.0.1"],"organ":"某市教育局","accept":{"title":["报告"]})" + more + "}",
                                          "portal-a.json");
    EXPECT_TRUE(parsed) << parsed.error().message;
    return parsed ? hasty(*parsed) : Source{};
  }
};

}  // namespace gouji::crawler
