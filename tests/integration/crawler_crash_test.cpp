// kill -9 at random moments: whatever was being written (schedule, blobs, archive, outbox, log), the
// next start loses nothing and makes no second version of the same content.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <tuple>

#include "common/core/digest.h"
#include "common/eventlog/local/local_log.h"
#include "common/eventlog/topics.h"
#include "services/crawler/io/warc.h"
#include "services/crawler/io/warc_files.h"
#include "services/crawler/io/warc_reader.h"
#include "tests/support/crawler_ground.h"
#include "tests/support/record_of.h"
#include "tests/support/warcio.h"

namespace gouji::crawler {
namespace {

using ::testing::HasSubstr;
using testing_support::answer;
using testing_support::html;
using testing_support::PortalRequest;

// Where a process ends itself, and at which time that it comes there; 0 = never.
struct FailPoint {
  std::string name;
  int countdown = 0;
  void pass(std::string_view at) {
    if (at == name && --countdown == 0) ::kill(::getpid(), SIGKILL);
  }
};

class FailingObserver : public CrawlerObserver {
 public:
  explicit FailingObserver(FailPoint& point) : point_(point) {}
  void hop(std::chrono::milliseconds) override { point_.pass("an answer is there"); }
  void fetched(SourceKind, FetchClass, std::int64_t) override { point_.pass("a document is there"); }
  void document(const DocumentSeen&) override { point_.pass("after the commit"); }
  void published(std::int64_t) override { point_.pass("after the acknowledgement"); }

 private:
  FailPoint& point_;
};

class FailingReader : public DirectPageReader {
 public:
  explicit FailingReader(FailPoint& point) : point_(point) {}
  Result<PageAnswer> read_page(const PageRequest& request) override {
    point_.pass("a page is read");
    return DirectPageReader::read_page(request);
  }

 private:
  FailPoint& point_;
};

constexpr const char* kFailPoints[] = {"an answer is there", "a document is there", "after the commit", "after the acknowledgement",
                                       "a page is read", "before the log has it", "after the log has it"};

std::unique_ptr<eventlog::EventLog> open_log(const std::string& path, eventlog::LocalMode mode) {
  eventlog::OpenOptions options;
  options.mode = mode;
  auto log = eventlog::open_local_log({false, path, {}}, options);
  EXPECT_TRUE(log) << log.error().message;
  return log ? std::move(*log) : nullptr;
}

int crawl_in_child(const CrawlerSettings& settings, const Source& source, const std::string& log_path, FailPoint point = {}) {
  const auto local = open_log(log_path, eventlog::LocalMode::kOwner);
  if (!local) return 4;
  auto appender = local->open_appender();
  if (!appender) return 5;
  AppendOnlyLog log([&](std::span<const eventlog::Outgoing> records) {
    point.pass("before the log has it");
    auto appended = (*appender)->append(records);
    point.pass("after the log has it");
    return appended;
  });
  runtime::SystemClock clock;
  FailingObserver nobody(point);
  FailingReader pages(point);
  auto crawler = Crawler::open(settings, {source}, {log, clock, nobody, pages});
  if (!crawler) return 2;
  const auto summary = (*crawler)->run_once();
  return !summary ? 3 : summary->failures > 0 ? 6 : 0;
}

// One crawler's life after another over the same folder and log.
class Lives {
 public:
  Lives(const TemporaryFolder& data, Source source) : source_(std::move(source)), log_path_(data / "log.db") {
    settings_.data_folder = data / "gouji-data";
    settings_.host_delay = std::chrono::milliseconds{0};
    settings_.host_requests_a_day = 10'000'000;
    settings_.allow_net = {"127.0.0.0/8"};
    settings_.archive_bytes_max = 400'000;  // so that files end and begin as well
    const auto log = open_log(log_path_, eventlog::LocalMode::kOwner);
    for (const eventlog::TopicSpec& topic : eventlog::default_topics()) EXPECT_TRUE(log->create_topic(topic));
  }
  // Killed at a random moment of the time that the work usually takes; true when that hit it.
  bool kill_one(std::mt19937_64& random, const std::function<void()>& meanwhile = [] {}) {
    const pid_t child = begin({});
    const std::chrono::microseconds life{random() % static_cast<std::uint64_t>(work_.count()) + 500};
    const auto end = std::chrono::steady_clock::now() + life;
    ::usleep(static_cast<useconds_t>(life.count() / 2));
    meanwhile();
    std::this_thread::sleep_until(end);
    ::kill(child, SIGKILL);
    return code_of(child) == -1;
  }
  bool kill_at(const FailPoint& point) { return code_of(begin(point)) == -1; }
  // One life to its end; its exit code. It also tells how long the work takes on this machine.
  int finish() {
    const auto start = std::chrono::steady_clock::now();
    const int code = code_of(begin({}));
    work_ = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - start);
    return code;
  }
  std::vector<RawReport> reports() const {
    const auto log = open_log(log_path_, eventlog::LocalMode::kReader);
    std::vector<RawReport> found;
    for (std::int32_t partition = 0; partition < *log->partitions(eventlog::kRawTopic); ++partition) {
      for (const auto& stored : gouji::testing::read_all(*log, {std::string(eventlog::kRawTopic), partition})) {
        auto event = events::decode_raw(stored.record);
        EXPECT_TRUE(event) << event.error().message;
        auto* report = event ? std::get_if<RawReport>(&*event) : nullptr;
        EXPECT_NE(report, nullptr) << "nothing was withdrawn";
        if (report != nullptr) found.push_back(std::move(*report));
      }
    }
    return found;
  }
  const CrawlerSettings& settings() const { return settings_; }

 private:
  pid_t begin(const FailPoint& point) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(crawl_in_child(settings_, source_, log_path_, point));
    return child;
  }
  // -1 when it was killed.
  static int code_of(pid_t child) {
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  Source source_;
  std::string log_path_;
  CrawlerSettings settings_;
  std::chrono::microseconds work_{20'000};
};

// A repeat has the id and the content of the first; no other event has that content; sequences have
// no gaps. Every event once.
std::vector<RawReport> expect_no_second_version(const std::vector<RawReport>& reports) {
  std::map<std::string, RawReport> by_id;
  std::set<std::string> contents;
  std::map<std::string, std::set<std::int64_t>> sequences;
  for (const RawReport& report : reports) {
    const auto [known, is_new] = by_id.emplace(events::raw_id(report), report);
    EXPECT_EQ(known->second.payload_digest, report.payload_digest) << "one ce_id, one content";
    if (!is_new) continue;
    EXPECT_TRUE(contents.insert(report.location_id + report.payload_digest).second) << "a second version of the same content: " << report.url;
    sequences[report.location_id].insert(report.fetch_sequence);
  }
  for (const auto& [location, numbers] : sequences) EXPECT_EQ(*numbers.rbegin(), static_cast<std::int64_t>(numbers.size())) << "sequences have no gaps";
  std::vector<RawReport> once;
  for (auto& [id, report] : by_id) once.push_back(std::move(report));
  return once;
}

TEST(CrawlerCrash, LosesNothingAndRepeatsNothingButSendsWhenKilledAtRandomMoments) {
  constexpr int kRounds = 25, kFiles = 40;
  std::mt19937_64 random(test_seed());
  const TemporaryFolder in, data;
  Lives lives(data, files_source(in.path()));
  std::size_t written = 0;
  std::map<std::string, int> versions;
  int killed = 0;
  for (int round = 0; round < kRounds; ++round) {
    for (int i = 0; i < kFiles; ++i) {
      if (round > 0 && random() % 4 != 0) continue;
      const std::string name = "f" + std::to_string(i);
      written += 1;
      // Every eighth is too large for an event: its bytes go through the store.
      in.write(name, name + " version " + std::to_string(++versions[name]) + std::string(i % 8 == 0 ? 600'000 : 0, 'x'));
    }
    killed += lives.kill_one(random) ? 1 : 0;
    // What was read so far has a version of its own only if it was committed; finish the round so
    // that every version is seen.
    ASSERT_EQ(lives.finish(), 0) << "round " << round;
  }
  EXPECT_EQ(expect_no_second_version(lives.reports()).size(), written) << "each version exactly once";
  EXPECT_GT(killed, 5) << "the kills must fall into the work";
}

// A portal of a few list pages that publishes with each change, and changes pages and their
// attachments, also while it is being read.
class ChangingPortal {
 public:
  explicit ChangingPortal(std::mt19937_64& random) : random_(random) {
    portal_.on("/robots.txt", answer(200, "User-agent: *\nDisallow: /private/\n"));
  }
  Source source() const {
    const auto parsed = parse_portal_file(R"({"schema":1,"id":"portal-a","family":"generic","organ":{"name":"某市教育局"},"hosts":["127.0.0.1"],"article":{"must_match":"信息公开"},"lists":[
      {"id":"nb","request":{"url":")" + portal_.url("/list") + R"(?p={page}"},"paging":{"kind":"param","stop":["empty","repeat"]},"rows":{"select":"li","fields":{"url":"a@href","title":"a"}}}]})", "a.json");
    EXPECT_TRUE(parsed) << parsed.error().message;
    return hasty(*parsed);
  }
  void change() {
    // It stays small, so that a long run is one of many kills and not of many pages.
    if (pages_.size() < kPagesMax) publish();
    for (std::size_t i = 0; i < pages_.size(); ++i) {
      if (random_() % 4 != 0) continue;
      (random_() % 3 == 0 && pages_[i].has_attachment() ? pages_[i].attachment : pages_[i].text) += 1;
      serve(i);
    }
    portal_.forget_requests();
  }
  // Everything that stands there now has to be in the log at last.
  void note_as_seen() {
    for (const Page& page : pages_) must_.insert({page.path, page.text, page.has_attachment() ? page.attachment : 0});
  }
  // "/d3 version 4" and its attachment's version, as an event tells them.
  static std::tuple<std::string, int, int> version_of(const RawReport& report, const std::string& text, const std::string& attachment) {
    const auto number_behind = [](const std::string& in, std::string_view mark) { return std::atoi(in.c_str() + in.find(mark) + mark.size()); };
    return {report.url.substr(report.url.rfind('/')), number_behind(text, "version "), attachment.empty() ? 0 : number_behind(attachment, "version ")};
  }
  const std::set<std::tuple<std::string, int, int>>& must() const { return must_; }
  const std::map<std::string, std::pair<int, int>> newest() const {
    std::map<std::string, std::pair<int, int>> found;
    for (const Page& page : pages_) found[page.path] = {page.text, page.attachment};
    return found;
  }
  std::size_t size() const { return pages_.size(); }

 private:
  static constexpr std::size_t kPagesMax = 24, kRowsAPage = 8;
  struct Page {
    std::string path;
    int text = 1, attachment = 1;
    std::size_t index = 0;
    bool has_attachment() const { return index % 3 == 0; }
  };

  void publish() {
    pages_.push_back({"/d" + std::to_string(pages_.size()), 1, 1, pages_.size()});
    serve(pages_.size() - 1);
    for (std::size_t page = 0; page * kRowsAPage < pages_.size(); ++page) {
      std::string rows;
      for (std::size_t i = page * kRowsAPage; i < std::min(pages_.size(), (page + 1) * kRowsAPage); ++i)
        rows += "<li><a href='" + pages_[i].path + "'>" + std::to_string(2000 + i) + "年政府信息公开工作年度报告</a></li>";
      portal_.on("/list?p=" + std::to_string(page + 1), html("<html><body><ul>" + rows + "</ul></body></html>"));
    }
  }
  void serve(std::size_t i) {
    const Page& page = pages_[i];
    const std::string tag = "\"" + std::to_string(page.text) + "\"";
    const std::string attached = page.has_attachment() ? "<p>附件：<a href='" + page.path + ".pdf'>统计表.pdf</a></p>" : "";
    const std::string body = article("version " + std::to_string(page.text) + "。" + attached);
    portal_.on(page.path, [tag, body](const PortalRequest& request) {
      const auto known = request.headers.find("if-none-match");
      if (known != request.headers.end() && known->second == tag) return answer(304, "");
      return html(body, {"ETag: " + tag});
    });
    // Every sixth is too large for an event: its bytes go through the store.
    portal_.on(page.path + ".pdf", document("%PDF version " + std::to_string(page.attachment) + " " + std::string(i % 6 == 0 ? 600'000 : 10, 'x')));
  }

  std::mt19937_64& random_;
  testing_support::FakePortal portal_;
  std::vector<Page> pages_;
  std::set<std::tuple<std::string, int, int>> must_;
};

// The bytes of a content as the event has them, or as the store has them.
std::string bytes_of(const Content& content, const std::string& blobs) {
  if (content.reference.empty()) return content.bytes;
  std::ifstream file(blobs + "/sha256/" + content.sha256.substr(0, 2) + "/" + content.sha256.substr(2), std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  EXPECT_EQ(to_hex(sha256(bytes)), content.sha256) << content.reference;
  return bytes;
}

// The record that an event names holds what the event says.
void expect_record_of(const Content& content, const std::string& bytes, const std::string& folder) {
  ASSERT_TRUE(content.warc);
  auto reader = WarcReader::open(folder + "/" + content.warc->file, 1 << 30);
  ASSERT_TRUE(reader) << reader.error().message;
  reader->seek(content.warc->offset);
  const auto record = reader->next();
  ASSERT_TRUE(record && *record) << content.warc->file << " at " << content.warc->offset;
  EXPECT_EQ((*record)->field("WARC-Record-ID"), content.warc->record_id);
  if ((*record)->field("WARC-Type") == "response") EXPECT_EQ(split_http((*record)->block).body, bytes);
  else EXPECT_EQ((*record)->field("WARC-Payload-Digest"), warc_digest(bytes)) << "a revisit of the same payload";
}

// Every record of every file, by a reader of this project and by one that shares no line with it.
std::size_t expect_readable(const std::string& folder) {
  std::size_t records = 0;
  EXPECT_TRUE(names_ending(folder, kOpenEnding)->empty());
  const auto names = names_ending(folder, kWarcEnding).value_or(std::vector<std::string>{});
  for (const std::string& name : names) {
    auto reader = WarcReader::open(folder + "/" + name, 1 << 20);
    while (true) {
      const auto record = reader->next();
      EXPECT_TRUE(record) << name << ": " << (record ? "" : record.error().message);
      if (!record || !*record) break;
      records += 1;
    }
    EXPECT_TRUE(std::filesystem::exists(folder + "/" + name.substr(0, name.size() - kWarcEnding.size()) + ".cdxj")) << name;
  }
  if (const auto checked = testing_support::warcio_check(folder)) EXPECT_THAT(*checked, ::testing::Not(HasSubstr("fail")));
  else std::cout << "warcio is not here; deploy/bootstrap.sh --tests installs it\n";
  return records;
}

void expect_what_the_portal_says(const Lives& lives, const ChangingPortal& portal) {
  const auto once = expect_no_second_version(lives.reports());
  const std::string blobs = lives.settings().data_folder + "/blobs";
  const auto newest = portal.newest();
  std::set<std::tuple<std::string, int, int>> seen;
  for (const RawReport& report : once) {
    const std::string text = bytes_of(report.body, blobs);
    const std::string attachment = report.attachments.empty() ? "" : bytes_of(report.attachments[0], blobs);
    const auto version = ChangingPortal::version_of(report, text, attachment);
    EXPECT_TRUE(seen.insert(version).second) << "one version, one event";
    const auto known = newest.find(std::get<0>(version));
    ASSERT_NE(known, newest.end()) << report.url;
    EXPECT_TRUE(std::get<1>(version) <= known->second.first && std::get<2>(version) <= known->second.second) << "nothing is invented";
    expect_record_of(report.body, text, lives.settings().data_folder + "/warc");
    if (!report.attachments.empty()) expect_record_of(report.attachments[0], attachment, lives.settings().data_folder + "/warc");
  }
  for (const auto& version : portal.must()) EXPECT_TRUE(seen.contains(version)) << std::get<0>(version) << " version " << std::get<1>(version) << " is lost";
}

// Moments of a random kill; GOUJI_CRASH_KILLS=1000 for a long run.
int kills_wanted() {
  const char* given = std::getenv("GOUJI_CRASH_KILLS");
  return given != nullptr ? std::atoi(given) : 20;
}

TEST(CrawlerCrash, LosesNoPageOfAPortalAndSendsNoneTwice) {
  std::mt19937_64 random(test_seed());
  const TemporaryFolder data;
  ChangingPortal portal(random);
  portal.change();
  Lives lives(data, portal.source());
  const int wanted = kills_wanted();
  int killed = 0, rounds = 0;
  for (; killed < wanted && rounds < 20 * wanted; ++rounds) {
    killed += lives.kill_one(random, [&] {
      if (random() % 3 == 0) portal.change();
    }) ? 1 : 0;
    if (rounds % 5 != 4) continue;
    ASSERT_EQ(lives.finish(), 0) << "round " << rounds;
    portal.note_as_seen();
  }
  ASSERT_EQ(lives.finish(), 0);
  portal.note_as_seen();
  expect_what_the_portal_says(lives, portal);
  EXPECT_EQ(killed, wanted) << "the kills must fall into the work";
  const std::size_t records = expect_readable(lives.settings().data_folder + "/warc");
  std::cout << killed << " kills in " << rounds << " rounds, " << portal.size() << " pages, " << portal.must().size() << " versions that had to be seen, " << lives.reports().size()
            << " events, " << records << " records of the archive\n";
}

TEST(CrawlerCrash, SurvivesEveryPlaceWhereSomethingBecomesSafe) {
  std::mt19937_64 random(test_seed());
  const TemporaryFolder data;
  ChangingPortal portal(random);
  portal.change();
  Lives lives(data, portal.source());
  for (const char* name : kFailPoints) {
    int killed = 0;
    for (int countdown = 1; countdown <= 3; ++countdown) {
      portal.change();
      killed += lives.kill_at({name, countdown}) ? 1 : 0;
      ASSERT_EQ(lives.finish(), 0) << name;
      portal.note_as_seen();
    }
    EXPECT_GT(killed, 0) << name;
  }
  expect_what_the_portal_says(lives, portal);
  expect_readable(lives.settings().data_folder + "/warc");
}

}  // namespace
}  // namespace gouji::crawler
