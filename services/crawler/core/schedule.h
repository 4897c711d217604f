// When to look at an address again.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "common/core/clock.h"
#include "services/crawler/core/fetch_class.h"
#include "services/crawler/core/season.h"
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

// The interval after a listing: 30 % shorter when its accepted rows changed, 30 % longer when they
// did not, within the season's bounds. `before` 0 = none yet: the shortest.
std::chrono::milliseconds next_interval(std::chrono::milliseconds before, bool rows_changed, const SeasonWindow& season);
// The interval, up to 10 % shorter or longer: the same for one key and round, different for others,
// so that what began together drifts apart.
std::chrono::milliseconds with_jitter(std::chrono::milliseconds interval, std::string_view key, std::int64_t round);
// Where in `width` the first look of a start lies, so that a restart asks not everybody at once.
std::chrono::milliseconds spread(std::string_view key, std::chrono::milliseconds width);

}  // namespace gouji::crawler
