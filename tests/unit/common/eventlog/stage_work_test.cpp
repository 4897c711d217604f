// Work on keys of the state without a record: exactly once, whatever the log does.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "tests/support/seed.h"
#include "tests/unit/common/eventlog/counting_stage.h"

namespace gouji::testing {
namespace {

using namespace eventlog;  // NOLINT: the tests are about nothing else
using ::testing::ElementsAre;

// Two records in partition 0, taken and committed by an earlier incarnation.
void prepare(Rig& rig) {
  rig.append(0, "a");
  rig.append(0, "b");
  rig.start();
  ASSERT_TRUE(rig.run_until_idle());
}

void start_with(Rig& rig, std::vector<std::string> works) {
  rig.start();
  rig.stage->works = std::move(works);
}

TEST(StageWork, IsDoneAtStartAndOnce) {
  Rig rig;
  prepare(rig);
  start_with(rig, {"k1", "k2"});
  ASSERT_TRUE(rig.run_until_idle());
  EXPECT_THAT(rig.out(0), ElementsAre("a#1", "b#2", "k1", "k2"));
  start_with(rig, {"k1", "k2"});
  ASSERT_TRUE(rig.run_until_idle());
  EXPECT_EQ(rig.out(0).size(), 4U);
  EXPECT_TRUE(rig.out(1).empty());
}

TEST(StageWork, LetsRecordsFollow) {
  Rig rig;
  prepare(rig);
  rig.append(0, "c");
  start_with(rig, {"k1"});
  ASSERT_TRUE(rig.run_until_idle());
  auto out = rig.out(0);
  std::sort(out.begin(), out.end());
  EXPECT_THAT(out, ElementsAre("a#1", "b#2", "c#3", "k1"));
}

TEST(StageWork, ReadsACommittedRecordAgain) {
  Rig rig;
  prepare(rig);
  start_with(rig, {"read it"});
  ASSERT_TRUE(rig.run_until_idle());
  EXPECT_THAT(rig.out(0), ElementsAre("a#1", "b#2", "read it", "read a"));
}

TEST(StageWork, LeavesOutWhatCannotBeWorkedOn) {
  Rig rig;
  prepare(rig);
  start_with(rig, {"bad", "k1"});
  ASSERT_TRUE(rig.run_until_idle());
  EXPECT_THAT(rig.out(0), ElementsAre("a#1", "b#2", "k1"));
}

TEST(StageWork, IsTriedAgainWhenSomethingWasUnavailable) {
  Rig rig;
  prepare(rig);
  start_with(rig, {"needy"});
  rig.stage->is_down = true;
  for (int turn = 0; turn < 5; ++turn) ASSERT_TRUE(rig.step());
  EXPECT_EQ(rig.out(0).size(), 2U);
  EXPECT_FALSE(rig.runner->is_idle());
  rig.stage->is_down = false;
  rig.clock.advance(rig.options.retry_wait_min);
  ASSERT_TRUE(rig.run_until_idle());
  EXPECT_THAT(rig.out(0), ElementsAre("a#1", "b#2", "needy"));
}

TEST(StageWork, IsExactlyOnceUnderFaultsOfTheLog) {
  std::mt19937 random(seed());
  const std::vector<LogFault> faults = {LogFault{.outcome = Outcome::kAbortable}, LogFault{.outcome = Outcome::kUnknown},
                                        LogFault{.outcome = Outcome::kUnknown, .happens = true}};
  for (int round = 0; round < 200; ++round) {
    Rig rig;
    prepare(rig);
    rig.append(0, "c");
    int left = 3;
    rig.log.on_call = [&](LogCall call) -> std::optional<LogFault> {
      const bool is_of_transaction = call == LogCall::kAppend || call == LogCall::kSendOffsets || call == LogCall::kCommit;
      if (!is_of_transaction || left == 0 || random() % 5 != 0) return std::nullopt;
      --left;
      return faults[random() % faults.size()];
    };
    // An outcome that only a restart can tell ends the runner: another one starts over.
    for (int start = 0; start < 6; ++start) {
      start_with(rig, {"k1", "k2", "k3", "k4"});
      if (rig.run_until_idle()) break;
    }
    rig.log.on_call = nullptr;
    start_with(rig, {"k1", "k2", "k3", "k4"});
    ASSERT_TRUE(rig.run_until_idle());
    auto out = rig.out(0);
    std::sort(out.begin(), out.end());
    ASSERT_THAT(out, ElementsAre("a#1", "b#2", "c#3", "k1", "k2", "k3", "k4")) << "round " << round;
  }
}

}  // namespace
}  // namespace gouji::testing
