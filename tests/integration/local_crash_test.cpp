// kill -9 at random moments of a process that appends to a local log and runs a stage over it:
// nothing that was acknowledged is lost, nothing is doubled, and the state agrees.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <cstdlib>
#include <random>
#include <thread>

#include "common/runtime/system_clock.h"
#include "tests/integration/local_crash_support.h"
#include "tests/support/record_of.h"
#include "tests/support/seed.h"
#include "tests/support/temp_folder.h"

namespace gouji::testing {
namespace {

using namespace eventlog;  // NOLINT: the test is about nothing else

// Appends 0, 1, 2 … and tells through the pipe what was acknowledged. Never returns.
[[noreturn]] void append_and_run(const std::string& path, int acknowledged) {
  auto log = try_open_owner(path);
  if (!log) ::_exit(1);
  auto appender = (*log)->open_appender();
  auto stage_log = (*log)->open_stage_log(crash_stage_log());
  if (!appender || !stage_log) ::_exit(1);
  std::thread writer([&] {
    std::int64_t number = 0;
    for (std::int32_t p = 0; p < kCrashPartitions; ++p) number += static_cast<std::int64_t>(read_all(**log, {"in", p}).size());
    for (;; ++number) {
      const std::vector<Outgoing> one{to("in", static_cast<std::int32_t>(number % kCrashPartitions), std::to_string(number))};
      if (!(*appender)->append(one)) ::_exit(1);
      if (::write(acknowledged, &number, sizeof number) != sizeof number) ::_exit(1);
    }
  });
  const runtime::SystemClock clock;
  StageObserver observer;
  CountStage stage;
  StageRunner runner(**log, **stage_log, stage, clock, observer, crash_runner_options());
  while (runner.step()) {
  }
  ::_exit(1);
}

// The last number that came through the pipe, or `before`.
std::int64_t last_acknowledged(int descriptor, std::int64_t before) {
  std::int64_t number = before;
  for (std::int64_t next = 0; ::read(descriptor, &next, sizeof next) == sizeof next;) number = next;
  return number;
}

// Runs the child for a while, kills it and returns what it had acknowledged last.
std::int64_t run_and_kill(const std::string& path, std::chrono::microseconds life, std::int64_t before) {
  int ends[2];
  EXPECT_EQ(::pipe(ends), 0);
  const pid_t child = ::fork();
  if (child == 0) append_and_run(path, ends[1]);
  EXPECT_GT(child, 0);
  ::close(ends[1]);
  // A moment of the child's life, not a wait for something: the moment is what is random here.
  ::usleep(static_cast<useconds_t>(life.count()));
  EXPECT_EQ(::kill(child, SIGKILL), 0);
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status)) << "the child ended by itself";
  const std::int64_t acknowledged = last_acknowledged(ends[0], before);
  ::close(ends[0]);
  return acknowledged;
}

TEST(LocalLogCrash, LosesAndDoublesNothingWhenItsOwnerIsKilledAtAnyMoment) {
  std::mt19937 random(seed());
  const char* given = std::getenv("GOUJI_CRASH_ROUNDS");
  const int rounds = given != nullptr ? std::atoi(given) : 30;
  const TempFolder folder;
  const std::string path = folder.file("log.db");
  ASSERT_TRUE(create_crash_topics(*open_owner(path)).has_value());
  std::int64_t acknowledged = -1;
  int killed_at_work = 0;
  for (int round = 0; round < rounds; ++round) {
    const std::int64_t before = acknowledged;
    acknowledged = run_and_kill(path, std::chrono::microseconds(5'000 + random() % 250'000), before);
    killed_at_work += acknowledged > before ? 1 : 0;
    const auto log = open_owner(path);
    ASSERT_NE(log, nullptr);
    const std::int64_t stored = check_inputs(*log);
    ASSERT_GE(stored, acknowledged + 1) << "an acknowledged record is lost, round " << round;
    ASSERT_LE(check_outputs(*log), stored);
    ASSERT_FALSE(HasFailure()) << "round " << round;
  }
  EXPECT_GT(killed_at_work, rounds / 4);
  const auto log = open_owner(path);
  drain(*log);
  EXPECT_EQ(check_outputs(*log), check_inputs(*log));
  EXPECT_TRUE(verify_local_log(path)->problems.empty());
  std::printf("%d rounds, %lld records, killed at work %d times\n", rounds, static_cast<long long>(acknowledged + 1),
              killed_at_work);
}

}  // namespace
}  // namespace gouji::testing
