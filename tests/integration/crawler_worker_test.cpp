// Lists through a real worker process: this program, run again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/runtime/worker_pool.h"
#include "services/crawler/core/portal_file.h"
#include "services/crawler/worker.h"

namespace gouji::crawler {
namespace {

std::unique_ptr<runtime::WorkerPool> pool(std::chrono::milliseconds deadline = std::chrono::milliseconds{5'000}) {
  auto options = worker_options();
  options.deadline = deadline;
  auto made = runtime::WorkerPool::create(options);
  EXPECT_TRUE(made) << made.error().message;
  return made ? std::move(*made) : nullptr;
}

PageRequest page_of(const Portal& portal, PagePurpose purpose, std::string body) {
  PageRequest request;
  request.purpose = purpose;
  request.portal = portal.definition;
  request.cursor.list = "l";
  request.url = request.final_url = "http://a.cn/x/t20240115_1.html";
  request.body = std::move(body);
  return request;
}

TEST(CrawlerWorker, ReadsThePagesOfAPortalInItsOwnProcess) {
  const auto workers = pool();
  WorkerPageReader pages(*workers);
  const auto portal = parse_portal(R"({"schema":1,"id":"p","family":"trs-static","hosts":["a.cn"],"lists":[{"id":"l","request":{"url":"http://a.cn/x/"}}]})", "p");
  ASSERT_TRUE(portal);
  const auto list = pages.read_page(page_of(*portal, PagePurpose::kList, "<li><a href='./t20240101_2.html'>甲市政府信息公开年报</a>2024-01-01</li><li><a href='./t20240101_3.html'>新闻</a></li>"));
  ASSERT_TRUE(list) << list.error().message;
  ASSERT_EQ(list->list.rows.size(), 1U) << list->why;
  EXPECT_EQ(list->list.rows[0], (PageRow{"http://a.cn/x/t20240101_2.html", "甲市政府信息公开年报", "2024-01-01", "", {}}));
  EXPECT_EQ(list->list.dropped[0].why, DropReason::kTitleRefused);
  const auto article = pages.read_page(page_of(*portal, PagePurpose::kArticle, "<div id=zoom><p>政府信息公开工作年度报告，内容详见附件，特此公布。</p><a href=/a.pdf>附件</a></div>"));
  ASSERT_TRUE(article);
  EXPECT_EQ(article->article.date, "2024-01-15");
  EXPECT_EQ(article->article.attachments.size(), 1U);
  auto unknown = page_of(*portal, PagePurpose::kList, "<p>x");
  unknown.portal = "{\"schema\":1}";
  const auto refused = pages.read_page(unknown);
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->page_class, PageClass::kUnreadable);
}

TEST(CrawlerWorker, SurvivesPortalPagesOfJunk) {
  const auto workers = pool(std::chrono::seconds{60});
  WorkerPageReader pages(*workers);
  const auto portal = parse_portal(R"({"schema":1,"id":"p","family":"generic","hosts":["a.cn"],"lists":[{"id":"l","request":{"url":"http://a.cn/x/"}}]})", "p");
  ASSERT_TRUE(portal);
  std::string nested, quotes;
  for (int i = 0; i < 10'000; ++i) nested += "<div class=a><a href=/" + std::to_string(i) + ">信息公开年报</a>";
  for (int i = 0; i < 10'000; ++i) quotes += "'x.pd\"";
  for (const std::string& body : {std::string(1'000'000, '<'), std::string(1'000'000, '['), nested, quotes, std::string(2'000'000, '&'), std::string("\xff\xfe\xfd")}) {
    for (const PagePurpose purpose : {PagePurpose::kList, PagePurpose::kVars, PagePurpose::kArticle, PagePurpose::kAttachments}) {
      const auto answer = pages.read_page(page_of(*portal, purpose, body));
      EXPECT_TRUE(answer) << answer.error().message;
    }
  }
  EXPECT_EQ(workers->counts().deaths, 0);
}

}  // namespace
}  // namespace gouji::crawler

int main(int argc, char** argv) {
  if (gouji::runtime::worker_kind(argc, argv) == gouji::crawler::kWorkerKind) {
    return gouji::runtime::run_worker(gouji::crawler::answer_page_request);
  }
  testing::InitGoogleMock(&argc, argv);
  return RUN_ALL_TESTS();
}
