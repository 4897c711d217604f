#include "services/crawler/core/season.h"

namespace gouji::crawler {

namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::month;
using std::chrono::month_day;

constexpr milliseconds kShanghai = hours{8};

// Both days belong to the span.
struct Span {
  SeasonProfile profile;
  month_day first, last;
  SeasonWindow window;
};

constexpr month_day day_of(unsigned month_number, unsigned day_number) { return month{month_number} / std::chrono::day{day_number}; }

constexpr SeasonWindow kHot{Heat::kHot, minutes{30}, minutes{120}};
constexpr SeasonWindow kCold{Heat::kCold, hours{24}, hours{7 * 24}};

// The first span that holds the day counts; outside of all it is cold.
constexpr Span kSpans[] = {
    {SeasonProfile::kDepartment, day_of(1, 1), day_of(2, 10), kHot},
    {SeasonProfile::kDepartment, day_of(2, 11), day_of(4, 10), {Heat::kWarm, hours{6}, hours{24}}},
    {SeasonProfile::kGovernment, day_of(3, 1), day_of(4, 10), kHot},
    {SeasonProfile::kGovernment, day_of(1, 1), day_of(2, 29), {Heat::kWarm, hours{2}, hours{6}}},
    {SeasonProfile::kGovernment, day_of(4, 11), day_of(5, 31), {Heat::kWarm, hours{12}, hours{48}}},
    {SeasonProfile::kMinistry, day_of(1, 1), day_of(2, 10), kHot},
};

struct Deadline {
  SeasonProfile profile;
  month_day last_day;  // of the year after the report's
};
constexpr Deadline kDeadlines[] = {
    {SeasonProfile::kDepartment, day_of(1, 31)},
    {SeasonProfile::kGovernment, day_of(3, 31)},
    {SeasonProfile::kMinistry, day_of(1, 31)},
};

}  // namespace

std::string_view to_string(SeasonProfile profile) {
  switch (profile) {
    case SeasonProfile::kDepartment:
      return "department";
    case SeasonProfile::kGovernment:
      return "government";
    case SeasonProfile::kMinistry:
      return "ministry";
    case SeasonProfile::kSteady:
      return "steady";
  }
  return "department";
}

std::optional<SeasonProfile> season_profile(std::string_view name) {
  for (const SeasonProfile profile : kSeasonProfiles) {
    if (to_string(profile) == name) return profile;
  }
  return std::nullopt;
}

std::chrono::year_month_day shanghai_date(UnixMillis at) {
  return std::chrono::floor<std::chrono::days>(std::chrono::sys_time<milliseconds>{milliseconds{at} + kShanghai});
}

UnixMillis shanghai_midnight(std::chrono::year_month_day date) {
  return std::chrono::duration_cast<milliseconds>(std::chrono::sys_days{date}.time_since_epoch()).count() - kShanghai.count();
}

int shanghai_minute(UnixMillis at) {
  return static_cast<int>((at - shanghai_midnight(shanghai_date(at))) / milliseconds{minutes{1}}.count());
}

SeasonWindow season_at(SeasonProfile profile, UnixMillis at, milliseconds steady) {
  if (profile == SeasonProfile::kSteady) return {Heat::kWarm, steady, steady};
  const auto date = shanghai_date(at);
  const month_day today = date.month() / date.day();
  for (const Span& span : kSpans) {
    if (span.profile == profile && span.first <= today && today <= span.last) return span.window;
  }
  return kCold;
}

std::optional<UnixMillis> deadline_of(SeasonProfile profile, int report_year) {
  for (const Deadline& deadline : kDeadlines) {
    if (deadline.profile != profile) continue;
    const std::chrono::sys_days last{std::chrono::year{report_year + 1} / deadline.last_day.month() / deadline.last_day.day()};
    return shanghai_midnight(last + std::chrono::days{1});
  }
  return std::nullopt;
}

}  // namespace gouji::crawler
