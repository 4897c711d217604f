// Memory of a process over the local log: bounded where a stage is stuck and its input grows, and flat
// however much goes through.
//
// GOUJI_TEST_RECORDS: how many go through (20 000; a million once before a release).
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "common/eventlog/local/sqlite.h"
#include "common/eventlog/stage_runner.h"
#include "common/runtime/system_clock.h"
#include "tests/integration/local_crash_support.h"
#include "tests/support/record_of.h"
#include "tests/support/temp_folder.h"

namespace gouji::testing {
namespace {

using namespace eventlog;  // NOLINT: the test is about nothing else

// Sanitizers hold freed memory back.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kIsMeasurable = false;
#else
constexpr bool kIsMeasurable = true;
#endif

std::int64_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::int64_t pages = 0;
  file >> pages >> pages;
  return pages * ::sysconf(_SC_PAGESIZE);
}

class PassThrough final : public Stage {
 public:
  std::string_view name() const override { return "pass"; }
  const std::vector<std::string>& inputs() const override { return inputs_; }
  std::optional<std::string> state_topic() const override { return "state"; }
  Result<void> process(const StoredRecord& stored, StageContext& context) override {
    if (is_stuck) return unavailable(ErrorCode::kBlobMissing, "what it needs is away");
    ++taken;
    context.state().put("key-" + std::to_string(stored.offset % 100), std::to_string(stored.offset));
    context.emit({"out", stored.at.partition, stored.record});
    return ok();
  }
  bool is_stuck = false;
  std::int64_t taken = 0;

 private:
  std::vector<std::string> inputs_{"in"};
};

struct Running {
  explicit Running(EventLog& log) : stage_log(std::move(*log.open_stage_log(crash_stage_log()))) {
    runner = std::make_unique<StageRunner>(log, *stage_log, stage, clock, observer, crash_runner_options());
  }
  runtime::SystemClock clock;
  StageObserver observer;
  PassThrough stage;
  std::unique_ptr<StageLog> stage_log;
  std::unique_ptr<StageRunner> runner;
};

void append(EventLog& log, std::int64_t records, std::size_t bytes) {
  auto appender = std::move(*log.open_appender());
  for (std::int64_t n = 0; n < records;) {
    std::vector<Outgoing> batch;
    for (int i = 0; i < 500 && n < records; ++i, ++n)
      batch.push_back(to("in", static_cast<std::int32_t>(n % kCrashPartitions), std::string(bytes, 'v')));
    ASSERT_TRUE(appender->append(batch).has_value());
  }
}

TEST(LocalLogMemory, IsBoundedWhereAStageIsStuckAndItsInputGrows) {
  if (!kIsMeasurable) GTEST_SKIP() << "a sanitizer holds memory back";
  const TempFolder folder;
  const auto log = open_owner(folder.file("log.db"));
  ASSERT_TRUE(create_crash_topics(*log).has_value());
  Running running(*log);
  running.stage.is_stuck = true;
  const std::int64_t before = resident_bytes();
  constexpr std::int64_t kRecords = 4000;
  constexpr std::size_t kBytes = 40'000;  // 160 MB in all
  for (std::int64_t n = 0; n < kRecords; n += 500) {
    append(*log, 500, kBytes);
    for (int turn = 0; turn < 20; ++turn) ASSERT_TRUE(running.runner->step()) << running.runner->end_reason();
  }
  EXPECT_EQ(running.stage.taken, 0);
  EXPECT_LT(resident_bytes() - before, 64 * 1024 * 1024);
  running.stage.is_stuck = false;
  while (running.stage.taken < kRecords || !running.runner->is_idle()) ASSERT_TRUE(running.runner->step());
  EXPECT_EQ(running.stage.taken, kRecords);
  EXPECT_LT(resident_bytes() - before, 96 * 1024 * 1024);
}

// Lets go of the log's writer when the runner has tried in vain.
struct Unlocking final : StageObserver {
  explicit Unlocking(SqliteConnection& its_holder) : holder(its_holder) {}
  void heartbeat() override {
    if (!holder.in_transaction() || ++tries < 2) return;
    EXPECT_TRUE(holder.execute("ROLLBACK").has_value());
  }
  SqliteConnection& holder;
  int tries = 0;
};

TEST(LocalLogMemory, IsBoundedWhereTheFileCannotBeWrittenForAWhileAndThenAllGoesThrough) {
  const TempFolder folder;
  const std::string path = folder.file("log.db");
  const auto log = open_owner(path);
  ASSERT_TRUE(create_crash_topics(*log).has_value());
  constexpr std::int64_t kRecords = 2000;
  append(*log, kRecords, 40'000);
  const auto holder = std::move(*SqliteConnection::open(path, SqliteAccess::kReadWrite));
  auto stage_log = std::move(*log->open_stage_log(crash_stage_log()));
  const runtime::SystemClock clock;
  Unlocking observer(*holder);
  PassThrough stage;
  StageRunner runner(*log, *stage_log, stage, clock, observer, crash_runner_options());
  const std::int64_t before = resident_bytes();
  ASSERT_TRUE(holder->execute("BEGIN IMMEDIATE").has_value());
  const auto appended = (*log->open_appender())->append(std::vector<Outgoing>{to("in", 0, "v")});
  ASSERT_FALSE(appended.has_value());
  EXPECT_EQ(appended.error().kind, ErrorKind::kUnavailable);
  while (!runner.is_idle()) {
    ASSERT_TRUE(runner.step()) << runner.end_reason();
    EXPECT_TRUE(!kIsMeasurable || resident_bytes() - before < 64 * 1024 * 1024);
  }
  EXPECT_EQ(observer.tries, 2);
  EXPECT_EQ(stage.taken, kRecords);
}

TEST(LocalLogMemory, IsFlatHoweverMuchGoesThrough) {
  if (!kIsMeasurable) GTEST_SKIP() << "a sanitizer holds memory back";
  const char* given = std::getenv("GOUJI_TEST_RECORDS");
  const std::int64_t records = given != nullptr ? std::atoll(given) : 20'000;
  const TempFolder folder;
  const auto log = open_owner(folder.file("log.db"));
  ASSERT_TRUE(create_crash_topics(*log).has_value());
  Running running(*log);
  std::int64_t tenth = 0;
  for (std::int64_t part = 1; part <= 10; ++part) {
    append(*log, records / 10, 1024);
    while (running.stage.taken < part * (records / 10) || !running.runner->is_idle()) ASSERT_TRUE(running.runner->step());
    if (part == 1) tenth = resident_bytes();
  }
  std::printf("%lld records: %.1f MB after a tenth, %.1f MB at the end\n", static_cast<long long>(records),
              static_cast<double>(tenth) / 1e6, static_cast<double>(resident_bytes()) / 1e6);
  EXPECT_LT(resident_bytes() - tenth, 8 * 1024 * 1024);
}

}  // namespace
}  // namespace gouji::testing
