// Files and directories on their way into the log, with a real state file.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <filesystem>
#include <fstream>

#include "common/core/digest.h"
#include "common/core/id.h"
#include "services/crawler/file_crawl.h"
#include "services/crawler/io/blob_store.h"
#include "services/crawler/io/file_tree.h"
#include "services/crawler/io/state.h"
#include "services/crawler/recorder.h"
#include "tests/support/crawler_ground.h"

namespace gouji::crawler {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

// Sources in `in`, state in `data`.
struct Ground : CrawlerGround {
  Ground() { settings.rescan_interval = std::chrono::milliseconds{200}; }
  using CrawlerGround::open, CrawlerGround::once;
  std::unique_ptr<Crawler> open() { return open({files_source(in.path())}); }
  CrawlSummary once() { return once({files_source(in.path())}); }
};

// Root reads everything; a child without privileges does not. True when `test` had no failure in it.
bool holds_without_privileges(const std::function<void()>& test) {
  if (::geteuid() != 0) {
    test();
    return !testing::Test::HasFailure();
  }
  const pid_t child = ::fork();
  if (child == 0) {
    if (::setgid(65534) != 0 || ::setuid(65534) != 0) ::_exit(2);
    test();
    std::cout << std::flush;
    ::_exit(testing::Test::HasFailure() ? 1 : 0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

TEST(CrawlerFiles, SendsEachFileOnceWithItsBytesAndHints) {
  Ground ground;
  const std::string path = ground.in.write("a/某市2023年度报告.html", "<p>bytes</p>");
  ground.in.write("b.txt", "text");
  EXPECT_EQ(ground.once().documents, 2);
  ground.once();
  const auto reports = ground.log.reports();
  ASSERT_THAT(reports, SizeIs(2));
  const RawReport& report = reports[0];
  EXPECT_EQ(report.location_id, location_id("files", path));
  EXPECT_EQ(report.source_id, "files");
  EXPECT_EQ(report.fetch_sequence, 1);
  EXPECT_EQ(report.url, file_url(path));
  EXPECT_EQ(report.body.bytes, "<p>bytes</p>");
  EXPECT_EQ(report.body.sha256, to_hex(sha256("<p>bytes</p>")));
  EXPECT_EQ(report.body.media_type, "text/html");
  ASSERT_THAT(report.hints, SizeIs(2));
  EXPECT_EQ(report.hints[0].field, "title");
  EXPECT_EQ(report.hints[0].value, "某市2023年度报告");
  EXPECT_EQ(report.hints[0].origin, "file_name");
}

TEST(CrawlerFiles, TakesATouchedFileForUnchangedAndAnEditedOneForTheNextSequence) {
  Ground ground;
  ground.in.write("a.txt", "one");
  ground.once();
  std::filesystem::last_write_time(ground.in / "a.txt", std::filesystem::file_time_type::clock::now() - std::chrono::hours{1});
  ground.once();
  EXPECT_THAT(ground.log.reports(), SizeIs(1));
  ground.in.write("a.txt", "two");
  ground.once();
  ground.in.write("a.txt", "one");
  ground.once();
  const auto reports = ground.log.reports();
  ASSERT_THAT(reports, SizeIs(3));
  EXPECT_EQ(reports[2].fetch_sequence, 3);
  EXPECT_EQ(reports[2].body.bytes, "one");
}

TEST(CrawlerFiles, NoticesAnEditThatKeepsSizeAndModificationTime) {
  Ground ground;
  const std::string path = ground.in.write("a.txt", "one");
  const auto written = std::filesystem::last_write_time(path);
  ground.once();
  ground.in.write("a.txt", "two");
  std::filesystem::last_write_time(path, written);
  ground.once();
  EXPECT_THAT(ground.log.reports(), SizeIs(2));
}

TEST(CrawlerFiles, WithdrawsADeletedFileAfterTwoReadingsAndTellsItsReturn) {
  Ground ground;
  ground.in.write("a.txt", "one");
  ground.in.write("b.txt", "two");
  ground.once();
  std::filesystem::remove(ground.in / "a.txt");
  ground.once();
  EXPECT_THAT(ground.log.withdrawals(), SizeIs(0));
  ground.once();
  ground.once();
  const auto withdrawals = ground.log.withdrawals();
  ASSERT_THAT(withdrawals, SizeIs(1));
  EXPECT_EQ(withdrawals[0].fetch_sequence, 2);
  EXPECT_EQ(withdrawals[0].reason, WithdrawalReason::kFileDeleted);
  ground.in.write("a.txt", "one");
  ground.once();
  EXPECT_EQ(ground.log.reports().back().fetch_sequence, 3);
}

TEST(CrawlerFiles, WithdrawsNothingWhileADirectoryCannotBeRead) {
  EXPECT_TRUE(holds_without_privileges([] {
    Ground ground;
    ground.in.write("closed/a.txt", "one");
    ground.once();
    ::chmod((ground.in / "closed").c_str(), 0);
    for (int i = 0; i < 3; ++i) ground.once();
    ::chmod((ground.in / "closed").c_str(), 0700);
    EXPECT_THAT(ground.log.withdrawals(), SizeIs(0));
    EXPECT_EQ(ground.log.health().back().reason, "PARTLY_UNREADABLE");
  }));
}

TEST(CrawlerFiles, WithdrawsNothingWhenTheWholeDirectoryIsGone) {
  Ground ground;
  const std::string root = std::filesystem::path(ground.in.write("root/a.txt", "one")).parent_path();
  for (int i = 0; i < 4; ++i) {
    ASSERT_TRUE(ground.open({files_source(root)})->run_once());
    std::filesystem::remove_all(root);
  }
  EXPECT_THAT(ground.log.withdrawals(), SizeIs(0));
  EXPECT_EQ(ground.log.health().back().state, SourceState::kDegraded);
}

TEST(CrawlerFiles, WithdrawsASourceThatIsOneFile) {
  Ground ground;
  const std::string path = ground.in.write("a.txt", "one");
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(ground.open({files_source(path)})->run_once());
    std::filesystem::remove(path);
  }
  EXPECT_THAT(ground.log.withdrawals(), SizeIs(1));
}

TEST(CrawlerFiles, KnowsAFileHoweverTheSourcesNameIt) {
  Ground ground;
  const std::string path = ground.in.write("a.txt", "one");
  ASSERT_TRUE(ground.open({files_source(path), files_source(ground.in.path())})->run_once());
  EXPECT_THAT(ground.log.reports(), SizeIs(1));
}

TEST(CrawlerFiles, SendsLargeContentByReferenceOnceItIsSafe) {
  Ground ground;
  const std::string bytes(kInlineBytesMax + 1, 'L');
  ground.in.write("limit.txt", std::string(kInlineBytesMax, 'l'));
  ground.in.write("over.txt", bytes);
  ground.once();
  const auto reports = ground.log.reports();
  ASSERT_THAT(reports, SizeIs(2));
  EXPECT_EQ(reports[0].body.bytes.size(), kInlineBytesMax);
  EXPECT_EQ(reports[1].body.reference, "cas://sha256/" + to_hex(sha256(bytes)));
  EXPECT_TRUE(reports[1].body.bytes.empty());
  EXPECT_EQ(reports[1].body.size, static_cast<std::int64_t>(bytes.size()));
  const std::string hex = reports[1].body.sha256;
  EXPECT_EQ(std::filesystem::file_size(ground.settings.data_folder + "/blobs/sha256/" + hex.substr(0, 2) + "/" + hex.substr(2)), bytes.size());
}

TEST(CrawlerFiles, HandsSixtyMegabytesOfJunkOnAndRefusesWhatIsLargerOnce) {
  Ground ground;
  ground.in.write("junk.html", std::string(60 * 1024 * 1024, 'j'));
  ground.in.write("huge.html", "");
  std::filesystem::resize_file(ground.in / "huge.html", 65LL * 1024 * 1024);
  ground.once();
  ground.once();
  const auto reports = ground.log.reports();
  ASSERT_THAT(reports, SizeIs(1));
  EXPECT_EQ(reports[0].body.size, 60 * 1024 * 1024);
  const auto refusals = ground.seen.messages("refused too_large");
  ASSERT_THAT(refusals, SizeIs(1));
  EXPECT_THAT(refusals[0], HasSubstr("huge.html"));
  EXPECT_THAT(refusals[0], HasSubstr("document_bytes_max"));
}

TEST(CrawlerFiles, TriesAnUnreadableFileAgainAndTellsItOnce) {
  EXPECT_TRUE(holds_without_privileges([] {
    Ground ground;
    const std::string path = ground.in.write("a.txt", "one");
    ::chmod(path.c_str(), 0);
    auto crawler = ground.open();
    ASSERT_TRUE(crawler->run_once());
    EXPECT_THAT(ground.seen.messages("postponed unreadable"), SizeIs(1));
    ::chmod(path.c_str(), 0600);
    ASSERT_TRUE(crawler->run_once());
    EXPECT_THAT(ground.log.reports(), SizeIs(1));
  }));
}

TEST(CrawlerFiles, DoesNotReadItsOwnDataFolder) {
  Ground ground;
  ground.settings.data_folder = ground.in / "gouji-data";
  ground.in.write("a.txt", "one");
  ground.once();
  EXPECT_EQ(ground.once().documents, 1);
  EXPECT_THAT(ground.log.reports(), SizeIs(1));
}

TEST(CrawlerFiles, EndsWithTheErrorOfALogThatRefusesForGood) {
  Ground ground;
  ground.in.write("a.txt", "one");
  AppendOnlyLog log([](std::span<const eventlog::Outgoing>) { return Result<void>(fatal(ErrorCode::kFenced, "another one works here")); });
  for (const bool watches : {false, true}) {
    auto crawler = Crawler::open(ground.settings, {files_source(ground.in.path())}, {log, ground.clock, ground.seen, ground.pages});
    ASSERT_TRUE(crawler);
    Result<void> ended;
    if (watches) {
      ended = (*crawler)->run();
    } else if (const auto summary = (*crawler)->run_once(); !summary) {
      ended = summary.error();
    }
    ASSERT_FALSE(ended);
    EXPECT_EQ(ended.error().code, ErrorCode::kFenced);
  }
  ground.once();
  EXPECT_THAT(ground.log.reports(), SizeIs(1)) << "what was not sent is kept";
}

TEST(CrawlerFiles, SendsAnEmptyFileToo) {
  Ground ground;
  ground.in.write("empty.txt", "");
  ground.once();
  ASSERT_THAT(ground.log.reports(), SizeIs(1));
  EXPECT_EQ(ground.log.reports()[0].body.size, 0);
}

TEST(CrawlerFiles, WatchesADirectoryUntilItIsStopped) {
  Ground ground;
  ground.settings.rescan_interval = std::chrono::hours{1};
  ground.in.write("a.txt", "one");
  auto crawler = ground.open();
  Result<void> ended;
  std::thread runner([&] { ended = crawler->run(); });
  EXPECT_TRUE(eventually([&] { return ground.log.reports().size() == 1; }));
  ground.in.write("new/b.txt", "two");
  EXPECT_TRUE(eventually([&] { return ground.log.reports().size() == 2; }));
  ground.in.write("new/b.txt", "three");
  EXPECT_TRUE(eventually([&] { return ground.log.reports().size() >= 3; }));
  EXPECT_EQ(ground.log.reports().back().body.bytes, "three");
  std::filesystem::remove(ground.in / "a.txt");
  EXPECT_TRUE(eventually([&] { return ground.log.withdrawals().size() == 1; }));
  crawler->stop();
  runner.join();
  EXPECT_TRUE(ended);
}

TEST(CrawlerFiles, SeesWhatIsWrittenBetweenTheReadingOfAFolderAndItsFirstWatch) {
  struct Writing : Recording {
    explicit Writing(const TemporaryFolder& folder) : in(folder) {}
    void fetched(SourceKind kind, FetchClass result, std::int64_t bytes) override {
      Recording::fetched(kind, result, bytes);
      if (!std::exchange(has_written, true)) in.write("b.txt", "two");
    }
    const TemporaryFolder& in;
    bool has_written = false;
  };
  Ground ground;
  ground.settings.rescan_interval = std::chrono::hours{1};
  ground.in.write("a.txt", "one");
  Writing seen(ground.in);
  auto crawler = Crawler::open(ground.settings, {files_source(ground.in.path())}, {ground.log, ground.clock, seen, ground.pages});
  ASSERT_TRUE(crawler) << crawler.error().message;
  std::thread runner([&] { EXPECT_TRUE((*crawler)->run()); });
  EXPECT_TRUE(eventually([&] { return ground.log.reports().size() == 2; }));
  (*crawler)->stop();
  runner.join();
}

TEST(CrawlerFiles, ForgetsWhatAFailedReadingLeftBehind) {
  Ground ground;
  const std::string small = ground.in.write("a.txt", "one");
  ground.in.write("b.txt", std::string(kInlineBytesMax + 1, 'x'));
  std::filesystem::create_directories(ground.settings.data_folder);
  auto state = State::open(ground.settings.data_folder + "/crawler.db");
  ASSERT_TRUE(state);
  const std::string folder = ground.settings.data_folder + "/blobs";
  auto blobs = BlobStore::open(folder);
  ASSERT_TRUE(blobs);
  Recorder recorder(**state, *blobs, ground.seen, [] {});
  FileCrawl crawl(files_source(ground.in.path()), {}, {**state, recorder, ground.pages, ground.seen});
  const auto pass = [&] { return crawl.pass(ground.clock, [] { return false; }); };
  std::filesystem::remove_all(folder);
  std::ofstream(folder) << "in the way";
  ASSERT_FALSE(pass());
  ground.in.write("a.txt", "two");
  std::filesystem::remove(folder);
  std::filesystem::create_directories(folder + "/sha256");
  ASSERT_TRUE(pass());
  // Each sequence number stands for one content.
  std::vector<std::string> contents;
  const auto rows = (*state)->outbox(100, 1 << 30);
  ASSERT_TRUE(rows);
  for (const OutboxRow& row : *rows) {
    const auto event = events::decode_raw(row.record);
    if (!event) continue;
    const auto& report = std::get<RawReport>(*event);
    if (report.url == file_url(small)) contents.push_back(report.body.bytes);
  }
  EXPECT_EQ(contents, std::vector<std::string>{"two"});
}

TEST(CrawlerFiles, KeepsEventsWhileTheLogIsDownAndSendsThemInOrderLater) {
  Ground ground;
  for (int i = 0; i < 9; ++i) ground.in.write(std::to_string(i) + ".txt", std::to_string(i));
  ground.log.is_down = true;
  {
    auto crawler = ground.open();
    Result<CrawlSummary> ended = CrawlSummary{};
    std::thread runner([&] { ended = crawler->run_once(); });
    EXPECT_TRUE(eventually([&] { return ground.seen.count("publish failed") >= 2; }));
    crawler->stop();
    runner.join();
    ASSERT_FALSE(ended);
    EXPECT_EQ(ended.error().kind, ErrorKind::kUnavailable);
  }
  ground.log.is_down = false;
  ground.once();
  const auto reports = ground.log.reports();
  ASSERT_THAT(reports, SizeIs(9));
  for (std::size_t i = 0; i < reports.size(); ++i) EXPECT_EQ(reports[i].body.bytes, std::to_string(i));
}

}  // namespace
}  // namespace gouji::crawler
