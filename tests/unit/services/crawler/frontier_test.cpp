// The scheduler with a simulated clock: order, pace, breaker, budget, hours, clocks that jump.
#include "services/crawler/core/frontier.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "services/crawler/core/season.h"
#include "tests/support/seed.h"

namespace gouji::crawler {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr UnixMillis kNoon = 1'705'809'600'000;  // 2024-01-21 12:00 in Shanghai

// Both clocks, moved by hand; `jump` moves the wall clock alone.
struct Time {
  Now now{seconds{1'000}, kNoon};
  void advance(milliseconds by) {
    now.tick += by;
    now.wall += by.count();
  }
  void jump(milliseconds by) { now.wall += by.count(); }
};

PaceRules one_second() {
  PaceRules rules;
  rules.delay_min = seconds{1};
  return rules;
}

HostAnswer ok_after(milliseconds latency) { return {FetchClass::kOk, 200, latency, std::nullopt}; }
HostAnswer fault() { return {FetchClass::kTimeout, 0, milliseconds{10}, std::nullopt}; }

TEST(Frontier, GivesTheMostUrgentDueTaskOfAHostFirst) {
  Time time;
  Frontier frontier({});
  const auto host = frontier.host("a", one_second());
  const std::vector<Priority> mixed = {Priority::kBackfill, Priority::kAttachment, Priority::kVerify, Priority::kHotList, Priority::kNextHop, Priority::kColdList, Priority::kNewArticle};
  for (std::size_t i = 0; i < mixed.size(); ++i) frontier.add(host, {static_cast<std::int64_t>(i), mixed[i], time.now.tick}, time.now);
  frontier.add(host, {99, Priority::kNextHop, time.now.tick + hours{1}}, time.now);
  std::vector<Priority> order;
  for (std::size_t i = 0; i < mixed.size(); ++i) {
    const auto granted = frontier.next(time.now);
    ASSERT_TRUE(granted);
    order.push_back(granted->priority);
    EXPECT_FALSE(frontier.next(time.now)) << "one at a time";
    frontier.done(granted->host, ok_after(milliseconds{10}), time.now);
    EXPECT_FALSE(frontier.next(time.now)) << "the delay is not over";
    time.advance(seconds{1});
  }
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
  EXPECT_FALSE(frontier.next(time.now)) << "not due";
}

TEST(Frontier, NeverAsksAHostTwiceAtOnceOrTooSoonWhateverHappens) {
  std::mt19937_64 random(gouji::testing::seed());
  Time time;
  Frontier frontier({8});
  std::map<Frontier::Host, Tick> last;
  std::set<Frontier::Host> busy;
  std::int64_t id = 0, given = 0;
  for (int step = 0; step < 20'000; ++step) {
    if (random() % 3 == 0) {
      const auto host = frontier.host("h" + std::to_string(random() % 20), one_second());
      frontier.add(host, {++id, static_cast<Priority>(random() % 7), time.now.tick + milliseconds{random() % 5'000}}, time.now);
    }
    while (const auto granted = frontier.next(time.now)) {
      EXPECT_TRUE(busy.insert(granted->host).second);
      EXPECT_LE(granted->due_at, time.now.tick);
      if (last.contains(granted->host)) {
        EXPECT_GE(time.now.tick - last[granted->host], seconds{1});
      }
      last[granted->host] = time.now.tick;
      ++given;
    }
    EXPECT_LE(busy.size(), 8U);
    if (!busy.empty() && random() % 2 == 0) {
      const auto host = *std::next(busy.begin(), static_cast<std::ptrdiff_t>(random() % busy.size()));
      busy.erase(host);
      frontier.done(host, ok_after(milliseconds{random() % 300}), time.now);
    }
    time.advance(milliseconds{random() % 200});
  }
  EXPECT_GT(given, 1'000);
  // What is left comes in the end: nothing is lost.
  while (frontier.waiting() + busy.size() > 0) {
    while (const auto granted = frontier.next(time.now)) busy.insert(granted->host), ++given;
    for (const auto host : std::exchange(busy, {})) frontier.done(host, ok_after(milliseconds{1}), time.now);
    time.advance(seconds{1});
  }
  EXPECT_EQ(given, id);
}

TEST(Frontier, KeepsToTheMostCarefulWishOfAHostsSources) {
  Time time;
  Frontier frontier({});
  PaceRules eager;
  eager.delay_min = milliseconds{0};
  eager.concurrency = 2;
  const auto host = frontier.host("a", eager);
  for (int i = 0; i < 5; ++i) frontier.add(host, {i, Priority::kVerify, time.now.tick}, time.now);
  EXPECT_TRUE(frontier.next(time.now));
  EXPECT_TRUE(frontier.next(time.now));
  EXPECT_FALSE(frontier.next(time.now)) << "two at a time";
  EXPECT_EQ(frontier.host("a", one_second()), host);
  frontier.done(host, ok_after(milliseconds{1}), time.now);
  EXPECT_FALSE(frontier.next(time.now)) << "another source wants one at a time";
  frontier.done(host, ok_after(milliseconds{1}), time.now);
  time.advance(milliseconds{999});
  EXPECT_FALSE(frontier.next(time.now)) << "and a second between them";
  time.advance(milliseconds{2});
  EXPECT_TRUE(frontier.next(time.now));
}

TEST(Frontier, SaysWhenItHasSomethingToGive) {
  Time time;
  Frontier frontier({});
  EXPECT_EQ(frontier.next_at(), std::nullopt);
  const auto host = frontier.host("a", one_second());
  frontier.add(host, {1, Priority::kVerify, time.now.tick + minutes{5}}, time.now);
  EXPECT_EQ(frontier.next_at(), time.now.tick + minutes{5});
  frontier.add(host, {2, Priority::kVerify, time.now.tick + minutes{1}}, time.now);
  EXPECT_EQ(frontier.next_at(), time.now.tick + minutes{1});
  time.advance(minutes{1});
  ASSERT_TRUE(frontier.next(time.now));
  EXPECT_EQ(frontier.next_at(), std::nullopt) << "the host is busy";
  frontier.done(host, ok_after(milliseconds{1}), time.now);
  EXPECT_EQ(frontier.next_at(), time.now.tick + minutes{4});
}

TEST(Frontier, CountsWhatIsDueAndHowLate) {
  Time time;
  Frontier frontier({});
  const auto host = frontier.host("a", one_second());
  frontier.add(host, {1, Priority::kVerify, time.now.tick - seconds{7}}, time.now);
  frontier.add(host, {2, Priority::kVerify, time.now.tick + seconds{7}}, time.now);
  EXPECT_EQ(frontier.lag(time.now).due, 1U);
  EXPECT_EQ(frontier.lag(time.now).longest, seconds{7});
}

TEST(HostPace, SlowsDownForASlowHostAndForOneThatRefuses) {
  Time time;
  const PaceRules rules = one_second();
  HostPace pace;
  EXPECT_EQ(pace.delay(rules), seconds{1});
  pace.answered(rules, ok_after(seconds{4}), time.now);
  EXPECT_EQ(pace.delay(rules), seconds{8}) << "twice the latency";
  HostPace refused;
  const HostAnswer no{FetchClass::kThrottled, 429, milliseconds{5}, std::nullopt};
  refused.answered(rules, no, time.now);
  EXPECT_EQ(refused.delay(rules), seconds{2});
  refused.answered(rules, no, time.now);
  EXPECT_EQ(refused.delay(rules), seconds{4});
  refused.answered(rules, {FetchClass::kGone, 404, milliseconds{1}, std::nullopt}, time.now);
  EXPECT_EQ(refused.delay(rules), seconds{4}) << "only a success makes it faster";
  refused.answered(rules, ok_after(milliseconds{5}), time.now);
  EXPECT_EQ(refused.delay(rules), milliseconds{3'800});
  for (int i = 0; i < 100; ++i) refused.answered(rules, ok_after(milliseconds{5}), time.now);
  EXPECT_EQ(refused.delay(rules), seconds{1});
  for (int i = 0; i < 100; ++i) refused.answered(rules, no, time.now);
  EXPECT_EQ(refused.delay(rules), seconds{60}) << "and no slower than this";
}

TEST(HostPace, RestsAsLongAsTheHostAsks) {
  Time time;
  const PaceRules rules = one_second();
  HostPace pace;
  pace.answered(rules, {FetchClass::kThrottled, 503, milliseconds{5}, minutes{10}}, time.now);
  EXPECT_EQ(pace.allowed_at(rules, time.now), time.now.tick + minutes{10});
  pace.answered(rules, {FetchClass::kThrottled, 503, milliseconds{5}, hours{1'000}}, time.now);
  EXPECT_EQ(pace.allowed_at(rules, time.now), time.now.tick + hours{24}) << "a day at most";
}

TEST(HostPace, FollowsTheDelayOfRobots) {
  Time time;
  HostPace pace;
  pace.started(one_second(), time.now);
  pace.set_robots_delay(one_second(), seconds{10});
  EXPECT_EQ(pace.delay(one_second()), seconds{10});
  EXPECT_EQ(pace.allowed_at(one_second(), time.now), time.now.tick + seconds{10});
}

TEST(HostPace, OpensItsBreakerAfterFiveFaultsAndTriesOnceAfterIt) {
  Time time;
  const PaceRules rules = one_second();
  HostPace pace;
  for (int i = 0; i < 4; ++i) pace.answered(rules, fault(), time.now);
  EXPECT_TRUE(pace.breaker().is_closed());
  pace.answered(rules, ok_after(milliseconds{1}), time.now);
  for (int i = 0; i < 5; ++i) pace.answered(rules, fault(), time.now);
  EXPECT_EQ(pace.allowed_at(rules, time.now), time.now.tick + minutes{15});
  for (const int expected : {30, 60, 120, 240, 480, 960, 1'440, 1'440}) {
    time.advance(hours{24});
    EXPECT_LE(pace.allowed_at(rules, time.now), time.now.tick) << "one may try";
    pace.answered(rules, fault(), time.now);
    EXPECT_EQ(pace.allowed_at(rules, time.now), time.now.tick + minutes{expected});
  }
  time.advance(hours{24});
  pace.answered(rules, ok_after(milliseconds{1}), time.now);
  EXPECT_TRUE(pace.breaker().is_closed());
}

TEST(HostPace, BlamesTheHostOnlyForItsOwnFaults) {
  for (const FetchClass result : {FetchClass::kOk, FetchClass::kGone, FetchClass::kRobots, FetchClass::kTooLarge, FetchClass::kRefusedAddress, FetchClass::kStopped}) {
    EXPECT_FALSE(is_fault_of_host({result, 200, milliseconds{1}, std::nullopt})) << to_string(result);
  }
  EXPECT_FALSE(is_fault_of_host({FetchClass::kHttpError, 403, milliseconds{1}, std::nullopt}));
  EXPECT_TRUE(is_fault_of_host({FetchClass::kHttpError, 500, milliseconds{1}, std::nullopt}));
  EXPECT_TRUE(is_fault_of_host({FetchClass::kThrottled, 429, milliseconds{1}, std::nullopt}));
}

TEST(HostPace, SpendsADayAtMostItsBudget) {
  Time time;
  PaceRules rules = one_second();
  rules.requests_a_day = 3;
  HostPace pace;
  for (int i = 0; i < 3; ++i) {
    EXPECT_LE(pace.allowed_at(rules, time.now), time.now.tick);
    pace.started(rules, time.now);
    time.advance(seconds{1});
  }
  const UnixMillis midnight = shanghai_midnight(shanghai_date(kNoon)) + 86'400'000;
  EXPECT_EQ(pace.allowed_at(rules, time.now), time.now.tick + milliseconds{midnight - time.now.wall});
  time.jump(-hours{20});
  EXPECT_GT(pace.allowed_at(rules, time.now), time.now.tick) << "a clock that goes back gives no second budget";
  EXPECT_LE(pace.allowed_at(rules, time.now), time.now.tick + hours{24});
  time.advance(hours{25});
  EXPECT_LE(pace.allowed_at(rules, time.now), time.now.tick);
}

TEST(HostPace, GetsOutOfADayThatAWrongClockBegan) {
  Time time;
  PaceRules rules = one_second();
  rules.requests_a_day = 1;
  HostPace pace;
  time.jump(hours{24 * 365});
  pace.started(rules, time.now);
  time.jump(-hours{24 * 365});
  time.advance(hours{24});
  EXPECT_LE(pace.allowed_at(rules, time.now), time.now.tick);
}

TEST(HostPace, AsksOnlyInTheHoursOfItsPortal) {
  Time time;  // noon
  PaceRules night = one_second();
  night.opens_at = 22 * 60;
  night.closes_at = 6 * 60;
  HostPace pace;
  EXPECT_EQ(pace.allowed_at(night, time.now), time.now.tick + hours{10});
  time.advance(hours{17});  // 05:00
  EXPECT_EQ(pace.allowed_at(night, time.now), time.now.tick);
  PaceRules day = one_second();
  day.opens_at = 8 * 60 + 30;
  day.closes_at = 18 * 60;
  EXPECT_EQ(pace.allowed_at(day, time.now), time.now.tick + hours{3} + minutes{30});
}

TEST(HostPace, WaitsAsLongAsItWouldHaveWithoutARestart) {
  Time time;
  const PaceRules rules = one_second();
  HostPace pace;
  pace.started(rules, time.now);
  for (int i = 0; i < 5; ++i) pace.answered(rules, fault(), time.now);
  const auto memory = pace.memory(time.now);
  time.advance(minutes{5});
  Now restarted{seconds{3}, time.now.wall};  // the monotonic clock begins anew
  EXPECT_EQ(HostPace::from(memory, rules, restarted).allowed_at(rules, restarted), restarted.tick + minutes{10});
  restarted.wall -= 1'000LL * 86'400'000;
  EXPECT_LE(HostPace::from(memory, rules, restarted).allowed_at(rules, restarted), restarted.tick + hours{24}) << "a clock that jumped makes no wait endless";
}

TEST(HostPace, IsNotMovedByAWallClockThatJumps) {
  Time time;
  const PaceRules rules = one_second();
  HostPace pace;
  pace.started(rules, time.now);
  const Tick before = pace.allowed_at(rules, time.now);
  for (const auto by : {hours{24 * 400}, -hours{24 * 800}}) {
    time.jump(by);
    EXPECT_EQ(pace.allowed_at(rules, time.now), before);
  }
}

}  // namespace
}  // namespace gouji::crawler
