#include "common/eventlog/poison_breaker.h"

#include <gtest/gtest.h>

#include "tests/unit/common/eventlog/counting_stage.h"

namespace gouji::testing {
namespace {

using eventlog::PoisonBreaker;
using std::chrono::seconds;

TEST(PoisonBreaker, OpensAboveThePercentageAndNotAtIt) {
  PoisonBreaker breaker({20, 100, seconds(300)});
  breaker.add(seconds(1), 100, 20);
  EXPECT_FALSE(breaker.is_open(seconds(1)));
  EXPECT_TRUE(breaker.is_open(seconds(1), 1, 1));
  breaker.add(seconds(2), 1, 1);
  EXPECT_TRUE(breaker.is_open(seconds(2)));
}

TEST(PoisonBreaker, DoesNotJudgeAHandfulOfRecords) {
  PoisonBreaker breaker({20, 100, seconds(300)});
  breaker.add(seconds(1), 99, 99);
  EXPECT_FALSE(breaker.is_open(seconds(1)));
}

TEST(PoisonBreaker, ForgetsWhatIsOlderThanItsWindow) {
  PoisonBreaker breaker({20, 100, seconds(300)});
  breaker.add(seconds(1), 100, 100);
  EXPECT_TRUE(breaker.is_open(seconds(290)));
  EXPECT_FALSE(breaker.is_open(seconds(302)));
  breaker.add(seconds(400), 100, 0);
  EXPECT_FALSE(breaker.is_open(seconds(400)));
}

TEST(PoisonBreaker, StopsAStageAndLosesNothing) {
  Rig rig;
  rig.options.breaker = {20, 10, seconds(300)};
  for (int i = 0; i < 200; ++i) rig.append(0, i < 20 ? "v" : "poison");
  rig.start();
  while (rig.step()) rig.clock.advance(std::chrono::milliseconds(1));
  EXPECT_EQ(rig.runner->end(), eventlog::RunnerEnd::kPoison);
  EXPECT_LT(rig.dead().size(), 20U) << "it stops long before the topic is drained";
  EXPECT_GE(rig.dead().size(), 5U);
  EXPECT_EQ(rig.out(0).size(), 20U) << "what was done is committed";
  rig.options.breaker.reset();
  EXPECT_TRUE(rig.drain());
  EXPECT_EQ(rig.broken_promise(), "");
}

}  // namespace
}  // namespace gouji::testing
