#include "common/runtime/stop_signal.h"

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <functional>
#include <future>
#include <thread>

#include <gtest/gtest.h>

#include "common/runtime/system_clock.h"

namespace gouji::runtime {
namespace {

using namespace std::chrono_literals;

// Signals are a matter of the whole process: each test has one of its own.
int exit_code_of(const std::function<int()>& program) {
  const pid_t pid = fork();
  if (pid == 0) {
    alarm(30);
    _exit(program());
  }
  int status = 0;
  waitpid(pid, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

[[noreturn]] void hang() {
  for (;;) pause();
}

TEST(StopSignal, IsRequestedByTheFirstSignal) {
  for (const int signal : {SIGTERM, SIGINT})
    EXPECT_EQ(exit_code_of([signal] {
                StopSignal stop(20s);
                if (stop.requested() || stop.wait_for(0ms)) return 1;
                kill(getpid(), signal);
                return stop.wait_for(20s) && stop.requested() ? 42 : 2;
              }),
              42);
}

TEST(StopSignal, RunsItsActionsInOrderAndLaterOnesAtOnce) {
  EXPECT_EQ(exit_code_of([] {
              StopSignal stop(20s);
              std::string order;
              std::promise<void> done;
              stop.on_stop([&] { order += "a"; });
              stop.on_stop([&] { order += "b"; });
              stop.on_stop([&] { done.set_value(); });
              kill(getpid(), SIGTERM);
              done.get_future().wait();
              stop.on_stop([&] { order += "c"; });
              return order == "abc" ? 42 : 1;
            }),
            42);
}

TEST(StopSignal, RunsNoActionThatWasForgottenAndWaitsForTheOneThatRuns) {
  EXPECT_EQ(exit_code_of([] {
              StopSignal stop(20s);
              std::promise<void> begun;
              std::atomic<int> state{0};
              stop.on_stop([&] {
                begun.set_value();
                std::this_thread::sleep_for(50ms);
                state = 1;
              });
              stop.on_stop([&] { state = 2; });
              stop.request();
              begun.get_future().wait();
              stop.forget_actions();
              return state == 1 ? 42 : 3;
            }),
            42);
}

TEST(StopSignal, EndsTheProcessAtTheSecondSignalWhileAnActionHangs) {
  EXPECT_EQ(exit_code_of([] {
              StopSignal stop(20s);
              stop.on_stop([] {
                kill(getpid(), SIGTERM);
                hang();
              });
              kill(getpid(), SIGTERM);
              hang();
              return 1;
            }),
            75);
}

TEST(StopSignal, EndsTheProcessAtTheSignalAfterARequest) {
  EXPECT_EQ(exit_code_of([] {
              StopSignal stop(20s);
              stop.request();
              kill(getpid(), SIGINT);
              hang();
              return 1;
            }),
            75);
}

TEST(StopSignal, EndsTheProcessWhenStoppingOutlastsItsLimit) {
  EXPECT_EQ(exit_code_of([] {
              StopSignal stop(50ms);
              kill(getpid(), SIGTERM);
              hang();
              return 1;
            }),
            75);
}

TEST(StopSignal, GuardsItsOwnEndAgainstAnActionThatHangs) {
  EXPECT_EQ(exit_code_of([] {
              StopSignal stop(50ms);
              stop.on_stop([] { hang(); });
              stop.request();
              return 1;  // the destructor waits for the action
            }),
            75);
}

TEST(StopSignal, EndsInOrderWithoutASignal) {
  EXPECT_EQ(exit_code_of([] {
              {
                StopSignal stop(20s);
                stop.on_stop([] { _exit(1); });
              }
              return 42;
            }),
            42);
}

TEST(StopSignal, KeepsAProcessAliveThatWritesToAClosedPipe) {
  EXPECT_EQ(exit_code_of([] {
              const StopSignal stop(20s);
              int ends[2];
              if (pipe(ends) != 0) return 1;
              close(ends[0]);
              return write(ends[1], "x", 1) < 0 ? 42 : 2;
            }),
            42);
}

TEST(SystemClock, KnowsTheCenturyAndNeverGoesBack) {
  const SystemClock clock;
  EXPECT_GT(clock.unix_millis(), 1'700'000'000'000);
  EXPECT_LT(clock.unix_millis(), 4'000'000'000'000);
  auto last = clock.monotonic();
  for (int i = 0; i < 1000; ++i) {
    const auto now = clock.monotonic();
    EXPECT_GE(now, last);
    last = now;
  }
}

}  // namespace
}  // namespace gouji::runtime
