#include "services/crawler/host_gate.h"

#include <algorithm>
#include <utility>

#include "services/crawler/robots_book.h"

namespace gouji::crawler {

namespace {

constexpr std::chrono::hours kRobotsLive{24};
constexpr std::chrono::minutes kRobotsRetry{10};
// Nobody waits here for longer than this: what comes later is a matter of schedule.
constexpr std::chrono::milliseconds kLongestWait{10'000};
// Hosts are forgotten above this many; each then only gets its first request a little early.
constexpr std::size_t kHostsMax = 100'000;

}  // namespace

HostGate::HostGate(HostGateOptions options, HttpFetcher& fetcher, const Clock& clock, Wait wait)
    : options_(std::move(options)), fetcher_(fetcher), clock_(clock), wait_(std::move(wait)) {}

Admission HostGate::admit(const Url& url) {
  if (options_.obey_robots) {
    const RobotsEntry& entry = robots_of(url);
    if (entry.had.result != FetchClass::kOk) return entry.had;
    if (!entry.robots.is_allowed(url.path + url.query)) return {FetchClass::kRobots, "robots.txt asks crawlers to stay away"};
  }
  return wait_for_turn(url.host);
}

Admission HostGate::wait_for_turn(const std::string& host) {
  if (next_at_.size() > kHostsMax) next_at_.clear();
  auto& next = next_at_[host];
  const auto now = clock_.monotonic();
  const auto wait = std::max(next - now, std::chrono::nanoseconds{rests_for(host)});
  if (wait > kLongestWait) return {FetchClass::kThrottled, "its host asked for rest"};
  if (wait.count() > 0 && !wait_(std::chrono::ceil<std::chrono::milliseconds>(wait))) return {FetchClass::kStopped, "the crawler is stopping"};
  next = clock_.monotonic() + options_.delay;
  return {};
}

void HostGate::rest(const std::string& host, std::chrono::milliseconds wait) {
  auto& until = rest_until_[host];
  until = std::max(until, clock_.monotonic() + std::chrono::nanoseconds{wait});
}

std::chrono::milliseconds HostGate::rests_for(const std::string& host) const {
  const auto found = rest_until_.find(host);
  if (found == rest_until_.end()) return std::chrono::milliseconds{0};
  return std::max(std::chrono::ceil<std::chrono::milliseconds>(found->second - clock_.monotonic()), std::chrono::milliseconds{0});
}

const HostGate::RobotsEntry& HostGate::robots_of(const Url& url) {
  if (robots_.size() > kHostsMax) robots_.clear();
  RobotsEntry& entry = robots_[origin_of(url)];
  if (entry.fetched_until <= clock_.monotonic()) entry = fetch_robots(url);
  return entry;
}

// RFC 9309, section 2.3.1: no such file allows all; a file that cannot be reached forbids all.
HostGate::RobotsEntry HostGate::fetch_robots(const Url& url) {
  FetchRequest request = RobotsBook::request_for(url);
  request.admit = [this](const Url& hop) { return wait_for_turn(hop.host); };
  const FetchResult fetched = fetcher_.fetch(request);
  RobotsEntry entry;
  const bool is_absent = fetched.status >= 400 && fetched.status < 500 && fetched.result != FetchClass::kThrottled;
  if (fetched.result == FetchClass::kOk) {
    entry.robots = Robots::parse(fetched.body, options_.product);
  } else if (!is_absent && fetched.result != FetchClass::kRedirects) {
    entry.had = {fetched.result, "without its robots.txt: " + fetched.message};
  }
  if (fetched.result == FetchClass::kThrottled) rest(url.host, fetched.retry_after.value_or(kRobotsRetry));
  // A stop or a refusal says nothing about the file: it is asked for again at once.
  const bool is_final = fetched.result != FetchClass::kStopped && fetched.result != FetchClass::kRefusedAddress;
  const std::chrono::nanoseconds live = entry.had.result == FetchClass::kOk ? std::chrono::nanoseconds{kRobotsLive} : std::chrono::nanoseconds{kRobotsRetry};
  entry.fetched_until = is_final ? clock_.monotonic() + live : std::chrono::nanoseconds{0};
  return entry;
}

}  // namespace gouji::crawler
