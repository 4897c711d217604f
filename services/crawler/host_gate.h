// Politeness of a tool that fetches a few pages one after the other (`gouji portal check --live`): it
// keeps the distance between them, stays away from hosts that ask for it, and knows what robots.txt
// says. The crawler itself has a queue a host instead (core/frontier.h).
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <string>

#include "common/core/clock.h"
#include "services/crawler/core/fetch_class.h"
#include "services/crawler/core/robots.h"
#include "services/crawler/core/url.h"
#include "services/crawler/io/http_fetcher.h"

namespace gouji::crawler {

struct HostGateOptions {
  std::chrono::milliseconds delay{1'000};
  bool obey_robots = true;
  std::string product;  // the name that robots.txt may address
};

// One thread.
class HostGate {
 public:
  // Waits; returns early, with false, when the crawler stops.
  using Wait = std::function<bool(std::chrono::milliseconds)>;
  HostGate(HostGateOptions options, HttpFetcher& fetcher, const Clock& clock, Wait wait);

  // Waits for the host's turn. kOk when the address may be fetched now; kRobots, kThrottled, or how
  // the fetch of robots.txt failed when it may not.
  Admission admit(const Url& url);
  // The host asked for rest.
  void rest(const std::string& host, std::chrono::milliseconds wait);
  // How long the host still wants rest.
  std::chrono::milliseconds rests_for(const std::string& host) const;

 private:
  struct RobotsEntry {
    Admission had;  // other than kOk: the file cannot be had, stay away
    Robots robots;
    std::chrono::nanoseconds fetched_until{0};
  };
  Admission wait_for_turn(const std::string& host);
  const RobotsEntry& robots_of(const Url& url);
  RobotsEntry fetch_robots(const Url& url);

  HostGateOptions options_;
  HttpFetcher& fetcher_;
  const Clock& clock_;
  Wait wait_;
  std::map<std::string, std::chrono::nanoseconds> next_at_;  // by host
  std::map<std::string, std::chrono::nanoseconds> rest_until_;
  std::map<std::string, RobotsEntry> robots_;  // by origin
};

}  // namespace gouji::crawler
