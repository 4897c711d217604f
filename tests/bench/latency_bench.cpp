// From the append of a document to the anomaly that it causes: `gouji run` works over a local log, this
// program appends reports to it at a steady rate, one in ten with a wrong figure, and follows the topic
// of anomalies.
//
//   latency_bench PATH/gouji [REPORTS_A_SECOND [SECONDS]]      (500 and 20 unless told)
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <thread>

#include "common/core/check.h"
#include "common/core/digest.h"
#include "common/eventlog/local/local_log.h"
#include "common/eventlog/topics.h"
#include "common/events/codec.h"
#include "common/report/raw_report.h"
#include "tests/support/temp_folder.h"

namespace gouji::testing {
namespace {

using namespace eventlog;  // NOLINT: the program is about nothing else
using SteadyClock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

constexpr int kWrongEvery = 10;

std::string sample() {
  std::ifstream file(GOUJI_SAMPLE, std::ios::binary);
  GOUJI_CHECK(file.good());
  return {std::istreambuf_iterator<char>(file), {}};
}

void replace_all(std::string& text, std::string_view what, const std::string& with) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
    text.replace(at, what.size(), with);
}

// A made-up county for each number below 160 000.
std::string organ(int number) {
  constexpr std::array kSyllables{"安", "昌", "德", "丰", "光", "和", "吉", "嘉", "康", "乐",
                                  "宁", "平", "庆", "荣", "瑞", "顺", "泰", "兴", "永", "裕"};
  std::string name = "甲市";
  for (int i = 0; i < 4; ++i, number /= 20) name += kSyllables[static_cast<std::size_t>(number % 20)];
  return name + "县";
}

// The total of the first row of table 3 one too high.
void spoil(std::string& text) {
  const std::size_t row = text.find("一、本年新收");
  const std::size_t end = text.find('\n', row);
  const std::size_t tab = text.rfind('\t', end);
  GOUJI_CHECK(row != std::string::npos && tab > row);
  text.replace(tab + 1, end - tab - 1, std::to_string(std::stoi(text.substr(tab + 1, end - tab - 1)) + 1));
}

std::string organ_of_sample(const std::string& text) { return text.substr(0, text.find("2022")); }

RawReport report_of(const std::string& text, int number, UnixMillis now) {
  RawReport report;
  report.location_id = to_hex(sha256("location " + std::to_string(number))).substr(0, 32);
  report.source_id = "latency";
  report.fetch_sequence = 1;
  report.url = report.final_url = "file:///latency/" + std::to_string(number) + ".txt";
  report.fetched_at = now;
  report.body.name = std::to_string(number) + ".txt";
  report.body.media_type = "text/plain";
  report.body.bytes = text;
  replace_all(report.body.bytes, organ_of_sample(text), organ(number) + "人民政府");
  if (number % kWrongEvery == 0) spoil(report.body.bytes);
  report.body.size = std::ssize(report.body.bytes);
  report.body.sha256 = to_hex(sha256(report.body.bytes));
  report.payload_digest = payload_digest(report.body, {});
  return report;
}

pid_t start_gouji(const char* program, const std::string& data, const std::string& empty) {
  const pid_t child = ::fork();
  GOUJI_CHECK(child >= 0);
  if (child > 0) return child;
  const int nothing = ::open("/dev/null", O_WRONLY);
  ::dup2(nothing, STDOUT_FILENO);
  ::execl(program, program, "run", "--data", data.c_str(), empty.c_str(), nullptr);
  ::_exit(127);
}

std::unique_ptr<EventLog> open_when_there(const std::string& path) {
  OpenOptions options;
  options.mode = LocalMode::kAppend;
  for (int tries = 0; tries < 600; ++tries) {
    auto log = open_local_log({false, path, {}}, options);
    if (log && (*log)->partitions(kAnomalyTopic)) return std::move(*log);
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  std::fprintf(stderr, "gouji run made no log at %s\n", path.c_str());
  std::exit(1);
}

// Reads new anomalies; notes for each document how long it took.
class Follower {
 public:
  explicit Follower(EventLog& log) : log_(log), next_(static_cast<std::size_t>(*log.partitions(kAnomalyTopic)), 0) {}
  void sent(const std::string& raw_id, SteadyClock::time_point at) { sent_.emplace(raw_id, at); }
  void read() {
    for (std::size_t p = 0; p < next_.size(); ++p) {
      const auto batch = log_.read({std::string(kAnomalyTopic), static_cast<std::int32_t>(p)}, next_[p], {});
      GOUJI_CHECK(batch.has_value());
      const auto now = SteadyClock::now();
      for (const StoredRecord& stored : batch->records) {
        const auto anomaly = events::decode_anomaly(stored.record);
        GOUJI_CHECK(anomaly.has_value());
        if (const auto found = sent_.find(anomaly->evidence.raw_id); found != sent_.end()) {
          millis_.push_back(Seconds(now - found->second).count() * 1e3);
          sent_.erase(found);
        }
      }
      next_[p] = batch->next;
    }
  }
  std::size_t waiting() const { return sent_.size(); }
  std::vector<double> millis() && { return std::move(millis_); }

 private:
  EventLog& log_;
  std::vector<std::int64_t> next_;
  std::map<std::string, SteadyClock::time_point> sent_;
  std::vector<double> millis_;
};

int run(const char* program, int rate, int seconds) {
  const TempFolder folder;
  const std::string empty = folder.file("empty");
  GOUJI_CHECK(::mkdir(empty.c_str(), 0700) == 0);
  const pid_t child = start_gouji(program, folder.file("data"), empty);
  const auto log = open_when_there(folder.file("data") + "/log.db");
  auto appender = std::move(*log->open_appender());
  Follower follower(*log);
  const std::string text = sample();
  const auto began = SteadyClock::now();
  const int all = rate * seconds;
  for (int number = 0; number < all || follower.waiting() > 0;) {
    const auto now = SteadyClock::now();
    const int due = std::min(all, static_cast<int>(Seconds(now - began).count() * rate) + 1);
    std::vector<Outgoing> batch;
    std::vector<std::string> ids;
    for (; number < due; ++number) {
      const RawReport report = report_of(text, number, std::chrono::duration_cast<std::chrono::milliseconds>(
                                                           std::chrono::system_clock::now().time_since_epoch()).count());
      batch.push_back({std::string(kRawTopic), std::nullopt, events::encode(report)});
      if (number % kWrongEvery == 0) ids.push_back(events::raw_id(report));
    }
    const auto sent_at = SteadyClock::now();
    for (const std::string& id : ids) follower.sent(id, sent_at);
    if (!batch.empty()) GOUJI_CHECK(appender->append(batch).has_value());
    follower.read();
    if (Seconds(SteadyClock::now() - began).count() > seconds + 120) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  const double took = Seconds(SteadyClock::now() - began).count();
  ::kill(child, SIGTERM);
  ::waitpid(child, nullptr, 0);
  const std::size_t missing = follower.waiting();
  std::vector<double> millis = std::move(follower).millis();
  std::sort(millis.begin(), millis.end());
  GOUJI_CHECK(!millis.empty());
  const auto at = [&](std::size_t per_mille) { return millis[(millis.size() - 1) * per_mille / 1000]; };
  std::printf("%d reports, %d a second, through after %.1f s; %zu anomalies, %zu missing; from append to anomaly: p50 %.0f ms, "
              "p99 %.0f ms, most %.0f ms\n", all, rate, took, millis.size(), missing, at(500), at(990), millis.back());
  return missing == 0 ? 0 : 1;
}

}  // namespace
}  // namespace gouji::testing

int main(int count, char** arguments) {
  if (count < 2) return std::fprintf(stderr, "usage: latency_bench PATH/gouji [REPORTS_A_SECOND [SECONDS]]\n"), 2;
  return gouji::testing::run(arguments[1], count > 2 ? std::atoi(arguments[2]) : 500, count > 3 ? std::atoi(arguments[3]) : 20);
}
