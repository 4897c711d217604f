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

int crawl_in_child(const CrawlerSettings& settings, const Source& source, const std::string& log_path) {
  AppendOnlyLog log([&](std::span<const eventlog::Outgoing> records) { return append_lines(log_path, records); });
  runtime::SystemClock clock;
  CrawlerObserver nobody;
  DirectListReader lists;
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

TEST(CrawlerCrash, LosesNoPageOfAPortalAndSendsNoneTwice) {
  std::mt19937_64 random(test_seed());
  const TemporaryFolder data;
  testing_support::FakePortal portal;
  CrawlerSettings settings;
  settings.data_folder = data / "gouji-data";
  settings.host_delay = std::chrono::milliseconds{0};
  settings.allow_net = {"127.0.0.0/8"};
  Source source = url_source(portal.url("/list"));
  source.id = source.location_source = "portal-a";
  source.kind = SourceKind::kList;
  source.hosts = {"127.0.0.1"};
  const std::string log_path = data / "log.txt";
  std::map<std::string, int> versions;
  std::string list;
  int killed = 0;
  Life life;
  for (int round = 0; round < kRounds; ++round) {
    const std::string added = "/page" + std::to_string(round);
    list += "<li><a href='" + added + "'>" + added + "</a></li>";
    versions[added] = 0;
    for (auto& [path, count] : versions) {
      if (count > 0 && random() % 4 != 0) continue;
      const std::string tag = "\"" + std::to_string(++count) + "\"";
      const std::string body = path + " version " + tag;
      portal.on(path, [tag, body](const testing_support::PortalRequest& request) {
        const auto known = request.headers.find("if-none-match");
        if (known != request.headers.end() && known->second == tag) return testing_support::answer(304, "");
        return testing_support::html(body, {"ETag: " + tag});
      });
    }
    portal.on("/list", testing_support::html(list));
    killed += run_child(settings, source, log_path, life.draw(random)) == -1 ? 1 : 0;
    ASSERT_EQ(life.finish(settings, source, log_path), 0) << "round " << round;
  }
  expect_each_version_once(log_path, versions);
  EXPECT_GT(killed, 5) << "the kills must fall into the work";
}

}  // namespace
}  // namespace gouji::crawler
