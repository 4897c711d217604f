// The circuit breaker of one host: after several faults in a row nothing is asked for a while, twice
// as long each time; then one request tries whether it is well again.
#pragma once

#include <chrono>

namespace gouji::crawler {

// A moment of the monotonic clock.
using Tick = std::chrono::nanoseconds;

struct BreakerRules {
  int faults = 5;  // in a row
  std::chrono::milliseconds rest_min = std::chrono::minutes{15};
  std::chrono::milliseconds rest_max = std::chrono::hours{24};
};

struct Breaker {
  int faults = 0;       // in a row
  int openings = 0;     // in a row
  Tick open_until{0};   // behind it, one request is let through

  bool is_open(Tick now) const { return openings > 0 && now < open_until; }
  // Open, or waiting for the one request that tells.
  bool is_closed() const { return openings == 0; }
  void succeeded() { *this = {}; }
  void failed(const BreakerRules& rules, Tick now);
};

}  // namespace gouji::crawler
