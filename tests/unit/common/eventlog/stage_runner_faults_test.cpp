// Faults at every call of the log, one by one and at random: whatever happens, every input ends in
// exactly one place, once, and the state agrees.
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "tests/support/seed.h"
#include "tests/unit/common/eventlog/counting_stage.h"

namespace gouji::testing {
namespace {

using eventlog::Outcome;

constexpr LogCall kCalls[] = {LogCall::kOpenProducer, LogCall::kPoll, LogCall::kCommitted, LogCall::kSeek,
                              LogCall::kBegin, LogCall::kAppend, LogCall::kSendOffsets, LogCall::kCommit,
                              LogCall::kAbort};

const std::vector<LogFault>& faults() {
  static const std::vector<LogFault> kFaults{
      {.outcome = Outcome::kRetriable},
      {.outcome = Outcome::kAbortable},
      {.outcome = Outcome::kFenced},
      {.outcome = Outcome::kFatal},
      {.outcome = Outcome::kUnknown, .happens = false},
      {.outcome = Outcome::kUnknown, .happens = true},
      {.is_in_doubt = true},
      {.crashes = true},
      {.happens = true, .crashes = true},
  };
  return kFaults;
}

void fill(Rig& rig) {
  const char* values[] = {"a", "b", "poison-1", "c", "stray", "d", "e", "large", "f", "g"};
  int i = 0;
  for (const char* value : values) rig.append(i++ % 2, value);
}

// Runs until the input is through, the runner ends, or the process dies.
bool run(Rig& rig) {
  try {
    rig.start();
    return rig.run_until_idle();
  } catch (const SimulatedCrash&) {
    return false;
  }
}

TEST(StageRunnerFaults, EachFaultAtEachCallLosesAndDoublesNothing) {
  int hits = 0;
  for (const LogCall where : kCalls) {
    for (int nth = 1; nth <= 14; ++nth) {
      for (std::size_t kind = 0; kind < faults().size(); ++kind) {
        Rig rig;
        fill(rig);
        int calls = 0;
        // Some calls come only after an abort.
        int aborts_to_come = where == LogCall::kAbort || where == LogCall::kSeek ? 2 : 0;
        rig.log.on_call = [&](LogCall call) -> std::optional<LogFault> {
          if (call == LogCall::kCommit && aborts_to_come-- > 0) return LogFault{.outcome = Outcome::kAbortable};
          if (call != where || ++calls != nth) return std::nullopt;
          ++hits;
          return faults()[kind];
        };
        const std::string what = "call " + std::to_string(static_cast<int>(where)) + ", time " + std::to_string(nth) +
                                 ", fault " + std::to_string(kind);
        const bool through = run(rig) || rig.drain();
        ASSERT_TRUE(through) << what << ": " << rig.runner->end_reason();
        ASSERT_EQ(rig.broken_promise(), "") << what;
      }
    }
  }
  EXPECT_GT(hits, 300);
}

TEST(StageRunnerFaults, ManyFaultsAtRandomLoseAndDoubleNothing) {
  const std::uint32_t first = seed();
  const int rounds = std::getenv("GOUJI_TEST_LONG") != nullptr ? 200'000 : 1000;
  int crashes = 0;
  int unknown_but_done = 0;
  for (int round = 0; round < rounds; ++round) {
    std::mt19937 random(first + static_cast<std::uint32_t>(round));
    Rig rig;
    rig.options.transaction_records_max = 1 + random() % 5;
    const auto rate = 5 + random() % 40;
    int faults_left = 40;
    rig.log.on_call = [&](LogCall call) -> std::optional<LogFault> {
      if (random() % 97 == 0) rig.log.rebalance_lost = random() % 2 == 0;
      if (faults_left == 0 || random() % 400 >= rate) return std::nullopt;
      --faults_left;
      const LogFault& fault = faults()[random() % faults().size()];
      crashes += fault.crashes ? 1 : 0;
      unknown_but_done += call == LogCall::kCommit && fault.outcome == Outcome::kUnknown && fault.happens ? 1 : 0;
      return fault;
    };
    fill(rig);
    bool through = false;
    for (int tries = 0; tries < 10 && !through; ++tries) through = run(rig);
    ASSERT_TRUE(through || rig.drain()) << "seed " << first + static_cast<std::uint32_t>(round);
    ASSERT_EQ(rig.broken_promise(), "") << "seed " << first + static_cast<std::uint32_t>(round);
  }
  EXPECT_GT(crashes, rounds / 100);
  EXPECT_GT(unknown_but_done, 0);
}

TEST(StageRunnerFaults, GoesToTheOffsetsOfTheChangelogAlsoWhenTheFirstTryFails) {
  for (const LogCall failing : {LogCall::kSeek, LogCall::kCommitted}) {
    Rig rig;
    for (const char* value : {"a", "b"}) rig.append(0, value);
    rig.append(1, "x");
    rig.start();
    ASSERT_TRUE(rig.run_until_idle());
    rig.log.forget_offsets();
    rig.append(0, "c");
    rig.append(1, "y");
    bool has_failed = false;
    rig.log.on_call = [&](LogCall call) -> std::optional<LogFault> {
      if (call != failing || has_failed) return std::nullopt;
      has_failed = true;
      return LogFault{Outcome::kRetriable};
    };
    rig.start();
    ASSERT_TRUE(rig.run_until_idle());
    EXPECT_TRUE(has_failed);
    EXPECT_EQ(rig.broken_promise(), "");
  }
}

}  // namespace
}  // namespace gouji::testing
