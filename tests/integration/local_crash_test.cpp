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

#include "common/eventlog/local/local_log.h"
#include "common/eventlog/stage_runner.h"
#include "common/runtime/system_clock.h"
#include "tests/support/record_of.h"
#include "tests/support/seed.h"
#include "tests/support/temp_folder.h"

namespace gouji::testing {
namespace {

using namespace eventlog;  // NOLINT: the test is about nothing else

constexpr std::int32_t kPartitions = 2;

// "n" becomes "n#count", counted in the state.
class CountStage final : public Stage {
 public:
  std::string_view name() const override { return "count"; }
  const std::vector<std::string>& inputs() const override { return inputs_; }
  std::optional<std::string> state_topic() const override { return "state"; }
  Result<void> process(const StoredRecord& stored, StageContext& context) override {
    const std::string* count = context.state().get("count");
    const std::string next = std::to_string((count == nullptr ? 0 : std::stoi(*count)) + 1);
    context.state().put("count", next);
    context.emit(to("out", stored.at.partition, *stored.record.value + "#" + next));
    return ok();
  }

 private:
  std::vector<std::string> inputs_{"in"};
};

std::unique_ptr<EventLog> open_owner(const std::string& path) {
  OpenOptions options;
  options.mode = LocalMode::kOwner;
  auto log = open_local_log({false, path, {}}, options);
  if (!log) ADD_FAILURE() << log.error().message;
  return log ? std::move(*log) : nullptr;
}

void create_topics(EventLog& log) {
  for (const char* name : {"in", "out", "state", "in.dlq.g"}) {
    TopicSpec spec;
    spec.name = name;
    spec.partitions = kPartitions;
    spec.compacted = spec.name == "state";
    ASSERT_TRUE(log.create_topic(spec).has_value());
  }
}

StageRunnerOptions runner_options() {
  StageRunnerOptions options;
  options.group = "g";
  options.transaction_age_max = std::chrono::milliseconds(5);
  options.poll_wait = std::chrono::milliseconds(5);
  options.look_every = std::chrono::milliseconds(1);
  return options;
}

// Appends 0, 1, 2 … and tells through the pipe what was acknowledged. Never returns.
[[noreturn]] void append_and_run(const std::string& path, int acknowledged) {
  OpenOptions options;
  options.mode = LocalMode::kOwner;
  auto log = open_local_log({false, path, {}}, options);
  if (!log) ::_exit(1);
  auto appender = (*log)->open_appender();
  auto stage_log = (*log)->open_stage_log({"g", "count-g-0", {"in"}, std::nullopt});
  if (!appender || !stage_log) ::_exit(1);
  std::thread writer([&] {
    std::int64_t number = 0;
    for (std::int32_t p = 0; p < kPartitions; ++p) number += static_cast<std::int64_t>(read_all(**log, {"in", p}).size());
    for (;; ++number) {
      const std::vector<Outgoing> one{to("in", static_cast<std::int32_t>(number % kPartitions), std::to_string(number))};
      if (!(*appender)->append(one)) ::_exit(1);
      if (::write(acknowledged, &number, sizeof number) != sizeof number) ::_exit(1);
    }
  });
  const runtime::SystemClock clock;
  StageObserver observer;
  CountStage stage;
  StageRunner runner(**log, **stage_log, stage, clock, observer, runner_options());
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

// The numbers stand in order and without a gap, each once; returns how many there are.
std::int64_t check_inputs(EventLog& log) {
  std::int64_t records = 0;
  for (std::int32_t p = 0; p < kPartitions; ++p) {
    std::int64_t number = p;
    for (const std::string& value : values_of(read_all(log, {"in", p}))) {
      EXPECT_EQ(value, std::to_string(number));
      number += kPartitions;
      ++records;
    }
  }
  return records;
}

// Outputs are a beginning of what the inputs give, each once; returns how many there are.
std::int64_t check_outputs(EventLog& log) {
  std::int64_t records = 0;
  for (std::int32_t p = 0; p < kPartitions; ++p) {
    std::int64_t count = 0;
    for (const std::string& value : values_of(read_all(log, {"out", p}))) {
      EXPECT_EQ(value, std::to_string(p + count * kPartitions) + "#" + std::to_string(count + 1));
      ++count;
    }
    records += count;
  }
  return records;
}

void drain(EventLog& log) {
  auto stage_log = log.open_stage_log({"g", "count-g-0", {"in"}, std::nullopt});
  ASSERT_TRUE(stage_log.has_value());
  const runtime::SystemClock clock;
  StageObserver observer;
  CountStage stage;
  StageRunner runner(log, **stage_log, stage, clock, observer, runner_options());
  const auto deadline = clock.monotonic() + std::chrono::seconds(60);
  while (!runner.is_idle() && clock.monotonic() < deadline) ASSERT_TRUE(runner.step()) << runner.end_reason();
  EXPECT_TRUE(runner.is_idle());
}

TEST(LocalLogCrash, LosesAndDoublesNothingWhenItsOwnerIsKilledAtAnyMoment) {
  std::mt19937 random(seed());
  const char* given = std::getenv("GOUJI_CRASH_ROUNDS");
  const int rounds = given != nullptr ? std::atoi(given) : 30;
  const TempFolder folder;
  const std::string path = folder.file("log.db");
  create_topics(*open_owner(path));
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
