#include "tests/integration/local_crash_support.h"

#include <gtest/gtest.h>

#include "common/runtime/system_clock.h"
#include "tests/support/record_of.h"

namespace gouji::testing {

using namespace eventlog;  // NOLINT: the tests are about nothing else

Result<void> CountStage::process(const StoredRecord& stored, StageContext& context) {
  const std::string* count = context.state().get("count");
  const std::string next = std::to_string((count == nullptr ? 0 : std::stoi(*count)) + 1);
  context.state().put("count", next);
  context.emit(to("out", stored.at.partition, *stored.record.value + "#" + next));
  return ok();
}

Result<std::unique_ptr<EventLog>> try_open_owner(const std::string& path) {
  OpenOptions options;
  options.mode = LocalMode::kOwner;
  return open_local_log({false, path, {}}, options);
}

std::unique_ptr<EventLog> open_owner(const std::string& path) {
  auto log = try_open_owner(path);
  if (!log) ADD_FAILURE() << log.error().message;
  return log ? std::move(*log) : nullptr;
}

Result<void> create_crash_topics(EventLog& log) {
  GOUJI_ASSIGN(const auto there, log.topics());
  for (const char* name : {"in", "out", "state", "in.dlq.g"}) {
    TopicSpec spec;
    spec.name = name;
    spec.partitions = kCrashPartitions;
    spec.compacted = spec.name == "state";
    bool is_there = false;
    for (const TopicSpec& other : there) is_there = is_there || other.name == spec.name;
    if (!is_there) GOUJI_TRY(log.create_topic(spec));
  }
  return ok();
}

StageLogOptions crash_stage_log() { return {"g", "count-g-0", {"in"}, std::nullopt}; }

StageRunnerOptions crash_runner_options() {
  StageRunnerOptions options;
  options.group = "g";
  options.transaction_age_max = std::chrono::milliseconds(5);
  options.poll_wait = std::chrono::milliseconds(5);
  options.look_every = std::chrono::milliseconds(1);
  return options;
}

std::int64_t check_inputs(EventLog& log) {
  std::int64_t records = 0;
  for (std::int32_t p = 0; p < kCrashPartitions; ++p) {
    std::int64_t number = p;
    for (const std::string& value : values_of(read_all(log, {"in", p}))) {
      EXPECT_EQ(value, std::to_string(number));
      number += kCrashPartitions;
      ++records;
    }
  }
  return records;
}

std::int64_t check_outputs(EventLog& log) {
  std::int64_t records = 0;
  for (std::int32_t p = 0; p < kCrashPartitions; ++p) {
    std::int64_t count = 0;
    for (const std::string& value : values_of(read_all(log, {"out", p}))) {
      EXPECT_EQ(value, std::to_string(p + count * kCrashPartitions) + "#" + std::to_string(count + 1));
      ++count;
    }
    records += count;
  }
  return records;
}

void drain(EventLog& log) {
  auto stage_log = log.open_stage_log(crash_stage_log());
  ASSERT_TRUE(stage_log.has_value());
  const runtime::SystemClock clock;
  StageObserver observer;
  CountStage stage;
  StageRunner runner(log, **stage_log, stage, clock, observer, crash_runner_options());
  const auto deadline = clock.monotonic() + std::chrono::seconds(60);
  while (!runner.is_idle() && clock.monotonic() < deadline) ASSERT_TRUE(runner.step()) << runner.end_reason();
  EXPECT_TRUE(runner.is_idle());
}

}  // namespace gouji::testing
