#include "services/crawler/core/schedule.h"

#include <algorithm>
#include <array>

namespace gouji::crawler {

namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::array<milliseconds, 6> kVerifyAfter = {hours{1}, hours{24}, hours{72}, hours{168}, hours{720}, hours{2'160}};
constexpr milliseconds kRetryMin = seconds{30};
constexpr milliseconds kRetryMax = hours{6};
constexpr milliseconds kRefusedFor = hours{24};
constexpr milliseconds kGoneAgainAfter = hours{24} + seconds{1};

milliseconds retry_wait(const Attempt& attempt) {
  const auto doublings = std::clamp<std::int64_t>(attempt.failures - 1, 0, 16);
  const milliseconds wait = std::min(kRetryMin * (std::int64_t{1} << doublings), kRetryMax);
  return std::max(wait, attempt.retry_after.value_or(milliseconds{0}));
}

milliseconds verify_wait(std::int64_t fetches) {
  const auto step = static_cast<std::size_t>(std::clamp<std::int64_t>(fetches - 1, 0, std::ssize(kVerifyAfter) - 1));
  return kVerifyAfter[step];
}

}  // namespace

UnixMillis next_look(const Attempt& attempt, SourceKind kind, milliseconds interval) {
  if (is_refusal(attempt.result)) return attempt.at + kRefusedFor.count();
  switch (sight_of(attempt.result)) {
    case Sight::kContent:
    case Sight::kUnchanged:
      return attempt.at + (kind == SourceKind::kList ? verify_wait(attempt.fetches) : interval).count();
    case Sight::kGone:
      // Far enough apart for the second sighting to count.
      return attempt.at + kGoneAgainAfter.count();
    case Sight::kTransient:
      break;
  }
  return attempt.at + retry_wait(attempt).count();
}

UnixMillis next_listing(const Attempt& attempt, milliseconds interval) {
  const bool went_well = attempt.result == FetchClass::kOk || attempt.result == FetchClass::kNotModified;
  return attempt.at + (went_well ? interval : retry_wait(attempt)).count();
}

}  // namespace gouji::crawler
