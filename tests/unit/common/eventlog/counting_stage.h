// A stage whose output shows what it did: each record becomes "<value>#<n>", n counted in its state,
// so that a lost, doubled or reordered record shows, and so does state that is not exactly once.
// The rig runs it over the log in memory.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "common/eventlog/stage.h"
#include "common/eventlog/stage_runner.h"
#include "tests/support/memory_log.h"

namespace gouji::testing {

class CountingStage final : public eventlog::Stage {
 public:
  std::string_view name() const override { return "counting"; }
  const std::vector<std::string>& inputs() const override { return inputs_; }
  std::optional<std::string> state_topic() const override { return "state"; }
  std::vector<std::string> copartitioned_outputs() const override { return {"out"}; }
  Result<void> process(const eventlog::StoredRecord& stored, eventlog::StageContext& context) override;
  std::size_t prepares_at_once() const override { return on_prepare ? 2 : 0; }
  void prepare(std::span<const eventlog::StoredRecord> batch) override { on_prepare(batch.size()); }
  void state_restored(std::int32_t partition, const eventlog::KeyedState& state) override;
  void state_committing(std::int32_t partition, const eventlog::KeyedState& state) override;
  void state_dropped(std::int32_t partition) override { counts.erase(partition); }
  // "work" in the list of a partition counts once more and says so, as a record would.
  std::vector<std::string> keys_to_work_on(const eventlog::KeyedState& state) override {
    return state.get("count") == nullptr ? std::vector<std::string>() : works;
  }
  Result<void> work_on(const std::string& key, std::int32_t partition, eventlog::StageContext& context) override;

  std::vector<std::string> works;
  std::function<void(std::size_t)> on_prepare;
  bool is_down = false;                    // "needy" records find something unavailable
  std::vector<std::string> seen;           // values in the order of process()
  std::map<std::int32_t, std::string> counts;  // per partition, as committed

 private:
  std::vector<std::string> inputs_{"in"};
};

struct CountingObserver final : StageObserver {
  void consumed(std::string_view, std::int64_t records) override { consumed_records += records; }
  void produced(std::string_view topic, std::int64_t records) override { produced_records[std::string(topic)] += records; }
  void dead_lettered(std::string_view, ErrorCode code, std::int64_t records) override { dead_letters[code] += records; }
  void retried(ErrorCode) override { ++retries; }
  void transaction(TransactionResult result, std::int64_t, std::chrono::nanoseconds) override { ++transactions[result]; }
  void producer_recreated(std::string_view) override { ++producers_recreated; }
  void lag(std::string_view, std::int32_t partition, std::int64_t records) override { lags[partition] = records; }
  void restoring(std::int32_t, std::int64_t, std::int64_t of) override { restored_max = std::max(restored_max, of); }
  void heartbeat() override { ++heartbeats; }

  std::int64_t consumed_records = 0;
  std::map<std::string, std::int64_t> produced_records;
  std::map<ErrorCode, std::int64_t> dead_letters;
  int retries = 0;
  std::map<TransactionResult, int> transactions;
  int producers_recreated = 0;
  std::map<std::int32_t, std::int64_t> lags;
  std::int64_t restored_max = 0;
  int heartbeats = 0;
};

class Rig {
 public:
  Rig();
  void append(std::int32_t partition, const std::string& value);
  // A new incarnation of the process: what the old one had in memory is gone.
  void start();
  void crash();
  bool step() { return runner->step(); }
  // Turns until all of the input is committed; false when the runner ended or did not get there.
  bool run_until_idle(int turns_max = 5000);
  // Restarts after a crash or an end, without further faults, until all is committed.
  bool drain();

  std::vector<std::string> out(std::int32_t partition);
  std::vector<std::string> dead();
  // Every promise at once: each input in exactly one place, order, counts, state. Empty when all hold.
  std::string broken_promise();

  SimulatedClock clock;
  MemoryLog log{clock};
  CountingObserver observer;
  eventlog::StageRunnerOptions options;
  std::unique_ptr<CountingStage> stage;
  std::unique_ptr<eventlog::StageLog> stage_log;
  std::unique_ptr<eventlog::StageRunner> runner;

 private:
  std::map<std::int32_t, std::vector<std::string>> inputs_;
};

}  // namespace gouji::testing
