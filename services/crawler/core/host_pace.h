// What one host has to bear: the distance between two requests, its own wishes (Retry-After,
// Crawl-delay), a daily budget, the hours it may be asked in, and the breaker.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "common/core/clock.h"
#include "services/crawler/core/breaker.h"
#include "services/crawler/core/fetch_class.h"

namespace gouji::crawler {

// Both clocks: waits are counted on the one that never jumps, days and hours on the other.
struct Now {
  Tick tick{0};
  UnixMillis wall = 0;
};

struct PaceRules {
  // Start to start; 0 switches the wait off, what the host itself asks for stays.
  std::chrono::milliseconds delay_min{1'000};
  std::chrono::milliseconds delay_max{60'000};
  std::int64_t requests_a_day = 20'000;  // a day of Shanghai
  std::uint32_t concurrency = 1;         // requests in flight
  int opens_at = 0, closes_at = 24 * 60; // minutes of a day of Shanghai; equal = never open; may pass midnight
  BreakerRules breaker;
};

struct HostAnswer {
  FetchClass result = FetchClass::kOk;
  int status = 0;  // of HTTP; 0 = no answer
  std::chrono::milliseconds latency{0};
  std::optional<std::chrono::milliseconds> retry_after;
  std::chrono::milliseconds sent_after{0};  // from the start until the request was on its way: name, connection
};

class HostPace {
 public:
  // The first moment from `now` on at which a request may start.
  Tick allowed_at(const PaceRules& rules, const Now& now) const;
  std::chrono::milliseconds delay(const PaceRules& rules) const;
  void started(const PaceRules& rules, const Now& now);
  // The breaker and the delay learn from it. A stop or a refusal of ours says nothing about the host.
  void answered(const PaceRules& rules, const HostAnswer& answer, const Now& now);
  void rest_until(Tick until);
  // Crawl-delay of robots.txt, from the request that began last on.
  void set_robots_delay(const PaceRules& rules, std::chrono::milliseconds delay);

  const Breaker& breaker() const { return breaker_; }

  // What outlives the process, with times of the wall clock.
  struct Memory {
    std::int64_t latency_us = 0, penalty_us = 0;
    int faults = 0, openings = 0;
    UnixMillis open_until = 0, rest_until = 0;
    UnixMillis budget_day = 0;  // its midnight
    std::int64_t budget_used = 0;
    friend bool operator==(const Memory&, const Memory&) = default;
  };
  Memory memory(const Now& now) const;
  // Waits that a clock which jumped would make endless are cut to the longest that is ever asked for.
  static HostPace from(const Memory& memory, const PaceRules& rules, const Now& now);

 private:
  bool is_new_day(const Now& now) const;

  std::int64_t latency_us_ = 0;  // exponentially weighted
  std::int64_t penalty_us_ = 0;  // a delay that the host earned by refusing
  std::chrono::milliseconds robots_delay_{0};
  Tick started_at_{0}, next_at_{0}, rest_until_{0};
  Breaker breaker_;
  UnixMillis budget_day_ = 0;
  Tick budget_since_{0};
  std::int64_t budget_used_ = 0;
};

// Whether an answer counts against the host: it failed as a whole, not for one page.
bool is_fault_of_host(const HostAnswer& answer);

}  // namespace gouji::crawler
