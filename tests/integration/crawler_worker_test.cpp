// Lists through a real worker process: this program, run again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/runtime/worker_pool.h"
#include "services/crawler/worker.h"

namespace gouji::crawler {
namespace {

std::unique_ptr<runtime::WorkerPool> pool() {
  auto options = worker_options();
  options.deadline = std::chrono::milliseconds{5'000};
  auto made = runtime::WorkerPool::create(options);
  EXPECT_TRUE(made) << made.error().message;
  return made ? std::move(*made) : nullptr;
}

events::ListRequest request_for(std::string body) {
  events::ListRequest request;
  request.body = std::move(body);
  request.url = "http://a.cn/list/";
  request.media_type = "text/html";
  request.format = "html";
  return request;
}

TEST(CrawlerWorker, ReadsAListInItsOwnProcess) {
  const auto workers = pool();
  WorkerListReader lists(*workers);
  const auto answer = lists.read(request_for("<a href=1.html>一</a><a href='javascript:x'>x</a>"));
  ASSERT_TRUE(answer) << answer.error().message;
  ASSERT_EQ(answer->rows.size(), 1U);
  EXPECT_EQ(answer->rows[0].url, "http://a.cn/list/1.html");
  EXPECT_EQ(answer->rows[0].title, "一");
}

TEST(CrawlerWorker, SurvivesPagesOfJunk) {
  const auto workers = pool();
  WorkerListReader lists(*workers);
  std::string nested;
  for (int i = 0; i < 200'000; ++i) nested += "<div><a href=/" + std::to_string(i) + ">";
  for (const std::string& body : {std::string(), std::string(1'000'000, '\0'), std::string(1'000'000, '<'), nested}) {
    const auto answer = lists.read(request_for(body));
    EXPECT_LE(answer ? answer->rows.size() : 0, events::kListRowsMax);
  }
  EXPECT_EQ(workers->counts().deaths, 0);
  ASSERT_TRUE(lists.read(request_for("<a href=1.html>一</a>")));
}

}  // namespace
}  // namespace gouji::crawler

int main(int argc, char** argv) {
  if (gouji::runtime::worker_kind(argc, argv) == gouji::crawler::kWorkerKind) {
    return gouji::runtime::run_worker(gouji::crawler::answer_list_request);
  }
  testing::InitGoogleMock(&argc, argv);
  return RUN_ALL_TESTS();
}
