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

// FNV-1a with a final mix: cheap, and the same in every build.
std::uint64_t hash_of(std::string_view key, std::uint64_t salt) {
  std::uint64_t hash = 0xcbf29ce484222325U ^ salt * 0x9e3779b97f4a7c15U;
  for (const char c : key) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  hash = (hash ^ hash >> 33) * 0xff51afd7ed558ccdU;
  return hash ^ hash >> 33;
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

milliseconds next_interval(milliseconds before, bool rows_changed, const SeasonWindow& season) {
  if (before.count() <= 0) return season.shortest;
  const milliseconds next = rows_changed ? before - before * 3 / 10 : before + before * 3 / 10;
  return std::clamp(next, season.shortest, season.longest);
}

milliseconds with_jitter(milliseconds interval, std::string_view key, std::int64_t round) {
  const std::int64_t tenth = interval.count() / 10;
  if (tenth == 0) return interval;
  const auto part = static_cast<std::int64_t>(hash_of(key, static_cast<std::uint64_t>(round)) % static_cast<std::uint64_t>(2 * tenth + 1));
  return interval - milliseconds{tenth} + milliseconds{part};
}

milliseconds spread(std::string_view key, milliseconds width) {
  if (width.count() <= 0) return milliseconds{0};
  return milliseconds{static_cast<std::int64_t>(hash_of(key, 0) % static_cast<std::uint64_t>(width.count()))};
}

}  // namespace gouji::crawler
