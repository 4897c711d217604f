// kill -9 at random moments: whatever was being written, the next start loses nothing and makes no
// second version of the same content.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>

#include <filesystem>
#include <chrono>
#include <fstream>
#include <set>
#include <sstream>

#include "tests/integration/crawler_support.h"
#include "tests/support/fake_portal/fake_portal.h"
#include "tests/unit/services/crawler/temporary_folder.h"

namespace gouji::crawler {
namespace {

constexpr int kRounds = 25;
constexpr int kFiles = 40;

// Appends "<ce_id> <location> <sequence> <digest>" lines, durable as a log would be.
Result<void> append_lines(const std::string& path, std::span<const eventlog::Outgoing> records) {
  std::string lines;
  for (const auto& outgoing : records) {
    if (outgoing.topic != eventlog::kRawTopic) continue;
    const auto event = events::decode_raw(outgoing.record);
    const auto* report = event ? std::get_if<RawReport>(&*event) : nullptr;
    if (report == nullptr) return fatal(ErrorCode::kMalformed, "not a report");
    lines += events::raw_id(*report) + " " + report->location_id + " " + std::to_string(report->fetch_sequence) + " " + report->body.sha256 + "\n";
  }
  const int file = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  const bool written = file >= 0 && ::write(file, lines.data(), lines.size()) == static_cast<ssize_t>(lines.size()) && ::fsync(file) == 0;
  if (file >= 0) ::close(file);
  return written ? ok() : Result<void>(unavailable(ErrorCode::kLogUnavailable, "test log"));
}

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

class FailingReader : public DirectListReader {
 public:
  explicit FailingReader(FailPoint& point) : point_(point) {}
  Result<events::ListAnswer> read(const events::ListRequest& request) override {
    point_.pass("a page is read");
    return DirectListReader::read(request);
  }

 private:
  FailPoint& point_;
};

constexpr const char* kFailPoints[] = {"an answer is there", "a document is there", "after the commit", "after the acknowledgement",
                                       "a page is read", "before the log has it", "after the log has it"};

int crawl_in_child(const CrawlerSettings& settings, const Source& source, const std::string& log_path, FailPoint point = {}) {
  AppendOnlyLog log([&](std::span<const eventlog::Outgoing> records) {
    point.pass("before the log has it");
    auto appended = append_lines(log_path, records);
    point.pass("after the log has it");
    return appended;
  });
  runtime::SystemClock clock;
  FailingObserver nobody(point);
  FailingReader lists(point);
  auto crawler = Crawler::open(settings, {source}, {log, clock, nobody, lists});
  if (!crawler) return 2;
  return (*crawler)->run_once() ? 0 : 3;
}

// The child's exit code, or -1 when it was killed after `life`.
int run_child(const CrawlerSettings& settings, const Source& source, const std::string& log_path, std::chrono::microseconds life) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(crawl_in_child(settings, source, log_path));
  if (life.count() > 0) {
    ::usleep(static_cast<useconds_t>(life.count()));
    ::kill(child, SIGKILL);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

// How long the work takes on this machine: a kill later than that hits nothing.
class Life {
 public:
  std::chrono::microseconds draw(std::mt19937_64& random) const {
    return std::chrono::microseconds{random() % static_cast<std::uint64_t>(work_.count()) + 500};
  }
  // Runs the child to its end and learns from it.
  int finish(const CrawlerSettings& settings, const Source& source, const std::string& log_path) {
    const auto start = std::chrono::steady_clock::now();
    const int code = run_child(settings, source, log_path, {});
    work_ = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - start);
    return code;
  }

 private:
  std::chrono::microseconds work_{20'000};
};

struct Line {
  std::string id, location, digest;
  int sequence = 0;
};

// A torn last line was never acknowledged, so it is sent again.
std::vector<Line> lines_of(const std::string& path) {
  std::ifstream file(path);
  std::vector<Line> lines;
  for (std::string text; std::getline(file, text);) {
    std::istringstream words(text);
    Line line;
    words >> line.id >> line.location >> line.sequence >> line.digest;
    if (line.digest.size() == 64) lines.push_back(line);
  }
  return lines;
}

// `versions`: how many contents each document had.
void expect_each_version_once(const std::string& log_path, const std::map<std::string, int>& versions) {
  std::map<std::string, Line> by_id;
  for (const Line& line : lines_of(log_path)) {
    const auto [known, is_new] = by_id.emplace(line.id, line);
    EXPECT_EQ(known->second.digest, line.digest) << "one ce_id, one content; new: " << is_new;
  }
  std::size_t written = 0;
  for (const auto& [name, count] : versions) written += static_cast<std::size_t>(count);
  EXPECT_EQ(by_id.size(), written) << "each version exactly once by its ce_id";
  std::set<std::string> digests;
  std::map<std::string, std::set<int>> sequences;
  for (const auto& [id, line] : by_id) {
    EXPECT_TRUE(digests.insert(line.location + line.digest).second) << "a second version of the same content";
    sequences[line.location].insert(line.sequence);
  }
  for (const auto& [location, numbers] : sequences) EXPECT_EQ(*numbers.rbegin(), static_cast<int>(numbers.size())) << "sequences have no gaps";
}

TEST(CrawlerCrash, LosesNothingAndRepeatsNothingButSendsWhenKilledAtRandomMoments) {
  std::mt19937_64 random(test_seed());
  const TemporaryFolder in, data;
  CrawlerSettings settings;
  settings.data_folder = data / "gouji-data";
  const std::string log_path = data / "log.txt";
  std::map<std::string, int> versions;  // of each file, as written
  int killed = 0;
  Life life;
  for (int round = 0; round < kRounds; ++round) {
    for (int i = 0; i < kFiles; ++i) {
      if (round > 0 && random() % 4 != 0) continue;
      const std::string name = "f" + std::to_string(i);
      // Every eighth is too large for an event: its bytes go through the store.
      in.write(name, name + " version " + std::to_string(++versions[name]) + std::string(i % 8 == 0 ? 600'000 : 0, 'x'));
    }
    killed += run_child(settings, files_source(in.path()), log_path, life.draw(random)) == -1 ? 1 : 0;
    // What was read so far has a version of its own only if it was committed; finish the round so
    // that every version is seen.
    ASSERT_EQ(life.finish(settings, files_source(in.path()), log_path), 0) << "round " << round;
  }
  expect_each_version_once(log_path, versions);
  EXPECT_GT(killed, 5) << "the kills must fall into the work";
}

// A portal that publishes a page with each change and changes some of the others.
class ChangingPortal {
 public:
  explicit ChangingPortal(std::mt19937_64& random) : random_(random) {}
  Source source() const {
    Source source = url_source(portal_.url("/list"));
    source.id = source.location_source = "portal-a";
    source.kind = SourceKind::kList;
    source.hosts = {"127.0.0.1"};
    return source;
  }
  void change() {
    // It stays small, so that a long run is one of many kills and not of many pages.
    if (versions_.size() < 30) {
      const std::string added = "/page" + std::to_string(versions_.size());
      list_ += "<li><a href='" + added + "'>" + added + "</a></li>";
      versions_[added] = 0;
    }
    for (auto& [path, count] : versions_) {
      if (count > 0 && random_() % 4 != 0) continue;
      const std::string tag = "\"" + std::to_string(++count) + "\"";
      const std::string body = path + " version " + tag;
      portal_.on(path, [tag, body](const testing_support::PortalRequest& request) {
        const auto known = request.headers.find("if-none-match");
        if (known != request.headers.end() && known->second == tag) return testing_support::answer(304, "");
        return testing_support::html(body, {"ETag: " + tag});
      });
    }
    portal_.on("/list", testing_support::html(list_));
  }
  const std::map<std::string, int>& versions() const { return versions_; }

 private:
  std::mt19937_64& random_;
  testing_support::FakePortal portal_;
  std::map<std::string, int> versions_;
  std::string list_;
};

CrawlerSettings settings_for(const TemporaryFolder& data) {
  CrawlerSettings settings;
  settings.data_folder = data / "gouji-data";
  settings.host_delay = std::chrono::milliseconds{0};
  settings.host_requests_a_day = 10'000'000;
  settings.allow_net = {"127.0.0.0/8"};
  return settings;
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
  const CrawlerSettings settings = settings_for(data);
  const std::string log_path = data / "log.txt";
  const int wanted = kills_wanted();
  int killed = 0, rounds = 0;
  Life life;
  for (; killed < wanted && rounds < 20 * wanted; ++rounds) {
    if (rounds % 5 == 0) portal.change();
    killed += run_child(settings, portal.source(), log_path, life.draw(random)) == -1 ? 1 : 0;
    // Every version has to be seen once before the next one comes.
    if (rounds % 5 == 4) ASSERT_EQ(life.finish(settings, portal.source(), log_path), 0) << "round " << rounds;
  }
  ASSERT_EQ(life.finish(settings, portal.source(), log_path), 0);
  expect_each_version_once(log_path, portal.versions());
  EXPECT_EQ(killed, wanted) << "the kills must fall into the work";
  std::cout << killed << " kills in " << rounds << " rounds, " << portal.versions().size() << " pages\n";
}

TEST(CrawlerCrash, SurvivesEveryPlaceWhereSomethingBecomesSafe) {
  std::mt19937_64 random(test_seed());
  const TemporaryFolder data;
  ChangingPortal portal(random);
  const CrawlerSettings settings = settings_for(data);
  const std::string log_path = data / "log.txt";
  portal.change();
  for (const char* name : kFailPoints) {
    int killed = 0;
    for (int countdown = 1; countdown <= 3; ++countdown) {
      portal.change();
      const pid_t child = ::fork();
      if (child == 0) ::_exit(crawl_in_child(settings, portal.source(), log_path, {name, countdown}));
      int status = 0;
      ::waitpid(child, &status, 0);
      killed += WIFSIGNALED(status) ? 1 : 0;
      ASSERT_EQ(run_child(settings, portal.source(), log_path, {}), 0) << name;
    }
    EXPECT_GT(killed, 0) << name;
  }
  expect_each_version_once(log_path, portal.versions());
}

}  // namespace
}  // namespace gouji::crawler
