// What the crawler costs. One measurement a command; figures are lines of "name value".
//
//   crawler_bench fetch BASE PAGES IN_FLIGHT   pages BASE/0 … BASE/PAGES-1, twice: new, then unchanged
//   crawler_bench pace BASE HOSTS SECONDS      one request a second to each of 127.0.0.2 …; BASE is a path
//                                              with its port, ":8080/p"
//   crawler_bench sources COUNT DOCUMENTS      memory of a schedule
//   crawler_bench state ROUNDS                 one state change, in groups of 64 and alone
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "common/core/check.h"
#include "common/core/id.h"
#include "common/runtime/system_clock.h"
#include "services/crawler/core/url.h"
#include "services/crawler/crawler.h"
#include "services/crawler/io/state.h"
#include "services/crawler/core/portal_file.h"
#include "tests/support/crawler_parts.h"
#include "tests/support/temp_folder.h"

namespace gouji::crawler {
namespace {

using Seconds = std::chrono::duration<double>;

void print(const char* name, double value) { std::printf("%s %.3f\n", name, value); }

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) { return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6; };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double resident_mib() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) return std::strtod(line.c_str() + 6, nullptr) / 1024;
  }
  return 0;
}

// Rows are known without a page.
class NoPages : public PageReader {
 public:
  Result<PageAnswer> read_page(const PageRequest&) override { return invalid_input(ErrorCode::kMalformed, "no pages here"); }
};

// As a portal file has it: the rules of its family under its own.
Source portal_at(const std::string& list, const std::string& host, const std::string& id) {
  const auto parsed = parse_portal_file(R"({"schema":1,"id":")" + id + R"(","family":"trs-static","organ":{"name":"某市教育局)" + id + R"("},"hosts":[")" + host +
                                            R"("],"lists":[{"id":"nb","request":{"url":")" + list + R"("}}]})", id);
  if (!parsed) std::fprintf(stderr, "%s\n", parsed.error().message.c_str());
  GOUJI_CHECK(parsed.has_value());
  return *parsed;
}

class Facts : public CrawlerObserver {
 public:
  void frontier(const FrontierFacts& facts) override { waiting = facts.waiting; }
  std::atomic<std::size_t> waiting = 0;
};

CrawlerSettings settings_in(const std::string& folder) {
  CrawlerSettings settings;
  settings.data_folder = folder;
  settings.host_delay = std::chrono::milliseconds{0};
  settings.allow_net = {"127.0.0.0/8"};
  settings.host_requests_a_day = 10'000'000;
  return settings;
}

struct Ground {
  AppendOnlyLog log{[](std::span<const eventlog::Outgoing>) { return ok(); }};
  runtime::SystemClock clock;
  NoPages pages;
  Facts facts;
  std::unique_ptr<Crawler> open(CrawlerSettings settings, std::vector<Source> sources) {
    auto crawler = Crawler::open(std::move(settings), std::move(sources), {log, clock, facts, pages});
    if (!crawler) std::fprintf(stderr, "%s\n", crawler.error().message.c_str());
    GOUJI_CHECK(crawler.has_value());
    return std::move(*crawler);
  }
};

// A list with documents that are known and not fetched yet.
void fill(State& state, const Source& source, const std::vector<std::string>& documents, UnixMillis due) {
  StateChange change;
  UrlRow list;
  list.id = state.new_url_id();
  list.source_id = source.location_source;
  list.kind = UrlKind::kList;
  list.address = "list:nb";
  list.host = parse_url(source.address)->host;
  list.due_at = due;
  change.urls.push_back(list);
  for (const std::string& address : documents) {
    UrlRow row = list;
    row.id = state.new_url_id();
    row.kind = UrlKind::kArticle;
    row.address = address;
    row.location_id = location_id(source.location_source, row.address);
    Location location;
    location.id = row.location_id;
    location.source_id = row.source_id;
    location.address = row.address;
    change.urls.push_back(std::move(row));
    change.locations.push_back(std::move(location));
  }
  GOUJI_CHECK(state.commit(change).has_value());
}

void fetch(const std::string& base, int pages, int in_flight) {
  const testing::TempFolder folder;
  CrawlerSettings settings = settings_in(folder.file("data"));
  settings.host_concurrency = settings.fetches_in_flight = in_flight;
  settings.archive = false;  // compression and fsync are no part of the comparison
  Portal portal = *portal_at(base + "/0", "127.0.0.1", "portal").portal;
  portal.politeness.min_delay = std::chrono::milliseconds{0};
  const Source source = source_of(std::move(portal));
  std::vector<std::string> documents;
  for (int i = 0; i < pages; ++i) documents.push_back(base + "/" + std::to_string(i));
  {
    Ground ground;
    ground.open(settings, {});
    fill(**State::open(settings.data_folder + "/crawler.db"), source, documents, 0);
  }
  for (const char* pass : {"new", "same"}) {
    Ground ground;
    const auto crawler = ground.open(settings, {source});
    const double cpu = cpu_seconds();
    const auto begin = std::chrono::steady_clock::now();
    const auto summary = crawler->run_once();
    const double took = Seconds(std::chrono::steady_clock::now() - begin).count();
    // The list is none: that is its one failure.
    GOUJI_CHECK(summary && summary->failures == 1 && summary->documents == pages);
    print((std::string(pass) + "_pages_per_second").c_str(), pages / took);
    print((std::string(pass) + "_cpu_us_per_page").c_str(), (cpu_seconds() - cpu) * 1e6 / pages);
  }
}

void pace(const std::string& base, int hosts, int seconds) {
  const testing::TempFolder folder;
  std::vector<Source> sources;
  for (int i = 0; i < hosts * seconds; ++i) {
    sources.push_back(url_source("http://127.0.0." + std::to_string(2 + i % hosts) + base + "/" + std::to_string(i / hosts)));
  }
  CrawlerSettings settings = settings_in(folder.file("data"));
  {
    Ground ground;  // the first look is another matter: it makes events
    GOUJI_CHECK(ground.open(settings, sources)->run_once()->failures == 0);
  }
  settings.host_delay = std::chrono::milliseconds{1'000};
  Ground ground;
  const auto crawler = ground.open(settings, sources);
  print("begin", Seconds(std::chrono::system_clock::now().time_since_epoch()).count());
  const double cpu = cpu_seconds();
  const auto begin = std::chrono::steady_clock::now();
  GOUJI_CHECK(crawler->run_once()->failures == 0);
  const double took = Seconds(std::chrono::steady_clock::now() - begin).count();
  print("requests_per_second", hosts * seconds / took);
  print("cpu_percent", (cpu_seconds() - cpu) * 100 / took);
}

void sources(int count, int documents) {
  const testing::TempFolder folder;
  const CrawlerSettings settings = settings_in(folder.file("data"));
  runtime::SystemClock clock;
  std::vector<Source> all;
  for (int i = 0; i < count; ++i) {
    const std::string host = "www.h" + std::to_string(i) + ".gov.cn";
    all.push_back(portal_at("http://" + host + "/col/col1229116940/", host, "cn-" + std::to_string(i)));
  }
  {
    Ground ground;
    ground.open(settings, {});
    const auto state = State::open(settings.data_folder + "/crawler.db");
    for (const Source& source : all) {
      std::vector<std::string> addresses;
      for (int i = 0; i < documents; ++i) addresses.push_back(source.address + "art/2024/1/25/art_1229116940_" + std::to_string(i) + ".html");
      fill(**state, source, addresses, clock.unix_millis() + 86'400'000);
    }
  }
  Ground ground;
  const double before = resident_mib();  // with the portal files
  const auto begin = std::chrono::steady_clock::now();
  const auto crawler = ground.open(settings, std::move(all));
  std::thread runner([&] { GOUJI_CHECK(crawler->run().has_value()); });
  while (ground.facts.waiting < static_cast<std::size_t>(count) * static_cast<std::size_t>(1 + documents)) std::this_thread::sleep_for(std::chrono::milliseconds{1});
  print("ready_seconds", Seconds(std::chrono::steady_clock::now() - begin).count());
  const double cpu = cpu_seconds();
  std::this_thread::sleep_for(std::chrono::seconds{5});
  print("idle_cpu_percent", (cpu_seconds() - cpu) * 100 / 5);
  print("sources_before_mib", before);
  print("resident_mib", resident_mib());
  crawler->stop();
  runner.join();
}

void state(int rounds) {
  const testing::TempFolder folder;
  const auto opened = State::open(folder.file("crawler.db"));
  GOUJI_CHECK(opened.has_value());
  State& state = **opened;
  for (const std::size_t group : {std::size_t{64}, std::size_t{1}}) {
    const double cpu = cpu_seconds();
    const auto begin = std::chrono::steady_clock::now();
    for (int round = 0; round < rounds; ++round) {
      StateChange change;
      for (std::size_t i = 0; i < group; ++i) {
        const std::string number = std::to_string((static_cast<std::size_t>(round) * group + i) % 50'000);
        Location location;
        location.id = std::string(32 - number.size(), '0') + number;
        location.source_id = "s";
        location.address = "http://www.a.gov.cn/art/2024/1/25/art_1229116940_" + number + ".html";
        location.known.payload_digest = std::string(64, 'a');
        UrlRow row;
        row.id = 1 + (round * static_cast<std::int64_t>(group) + static_cast<std::int64_t>(i)) % 50'000;
        row.source_id = "s";
        row.address = location.address;
        row.host = "www.a.gov.cn";
        row.location_id = location.id;
        change.locations.push_back(std::move(location));
        change.urls.push_back(std::move(row));
      }
      GOUJI_CHECK(state.commit(change).has_value());
    }
    const double took = Seconds(std::chrono::steady_clock::now() - begin).count();
    print(group == 1 ? "alone_us" : "grouped_us", took * 1e6 / (rounds * static_cast<double>(group)));
    print(group == 1 ? "alone_cpu_us" : "grouped_cpu_us", (cpu_seconds() - cpu) * 1e6 / (rounds * static_cast<double>(group)));
  }
}

int run(const std::vector<std::string>& words) {
  const auto number = [&](std::size_t i) { return std::atoi(words[i].c_str()); };
  if (words.size() == 4 && words[0] == "fetch") return fetch(words[1], number(2), number(3)), 0;
  if (words.size() == 4 && words[0] == "pace") return pace(words[1], number(2), number(3)), 0;
  if (words.size() == 3 && words[0] == "sources") return sources(number(1), number(2)), 0;
  if (words.size() == 2 && words[0] == "state") return state(number(1)), 0;
  std::fprintf(stderr, "usage: crawler_bench fetch BASE PAGES IN_FLIGHT | pace BASE HOSTS SECONDS | sources COUNT DOCUMENTS | state ROUNDS\n");
  return 64;
}

}  // namespace
}  // namespace gouji::crawler

int main(int argc, char** argv) { return gouji::crawler::run({argv + 1, argv + argc}); }
