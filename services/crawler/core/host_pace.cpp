#include "services/crawler/core/host_pace.h"

#include <algorithm>

#include "services/crawler/core/http_rules.h"
#include "services/crawler/core/season.h"

namespace gouji::crawler {

namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr UnixMillis kDay = 86'400'000;

UnixMillis day_of(UnixMillis wall) { return shanghai_midnight(shanghai_date(wall)); }

// How long until the host may be asked at this time of day; 0 = now.
milliseconds until_open(const PaceRules& rules, UnixMillis wall) {
  const int minute = shanghai_minute(wall);
  const int length = rules.closes_at - rules.opens_at + (rules.closes_at < rules.opens_at ? 24 * 60 : 0);
  const int since = (minute - rules.opens_at + 24 * 60) % (24 * 60);
  if (since < length) return milliseconds{0};
  const UnixMillis into_minute = (wall - day_of(wall)) % 60'000;
  return milliseconds{(24 * 60 - since) * 60'000LL - into_minute};
}

// A wall time as a moment of the monotonic clock, at most `longest` away.
Tick tick_of(UnixMillis wall, const Now& now, milliseconds longest) {
  return now.tick + milliseconds{std::clamp<UnixMillis>(wall - now.wall, 0, longest.count())};
}

UnixMillis wall_of(Tick tick, const Now& now) {
  if (tick <= now.tick) return 0;
  return now.wall + std::chrono::ceil<milliseconds>(tick - now.tick).count();
}

}  // namespace

bool is_fault_of_host(const HostAnswer& answer) {
  switch (answer.result) {
    case FetchClass::kDns:
    case FetchClass::kConnect:
    case FetchClass::kTls:
    case FetchClass::kTimeout:
    case FetchClass::kTruncated:
    case FetchClass::kThrottled:
      return true;
    case FetchClass::kHttpError:
      return answer.status >= 500;
    default:
      return false;
  }
}

milliseconds HostPace::delay(const PaceRules& rules) const {
  microseconds wait = std::max<microseconds>(rules.delay_min, microseconds{penalty_us_});
  if (rules.delay_min.count() > 0) wait = std::max(wait, microseconds{2 * latency_us_});
  wait = std::max<microseconds>(wait, robots_delay);
  return std::chrono::ceil<milliseconds>(std::min<microseconds>(wait, std::max(rules.delay_max, rules.delay_min)));
}

// A wall clock that went back does not give a day twice, and cannot hold one for longer than a day.
bool HostPace::is_new_day(const Now& now) const { return day_of(now.wall) > budget_day_ || now.tick - budget_since_ >= milliseconds{kDay}; }

Tick HostPace::allowed_at(const PaceRules& rules, const Now& now) const {
  Tick at = std::max({now.tick, next_at_, rest_until_});
  if (!breaker_.is_closed()) at = std::max(at, breaker_.open_until);
  if (budget_used_ >= rules.requests_a_day && !is_new_day(now)) at = std::max(at, now.tick + milliseconds{std::clamp<UnixMillis>(budget_day_ + kDay - now.wall, 1, kDay)});
  const auto opens = until_open(rules, now.wall);
  return opens.count() > 0 ? std::max(at, now.tick + opens) : at;
}

void HostPace::started(const PaceRules& rules, const Now& now) {
  next_at_ = now.tick + delay(rules);
  if (is_new_day(now)) {
    budget_day_ = day_of(now.wall);
    budget_since_ = now.tick;
    budget_used_ = 0;
  }
  budget_used_ += 1;
}

void HostPace::rest_until(Tick until) { rest_until_ = std::max(rest_until_, until); }

void HostPace::answered(const PaceRules& rules, const HostAnswer& answer, const Now& now) {
  if (answer.result == FetchClass::kStopped || answer.result == FetchClass::kRefusedAddress || answer.result == FetchClass::kRobots) return;
  const std::int64_t latency = microseconds{answer.latency}.count();
  const bool went_well = answer.result == FetchClass::kOk || answer.result == FetchClass::kNotModified;
  // What fails fast must not make the next request come sooner.
  if (went_well || latency > latency_us_) latency_us_ = latency_us_ == 0 ? latency : latency_us_ + (latency - latency_us_) / 4;
  if (answer.result == FetchClass::kThrottled) {
    penalty_us_ = std::min(2 * std::max(microseconds{delay(rules)}.count(), std::int64_t{1'000}), microseconds{rules.delay_max}.count());
    rest_until(now.tick + std::min(answer.retry_after.value_or(milliseconds{0}), kRetryAfterMax));
  } else if (went_well) {
    penalty_us_ -= penalty_us_ / 20;
    if (penalty_us_ <= microseconds{rules.delay_min}.count()) penalty_us_ = 0;
  }
  if (is_fault_of_host(answer)) {
    breaker_.failed(rules.breaker, now.tick);
  } else {
    breaker_.succeeded();
  }
  next_at_ = std::max(next_at_, now.tick + (penalty_us_ > 0 ? delay(rules) : milliseconds{0}));
}

HostPace::Memory HostPace::memory(const Now& now) const {
  return {latency_us_, penalty_us_, breaker_.faults, breaker_.openings, wall_of(breaker_.open_until, now), wall_of(rest_until_, now), budget_day_, budget_used_};
}

HostPace HostPace::from(const Memory& memory, const PaceRules& rules, const Now& now) {
  HostPace pace;
  const std::int64_t longest = microseconds{rules.delay_max}.count();
  pace.latency_us_ = std::clamp<std::int64_t>(memory.latency_us, 0, longest);
  pace.penalty_us_ = std::clamp<std::int64_t>(memory.penalty_us, 0, longest);
  pace.breaker_ = {std::max(memory.faults, 0), std::clamp(memory.openings, 0, 17), tick_of(memory.open_until, now, rules.breaker.rest_max)};
  pace.rest_until_ = tick_of(memory.rest_until, now, kRetryAfterMax);
  // A budget of a day to come was written by a clock that was wrong.
  if (memory.budget_day <= now.wall) {
    pace.budget_day_ = memory.budget_day;
    pace.budget_since_ = now.tick;
    pace.budget_used_ = std::max<std::int64_t>(memory.budget_used, 0);
  }
  return pace;
}

}  // namespace gouji::crawler
