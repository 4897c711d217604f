#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/telemetry/admin_server.h"
#include "tests/support/simulated_clock.h"

namespace gouji::telemetry {
namespace {

using gouji::testing::SimulatedClock;

using namespace std::chrono_literals;
using ::testing::HasSubstr;

TEST(Health, IsGoodWhenNothingIsExpected) {
  const SimulatedClock clock;
  const Health health(clock);
  EXPECT_TRUE(health.live().is_good);
  EXPECT_TRUE(health.ready().is_good);
  EXPECT_FALSE(health.live().text.empty());
}

TEST(Health, IsBadOnceALoopIsOlderThanItsLimitAndGoodAgainAfterABeat) {
  SimulatedClock clock;
  Health health(clock);
  health.expect_heartbeat("parser", 30s);
  clock.advance(1h);
  EXPECT_TRUE(health.live().is_good);  // it has not begun
  EXPECT_THAT(health.live().text, HasSubstr("parser: not started"));
  health.beat("parser");
  clock.advance(30s);
  EXPECT_TRUE(health.live().is_good);
  clock.advance(1ms);
  EXPECT_FALSE(health.live().is_good);
  EXPECT_THAT(health.live().text, HasSubstr("parser: stuck, last turn 30001 ms ago, limit 30000 ms"));
  health.beat("parser");
  EXPECT_TRUE(health.live().is_good);
}

TEST(Health, IsBadWhenOneOfManyLoopsIsStuck) {
  SimulatedClock clock;
  Health health(clock);
  health.expect_heartbeat("a", 1s);
  health.expect_heartbeat("z", 1s);
  health.beat("a");
  clock.advance(2s);
  health.beat("z");
  EXPECT_FALSE(health.live().is_good);
}

TEST(Health, IsReadyWhenEveryConditionIs) {
  const SimulatedClock clock;
  Health health(clock);
  health.expect_ready("log");
  health.expect_ready("state");
  EXPECT_FALSE(health.ready().is_good);
  health.set_ready("log", true);
  EXPECT_FALSE(health.ready().is_good);
  health.set_ready("state", true);
  EXPECT_TRUE(health.ready().is_good);
  EXPECT_THAT(health.ready().text, HasSubstr("log: ready\nstate: ready\n"));
  health.expect_ready("log");  // asked for twice, still ready
  EXPECT_TRUE(health.ready().is_good);
  health.set_ready("log", false);
  EXPECT_FALSE(health.ready().is_good);
}

TEST(Health, IsNotReadyWhileShuttingDownButAlive) {
  const SimulatedClock clock;
  Health health(clock);
  health.shut_down();
  EXPECT_FALSE(health.ready().is_good);
  EXPECT_THAT(health.ready().text, HasSubstr("shutting down"));
  EXPECT_TRUE(health.live().is_good);
}

TEST(HealthDeathTest, AnUnknownNameIsABug) {
  const SimulatedClock clock;
  Health health(clock);
  EXPECT_DEATH(health.beat("nobody"), "");
  EXPECT_DEATH(health.set_ready("nothing", true), "");
}

}  // namespace
}  // namespace gouji::telemetry
