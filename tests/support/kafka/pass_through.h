// A stage that copies its input to an output, and a runner for it over Kafka.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "common/eventlog/stage_runner.h"
#include "common/runtime/system_clock.h"

namespace gouji::testing {

class PassThrough final : public eventlog::Stage {
 public:
  PassThrough(std::string input, std::string output)
      : inputs_{std::move(input)}, output_(std::move(output)) {}
  std::string_view name() const override { return "pass"; }
  const std::vector<std::string>& inputs() const override { return inputs_; }
  std::optional<std::string> state_topic() const override { return std::nullopt; }
  Result<void> process(const eventlog::StoredRecord& record,
                       eventlog::StageContext& context) override {
    has_taken_ = true;
    if (record.record.value && record.record.value->starts_with("poison")) {
      return invalid_input(ErrorCode::kMalformed, "poison of the test");
    }
    context.emit({output_, std::nullopt, record.record});  // by key, as the input was
    return ok();
  }
  bool has_taken() const { return has_taken_; }  // any record

 private:
  std::vector<std::string> inputs_;
  std::string output_;
  bool has_taken_ = false;
};

// What a run did, for tests that want to see that a fault has hit. Any thread may read.
class PassObserver final : public StageObserver {
 public:
  void consumed(std::string_view, std::int64_t records) override { records_ += records; }
  void transaction(TransactionResult result, std::int64_t, std::chrono::nanoseconds) override {
    if (result == TransactionResult::kCommitted) ++commits_;
    if (result == TransactionResult::kAborted) ++aborts_;
  }
  void producer_recreated(std::string_view) override { ++recreated_; }
  void warn(std::string_view message) override;
  void note(std::string_view message) override;

  std::atomic<std::int64_t> records_{0};
  std::atomic<int> commits_{0};
  std::atomic<int> aborts_{0};
  std::atomic<int> recreated_{0};
};

struct PassOptions {
  std::string bootstrap;
  std::string input;
  std::string output;
  std::string group;
  std::string ordinal = "0";  // makes the transactional id and the static member
  std::size_t transaction_records_max = eventlog::StageRunnerOptions{}.transaction_records_max;
  std::map<std::string, std::string> settings = {};  // of librdkafka, on top of open_kafka()'s
  bool doubts = true;                                // as in StageLogOptions
};

// Owns everything that a running pass-through stage needs.
class PassRun {
 public:
  explicit PassRun(const PassOptions& options);
  eventlog::StageRunner& runner() { return *runner_; }
  const PassObserver& observer() const { return observer_; }
  bool has_taken() const { return stage_.has_taken(); }

 private:
  PassThrough stage_;
  PassObserver observer_;
  runtime::SystemClock clock_;
  std::unique_ptr<eventlog::EventLog> log_;
  std::unique_ptr<eventlog::StageLog> stage_log_;
  std::unique_ptr<eventlog::StageRunner> runner_;
};

// The same on a thread of its own; stopped and joined by the destructor.
class PassThread {
 public:
  explicit PassThread(const PassOptions& options)
      : run_(options), thread_([this] { end_ = run_.runner().run(); }) {}
  ~PassThread() { stop(); }
  eventlog::RunnerEnd stop() {
    run_.runner().stop();
    if (thread_.joinable()) thread_.join();
    return end_;
  }
  PassRun& run() { return run_; }

 private:
  PassRun run_;
  eventlog::RunnerEnd end_ = eventlog::RunnerEnd::kStopped;
  std::thread thread_;
};

}  // namespace gouji::testing
