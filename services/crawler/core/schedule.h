// When to look at an address again. Later depth (seasons, adaptive intervals) has its place here.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "common/core/clock.h"
#include "services/crawler/core/fetch_class.h"
#include "services/crawler/core/source.h"

namespace gouji::crawler {

struct Attempt {
  FetchClass result = FetchClass::kOk;
  UnixMillis at = 0;
  std::int64_t fetches = 0;   // that went well, this one included
  std::int64_t failures = 0;  // in a row, this one included
  std::optional<std::chrono::milliseconds> retry_after;
};

// Documents of a list are verified after 1 h, 1, 3, 7, 30 and 90 days, a single address at its
// interval; faults wait 30 s, doubled up to 6 h, and at least as long as the server asks; refusals a day.
UnixMillis next_look(const Attempt& attempt, SourceKind kind, std::chrono::milliseconds interval);
// Of the list page itself: its interval, or sooner after a fault, and at least as long as the server asks.
UnixMillis next_listing(const Attempt& attempt, std::chrono::milliseconds interval);

}  // namespace gouji::crawler
