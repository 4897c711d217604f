#include "common/runtime/worker_pool.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/runtime/sandbox.h"

namespace gouji::runtime {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

WorkerPoolOptions options(std::size_t workers = 1) {
  WorkerPoolOptions options;
  options.kind = "test";
  options.workers = workers;
  options.program = GOUJI_TEST_WORKER;
  options.deadline = 20s;
  return options;
}

std::unique_ptr<WorkerPool> pool_with(const WorkerPoolOptions& options) {
  auto pool = WorkerPool::create(options);
  EXPECT_TRUE(pool.has_value());
  return std::move(pool).value();
}

std::string answer(WorkerPool& pool, std::string_view request) {
  const auto result = pool.call(request);
  return result ? *result : std::string(to_string(result.error().code)) + ": " + result.error().message;
}

TEST(WorkerPool, AnswersARequest) {
  const auto pool = pool_with(options());
  EXPECT_EQ(answer(*pool, "echo 勾稽"), "勾稽");
  EXPECT_EQ(answer(*pool, "echo "), "");
  EXPECT_EQ(answer(*pool, "caught"), "caught");
}

TEST(WorkerPool, KeepsOneWorkerForManyRequests) {
  const auto pool = pool_with(options());
  const auto first = answer(*pool, "pid");
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(answer(*pool, "echo " + std::to_string(i)), std::to_string(i));
  EXPECT_EQ(answer(*pool, "pid"), first);
  EXPECT_EQ(pool->counts().requests, 1002);
  EXPECT_EQ(pool->counts().restarts, 0);
}

TEST(WorkerPool, ReplacesAWorkerAfterItsNumberOfRequests) {
  auto few = options();
  few.requests_per_worker = 2;
  const auto pool = pool_with(few);
  const auto first = answer(*pool, "pid");
  EXPECT_EQ(answer(*pool, "pid"), first);
  EXPECT_NE(answer(*pool, "pid"), first);
  EXPECT_EQ(pool->counts().restarts, 1);
  EXPECT_EQ(pool->counts().deaths, 0);
}

TEST(WorkerPool, CarriesLargeRequestsAndAnswers) {
  const auto pool = pool_with(options());
  const std::string large = "count " + std::string(64 * 1024 * 1024, 'x');
  EXPECT_EQ(answer(*pool, large), std::to_string(64 * 1024 * 1024));
  EXPECT_EQ(answer(*pool, "repeat 4194304").size(), 4'194'304U);
}

TEST(WorkerPool, RefusesARequestOverItsLimit) {
  auto small = options();
  small.request_bytes_max = 100;
  const auto pool = pool_with(small);
  EXPECT_EQ(answer(*pool, "count " + std::string(94, 'x')), "94");
  const auto refused = pool->call("count " + std::string(95, 'x'));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind, ErrorKind::kInvalidInput);
  EXPECT_EQ(refused.error().code, ErrorCode::kTooLarge);
}

struct Death {
  const char* request;
  const char* message;
};

class DeadlyRequest : public testing::TestWithParam<Death> {};

TEST_P(DeadlyRequest, IsPoisonAndLeavesThePoolAlive) {
  const auto pool = pool_with(options());
  ASSERT_EQ(answer(*pool, "echo before"), "before");
  const auto died = pool->call(GetParam().request);
  ASSERT_FALSE(died.has_value());
  EXPECT_EQ(died.error().kind, ErrorKind::kInvalidInput);
  EXPECT_EQ(died.error().code, ErrorCode::kWorkerDied);
  EXPECT_THAT(died.error().message, HasSubstr(GetParam().message));
  EXPECT_EQ(pool->counts().deaths, 2);  // tried once more
  EXPECT_EQ(answer(*pool, "echo after"), "after");
  EXPECT_EQ(pool->counts().restarts, 2);
}

INSTANTIATE_TEST_SUITE_P(WorkerPool, DeadlyRequest,
                         testing::Values(Death{"exit 3", "exit code 3"}, Death{"hang_up", "SIGKILL"},
                                         Death{"repeat 4194305", "an answer of 4194305 bytes, over the limit"},
                                         Death{"promise 4294967295", "an answer of 4294967295 bytes"}));

TEST(WorkerPool, NamesTheSignalAndTheLastWordsWithoutTheirControls) {
  if (is_sandbox_partial()) GTEST_SKIP() << "the sanitizer takes the signal";
  const auto pool = pool_with(options());
  EXPECT_THAT(answer(*pool, "crash"), HasSubstr("signal 11 (SIGSEGV): about to crash?[31m"));
  EXPECT_THAT(answer(*pool, "throw"), HasSubstr("thrown in the worker"));
  EXPECT_THAT(answer(*pool, "abort"), HasSubstr("SIGABRT"));
}

TEST(WorkerPool, KillsAWorkerAtItsDeadline) {
  auto quick = options();
  quick.deadline = 300ms;
  const auto pool = pool_with(quick);
  const auto late = pool->call("hang");
  ASSERT_FALSE(late.has_value());
  EXPECT_EQ(late.error().kind, ErrorKind::kInvalidInput);
  EXPECT_EQ(late.error().code, ErrorCode::kTimeout);
  EXPECT_EQ(pool->counts().timeouts, 2);
  EXPECT_EQ(answer(*pool, "echo after"), "after");
}

TEST(WorkerPool, KillsAWorkerThatDoesNotReadItsRequest) {
  auto quick = options();
  quick.deadline = 300ms;
  const auto pool = pool_with(quick);
  EXPECT_EQ(answer(*pool, "doze"), "ok");
  const std::string more_than_a_socket_holds = "count " + std::string(4'000'000, 'x');
  EXPECT_EQ(answer(*pool, more_than_a_socket_holds), "4000000");  // of the second worker
  EXPECT_EQ(pool->counts().timeouts, 1);
}

TEST(WorkerPool, NeverTakesAnUnaskedFrameForAnAnswer) {
  const auto pool = pool_with(options());
  EXPECT_EQ(answer(*pool, "chatter"), "ok");
  EXPECT_EQ(answer(*pool, "echo next"), "next");
  EXPECT_EQ(pool->counts().deaths, 1);
}

TEST(WorkerPool, GivesAnIdleWorkersDeathNotToTheNextDocument) {
  const auto pool = pool_with(options());
  const auto pid = answer(*pool, "pid");
  ASSERT_EQ(kill(std::stoi(pid), SIGKILL), 0);
  EXPECT_EQ(answer(*pool, "echo next"), "next");
}

TEST(WorkerPool, DoesNotWaitForAWorkerThatComplainsWithoutEnd) {
  const auto pool = pool_with(options());
  EXPECT_EQ(answer(*pool, "complain 100000"), "said");
  EXPECT_EQ(answer(*pool, "echo next"), "next");
}

TEST(WorkerPool, BlamesNoDocumentWhenWorkersDoNotComeUp) {
  auto stillborn = options();
  stillborn.kind = "stillborn";
  const auto result = pool_with(stillborn)->call("echo x");
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().kind, ErrorKind::kUnavailable);
  EXPECT_THAT(result.error().message, HasSubstr("exit code 7: cannot come up"));
}

TEST(WorkerPool, RefusesAProgramThatCannotRun) {
  auto missing = options();
  missing.program = "/nonexistent/program";
  const auto pool = WorkerPool::create(missing);
  ASSERT_FALSE(pool.has_value());
  EXPECT_EQ(pool.error().kind, ErrorKind::kFatal);
  EXPECT_THAT(pool.error().message, HasSubstr("/nonexistent/program"));
}

TEST(WorkerPool, ServesManyThreadsWithFewWorkers) {
  const auto pool = pool_with(options(2));
  std::vector<std::thread> threads;
  std::atomic<int> right{0};
  for (int t = 0; t < 8; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 50; ++i) {
        const auto text = std::to_string(t * 1000 + i);
        if (answer(*pool, "echo " + text) == text) ++right;
      }
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(right, 400);
  EXPECT_EQ(pool->counts().deaths, 0);
}

TEST(WorkerPool, KeepsAWorkerWhenTheThreadThatCausedItEnds) {
  const auto pool = pool_with(options());
  std::string pid;
  std::thread([&] { pid = answer(*pool, "pid"); }).join();
  EXPECT_EQ(answer(*pool, "pid"), pid);
  EXPECT_EQ(pool->counts().deaths, 0);
}

TEST(WorkerPool, LeavesNoProcessBehind) {
  auto pool = pool_with(options());
  const auto pid = std::stoi(answer(*pool, "pid"));
  pool.reset();
  EXPECT_EQ(kill(pid, 0), -1);
  EXPECT_EQ(errno, ESRCH);
}

TEST(Worker, DiesWithItsProgram) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const pid_t program = fork();
  if (program == 0) {
    auto pool = WorkerPool::create(options());
    const auto pid = (*pool)->call("pid").value_or("0");
    if (write(ends[1], pid.data(), pid.size()) < 0) _exit(1);
    const auto late = (*pool)->call("hang");  // until this process is killed
    _exit(late.has_value() ? 2 : 3);
  }
  char text[16] = {};
  ASSERT_GT(read(ends[0], text, sizeof text - 1), 0);
  const pid_t worker = std::atoi(text);
  ASSERT_EQ(kill(worker, 0), 0);
  kill(program, SIGKILL);
  waitpid(program, nullptr, 0);
  const auto give_up = std::chrono::steady_clock::now() + 20s;
  const auto is_gone = [&] {  // or waits for an init that may not exist here
    std::string stat;
    std::getline(std::ifstream("/proc/" + std::to_string(worker) + "/stat"), stat);
    return stat.empty() || stat.find(") Z") != std::string::npos || stat.find(") X") != std::string::npos;
  };
  while (!is_gone() && std::chrono::steady_clock::now() < give_up) std::this_thread::yield();
  EXPECT_TRUE(is_gone());
  close(ends[0]);
  close(ends[1]);
}

TEST(Worker, SeesNoEnvironmentAndNoForeignDescriptor) {
  setenv("GOUJI_SECRET", "canary", 1);
  const int leaky = open("/etc/hostname", O_RDONLY);  // without close-on-exec, on purpose
  const auto pool = pool_with(options());
  const auto environment = answer(*pool, "environment");
  const auto descriptors = answer(*pool, "descriptors");
  close(leaky);
  unsetenv("GOUJI_SECRET");
  EXPECT_EQ(environment, "");
  EXPECT_EQ(descriptors, "0 1 2 3 ");
}

// Each attempt is either refused, or the end of the worker.
class Attempt : public testing::TestWithParam<const char*> {};

TEST_P(Attempt, IsBlocked) {
  if (is_sandbox_partial()) GTEST_SKIP() << "no filter of system calls under a sanitizer";
  const auto pool = pool_with(options());
  std::string request = GetParam();
  if (request.ends_with("PARENT")) request.replace(request.size() - 6, 6, std::to_string(getpid()));
  const auto said = answer(*pool, request);
  EXPECT_TRUE(said.starts_with("refused") || said.starts_with("WORKER_DIED")) << said;
  EXPECT_EQ(answer(*pool, "echo after"), "after");
}

INSTANTIATE_TEST_SUITE_P(Worker, Attempt,
                         testing::Values("socket", "open /etc/passwd", "open /proc/self/environ",
                                         "create /tmp/gouji_worker_was_here", "unlink /tmp/gouji_worker_was_here",
                                         "mkdir /tmp/gouji_worker_was_here", "fork", "thread", "kill PARENT",
                                         "tgkill PARENT", "ptrace", "io_uring", "unshare", "memfd", "dup",
                                         "prlimit", "map_code", "make_code", "execute /bin/true",
                                         "allocate 1000"));

TEST(Worker, HasTheMemoryThatItIsPromised) {
  if (is_sandbox_partial()) GTEST_SKIP() << "no limit of memory under a sanitizer";
  auto small = options();
  small.memory_bytes_max = 256LL << 20;
  const auto pool = pool_with(small);
  EXPECT_EQ(answer(*pool, "allocate 50"), std::to_string(50 << 20));
  EXPECT_THAT(answer(*pool, "allocate 300"), HasSubstr("bad_alloc"));
}

TEST(Worker, EndsWhenItIsStartedByHand) {
  const std::string command = std::string(GOUJI_TEST_WORKER) + " --gouji-worker=test 3</dev/null 2>/dev/null";
  const int status = std::system(command.c_str());
  EXPECT_EQ(WEXITSTATUS(status), 64);
}

}  // namespace
}  // namespace gouji::runtime
