// A disk that fails, is full, or sees its process die at every single write, sync, truncation and
// removal under the log: nothing that was acknowledged is lost, nothing is doubled, the message names
// the file, and when the disk works again all goes through.
//
// GOUJI_TEST_LONG=1: every operation; otherwise some, from a random one on.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <random>

#include "common/eventlog/local/local_log.h"
#include "common/runtime/system_clock.h"
#include "tests/integration/local_crash_support.h"
#include "tests/support/faulty_disk.h"
#include "tests/support/record_of.h"
#include "tests/support/seed.h"
#include "tests/support/temp_folder.h"

namespace gouji::testing {
namespace {

using namespace eventlog;  // NOLINT: the test is about nothing else
using ::testing::HasSubstr;

constexpr std::int64_t kRecords = 12;

// What the child tells: how much was acknowledged, how many operations there were, and why it ended.
struct Told {
  std::int64_t acknowledged = 0;
  std::int64_t operations = 0;
  std::array<char, 16> code{};
  std::array<char, 240> message{};
};

// The life of a log: made, appended to, worked on, tidied up, closed.
Result<void> live(const std::string& path, Told& told, int pipe) {
  GOUJI_ASSIGN(const auto log, try_open_owner(path));
  GOUJI_TRY(create_crash_topics(*log));
  GOUJI_ASSIGN(const auto appender, log->open_appender());
  GOUJI_ASSIGN(const auto stage_log, log->open_stage_log(crash_stage_log()));
  const runtime::SystemClock clock;
  StageObserver observer;
  CountStage stage;
  StageRunnerOptions options = crash_runner_options();
  options.transaction_records_max = 2;
  StageRunner runner(*log, *stage_log, stage, clock, observer, options);
  for (std::int64_t number = 0; number < kRecords; ++number) {
    const std::vector<Outgoing> one{to("in", static_cast<std::int32_t>(number % kCrashPartitions), std::to_string(number))};
    GOUJI_TRY(appender->append(one));
    told.acknowledged = number + 1;
    if (::write(pipe, &told, sizeof told) != sizeof told) return fatal(ErrorCode::kInternal, "pipe");
    if (number % 3 == 2 && !runner.step()) return fatal(ErrorCode::kInternal, runner.end_reason());
    if (number % 6 == 5) GOUJI_TRY(maintain_local_log(*log, clock.unix_millis(), {100}));
  }
  while (!runner.is_idle()) {
    if (!runner.step()) return fatal(ErrorCode::kInternal, runner.end_reason());
  }
  return ok();
}

[[noreturn]] void be_child(const std::string& path, DiskFault fault, std::int64_t at, int pipe) {
  install_faulty_disk(fault, at);
  Told told;
  const auto lived = live(path, told, pipe);
  told.operations = disk_operations();
  if (!lived) {
    to_string(lived.error().code).copy(told.code.data(), told.code.size() - 1);
    lived.error().message.copy(told.message.data(), told.message.size() - 1);
  }
  const bool is_told = ::write(pipe, &told, sizeof told) == sizeof told;
  ::_exit(lived && is_told ? 0 : 1);
}

struct Ended {
  Told told;
  bool was_killed = false;
  bool is_done = false;
};

Ended run_child(const std::string& path, DiskFault fault, std::int64_t at) {
  int ends[2];
  EXPECT_EQ(::pipe(ends), 0);
  const pid_t child = ::fork();
  if (child == 0) be_child(path, fault, at, ends[1]);
  EXPECT_GT(child, 0);
  ::close(ends[1]);
  Ended ended;
  for (Told next; ::read(ends[0], &next, sizeof next) == sizeof next;) ended.told = next;
  ::close(ends[0]);
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  ended.was_killed = WIFSIGNALED(status);
  ended.is_done = WIFEXITED(status) && WEXITSTATUS(status) == 0;
  return ended;
}

// After the fault: what was acknowledged stands there, and the rest goes through on a sound disk.
void expect_whole(const std::string& path, const Ended& ended, const std::string& what) {
  auto log = open_owner(path);
  ASSERT_NE(log, nullptr) << what;
  ASSERT_TRUE(create_crash_topics(*log).has_value()) << what;
  const std::int64_t stored = check_inputs(*log);
  EXPECT_GE(stored, ended.told.acknowledged) << what << ": an acknowledged record is lost";
  EXPECT_LE(stored, ended.told.acknowledged + 1) << what;
  drain(*log);
  EXPECT_EQ(check_outputs(*log), stored) << what;
  log.reset();
  const auto verdict = verify_local_log(path);
  ASSERT_TRUE(verdict.has_value()) << what;
  EXPECT_TRUE(verdict->problems.empty()) << what << ": " << verdict->problems.front();
}

std::int64_t operations_of_a_life() {
  const TempFolder folder;
  const Ended ended = run_child(folder.file("log.db"), DiskFault::kNone, 0);
  EXPECT_TRUE(ended.is_done) << ended.told.message.data();
  return ended.told.operations;
}

struct Case {
  const char* name;
  DiskFault fault;
  bool kills;
};
void PrintTo(const Case& one, std::ostream* out) { *out << one.name; }

class LocalLogDisk : public ::testing::TestWithParam<Case> {};

TEST_P(LocalLogDisk, LosesAndDoublesNothingWhereverItFails) {
  std::mt19937 random(seed());
  const std::int64_t all = operations_of_a_life();
  const bool is_long = std::getenv("GOUJI_TEST_LONG") != nullptr;
  const std::int64_t step = is_long ? 1 : std::max<std::int64_t>(1, all / 12);
  int rounds = 0;
  int hits = 0;
  for (std::int64_t at = 1 + static_cast<std::int64_t>(random() % static_cast<std::uint32_t>(step)); at <= all; at += step) {
    const TempFolder folder;
    const std::string path = folder.file("log.db");
    const Ended ended = run_child(path, GetParam().fault, at);
    const std::string what = std::string(GetParam().name) + " at operation " + std::to_string(at);
    ++rounds;
    hits += GetParam().kills ? ended.was_killed : !ended.is_done;
    EXPECT_EQ(ended.was_killed, GetParam().kills && ended.was_killed) << what;
    if (!GetParam().kills && !ended.is_done) {
      EXPECT_THAT(ended.told.message.data(), HasSubstr(path)) << what;
      const std::string code = ended.told.code.data();
      EXPECT_TRUE(code == "DISK_FULL" || code == "LOG_UNAVAILABLE" || code == "INTERNAL") << what << ": " << code << ": " << ended.told.message.data();
    }
    expect_whole(path, ended, what);
    ASSERT_FALSE(HasFailure()) << what;
  }
  std::printf("%s: %d rounds over %lld operations, %d hit\n", GetParam().name, rounds, static_cast<long long>(all), hits);
  EXPECT_GE(hits * 2, rounds) << "most faults must show";
}

INSTANTIATE_TEST_SUITE_P(All, LocalLogDisk,
                         ::testing::Values(Case{"KilledBefore", DiskFault::kKillBefore, true},
                                           Case{"KilledAfter", DiskFault::kKillAfter, true},
                                           Case{"KilledHalfway", DiskFault::kKillHalfway, true},
                                           Case{"FailsOnce", DiskFault::kFailOnce, false},
                                           Case{"Fails", DiskFault::kFail, false},
                                           Case{"SyncFails", DiskFault::kSyncFails, false},
                                           Case{"IsFull", DiskFault::kFull, false}),
                         [](const auto& one) { return std::string(one.param.name); });

// --- damage -------------------------------------------------------------------------------------------

void fill(const std::string& path) {
  const Ended ended = run_child(path, DiskFault::kNone, 0);
  ASSERT_TRUE(ended.is_done);
}

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_bytes(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

// Everything that can be read without an error; whether all could be.
bool read_to_the_end(const std::string& path, std::vector<std::string>& values) {
  auto log = try_open_owner(path);
  if (!log) {
    EXPECT_THAT(log.error().message, HasSubstr(path));
    return false;
  }
  for (const char* topic : {"in", "out"}) {
    for (std::int32_t p = 0; p < kCrashPartitions; ++p) {
      const auto end = (*log)->end_offset({topic, p}, Isolation::kCommitted);
      std::int64_t from = 0;
      while (end && from < *end) {
        const auto batch = (*log)->read({topic, p}, from, {1, 1});
        if (!batch || batch->next <= from) return false;
        for (const auto& stored : batch->records) values.push_back(std::string(topic) + *stored.record.value);
        from = batch->next;
      }
      if (!end) return false;
    }
  }
  return true;
}

TEST(LocalLogDamage, IsFoundBeforeAWrongRecordIsGivenOut) {
  std::mt19937 random(seed());
  const TempFolder folder;
  const std::string path = folder.file("log.db");
  ASSERT_NO_FATAL_FAILURE(fill(path));
  const std::string sound = bytes_of(path);
  std::vector<std::string> all;
  ASSERT_TRUE(read_to_the_end(path, all));
  const std::set<std::string> known(all.begin(), all.end());
  const int rounds = std::getenv("GOUJI_TEST_LONG") != nullptr ? 2000 : 100;
  int found = 0;
  for (int round = 0; round < rounds; ++round) {
    std::string damaged = sound;
    const bool is_cut = round % 10 == 9;
    std::size_t place = random() % sound.size();
    while (!is_cut && sound[place] == '\0') place = (place + 1) % sound.size();
    if (is_cut) damaged.resize(place);
    if (!is_cut) damaged[place] = static_cast<char>(damaged[place] ^ (1 << random() % 8));
    ::unlink((path + "-wal").c_str());
    ::unlink((path + "-shm").c_str());
    write_bytes(path, damaged);
    std::vector<std::string> values;
    const bool is_read = read_to_the_end(path, values);
    const auto verdict = verify_local_log(path);
    const bool is_found = !is_read || !verdict || !verdict->problems.empty();
    found += is_found ? 1 : 0;
    for (const std::string& value : values) EXPECT_TRUE(known.contains(value)) << value << " was never written; byte " << place;
    EXPECT_TRUE(is_found || values == all) << "records are missing and nothing says so; byte " << place;
  }
  // The rest fell on bytes that hold nothing.
  std::printf("%d rounds, damage told in %d\n", rounds, found);
  EXPECT_GT(found, rounds / 4);
}

TEST(LocalLogDamage, SaysWhatToDo) {
  const TempFolder folder;
  const std::string path = folder.file("log.db");
  ASSERT_NO_FATAL_FAILURE(fill(path));
  const std::string sound = bytes_of(path);
  write_bytes(path, sound.substr(0, sound.size() / 2));
  std::string message;
  if (const auto log = try_open_owner(path)) {
    std::vector<std::string> values;
    EXPECT_FALSE(read_to_the_end(path, values));
    const auto verdict = verify_local_log(path);
    ASSERT_TRUE(verdict.has_value());
    ASSERT_FALSE(verdict->problems.empty());
    message = verdict->problems.front();
  } else {
    message = log.error().message;
    EXPECT_THAT(message, HasSubstr(path));
    EXPECT_THAT(message, HasSubstr("log verify"));
  }
  write_bytes(path, std::string(100, 'x'));
  const auto text = try_open_owner(path);
  ASSERT_FALSE(text.has_value());
  EXPECT_EQ(text.error().code, ErrorCode::kLogCorrupt);
  EXPECT_THAT(text.error().message, HasSubstr(path));
}

}  // namespace
}  // namespace gouji::testing
