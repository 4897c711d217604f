// Two partitions on two cores against one: stage runners over a log in memory, each with a partition of
// its own, 100 µs of work a record. Goal: 1.8 times as many records a second.
//
// Work is measured in the thread's own time on a core, so that other load does not do it for free.
#include <benchmark/benchmark.h>
#include <time.h>

#include <chrono>
#include <memory>
#include <thread>
#include <vector>

#include "common/core/check.h"
#include "common/eventlog/stage_runner.h"
#include "common/runtime/system_clock.h"
#include "tests/support/record_of.h"

namespace gouji::testing {
namespace {

using namespace eventlog;  // NOLINT: the benchmark is about nothing else

constexpr std::int64_t kRecords = 20'000;
constexpr std::chrono::microseconds kWork{100};

std::chrono::nanoseconds thread_time() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

class WorkingStage final : public Stage {
 public:
  std::string_view name() const override { return "working"; }
  const std::vector<std::string>& inputs() const override { return inputs_; }
  std::optional<std::string> state_topic() const override { return std::nullopt; }
  Result<void> process(const StoredRecord& stored, StageContext& context) override {
    const auto until = thread_time() + kWork;
    while (thread_time() < until) {
    }
    context.emit({"out", stored.at.partition, stored.record});
    return ok();
  }

 private:
  std::vector<std::string> inputs_{"in"};
};

// One partition in memory, for one thread.
class PartitionLog final : public EventLog, public StageLog {
 public:
  PartitionLog(std::int32_t partition, std::int64_t records) : at_{"in", partition}, records_(records) {}

  std::string_view address() const override { return "memory"; }
  Result<std::vector<TopicSpec>> topics() override { return std::vector<TopicSpec>(); }
  Result<void> create_topic(const TopicSpec&) override { return ok(); }
  Result<std::int32_t> partitions(std::string_view) override { return std::int32_t{2}; }
  Result<ReadBatch> read(const TopicPartition&, std::int64_t from, const ReadLimits&) override { return ReadBatch{{}, from}; }
  Result<std::int64_t> begin_offset(const TopicPartition&) override { return std::int64_t{0}; }
  Result<std::int64_t> end_offset(const TopicPartition&, Isolation) override { return records_; }
  Result<std::int64_t> offset_at(const TopicPartition&, UnixMillis) override { return std::int64_t{0}; }
  Result<std::vector<CommittedOffset>> committed_offsets() override { return std::vector<CommittedOffset>(); }
  void wait_for_append(std::chrono::milliseconds) override {}
  Result<std::unique_ptr<Appender>> open_appender() override { return fatal(ErrorCode::kInternal, "no appender"); }
  Result<std::unique_ptr<StageLog>> open_stage_log(const StageLogOptions&) override { return fatal(ErrorCode::kInternal, "it is one"); }

  Outcome open_producer() override { return Outcome::kOk; }
  void set_listener(RebalanceListener& listener) override { listener_ = &listener; }
  Result<std::vector<StoredRecord>> poll(std::chrono::milliseconds, const ReadLimits& limits) override {
    if (!std::exchange(is_assigned_, true)) listener_->assigned({at_});
    std::vector<StoredRecord> batch;
    while (position_ < records_ && batch.size() < limits.records_max)
      batch.push_back({at_, position_++, record_of("key", std::string(1024, 'v'))});
    return batch;
  }
  std::vector<TopicPartition> assignment() const override { return {at_}; }
  Result<Offsets> committed(const std::vector<TopicPartition>&) override { return Offsets{}; }
  Result<void> seek(const Offsets&) override { return ok(); }
  void pause(const std::vector<TopicPartition>&) override {}
  void resume(const std::vector<TopicPartition>&) override {}
  Outcome begin() override { return Outcome::kOk; }
  Outcome append(const Outgoing& outgoing) override { return written_.push_back(outgoing), Outcome::kOk; }
  Outcome send_offsets(const Offsets& next) override { return committed_ = next.begin()->second, Outcome::kOk; }
  Outcome commit() override { return written_.clear(), Outcome::kOk; }
  Outcome abort() override { return Outcome::kOk; }
  bool in_doubt() const override { return false; }
  const std::string& last_error() const override { return error_; }
  void close() override {}

  bool is_done() const { return committed_ == records_; }

 private:
  const TopicPartition at_;
  const std::int64_t records_;
  RebalanceListener* listener_ = nullptr;
  bool is_assigned_ = false;
  std::int64_t position_ = 0;
  std::int64_t committed_ = 0;
  std::vector<Outgoing> written_;
  std::string error_;
};

void run_partition(std::int32_t partition, std::int64_t records) {
  PartitionLog log(partition, records);
  WorkingStage stage;
  const runtime::SystemClock clock;
  StageObserver observer;
  StageRunnerOptions options;
  options.group = "g";
  StageRunner runner(log, log, stage, clock, observer, options);
  while (!log.is_done()) GOUJI_CHECK(runner.step());
}

double process_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

void partitions(benchmark::State& state) {
  const double before = process_seconds();
  for ([[maybe_unused]] const auto round : state) {
    std::vector<std::jthread> threads;
    for (std::int32_t p = 0; p < state.range(0); ++p) threads.emplace_back(run_partition, p, kRecords / state.range(0));
  }
  state.SetItemsProcessed(state.iterations() * kRecords);
  // Alike for one and for two: the two do not stand in each other's way, whatever else runs here.
  state.counters["cpu_us_a_record"] = (process_seconds() - before) * 1e6 / static_cast<double>(state.iterations() * kRecords);
}

BENCHMARK(partitions)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime()->Repetitions(3);

}  // namespace
}  // namespace gouji::testing
