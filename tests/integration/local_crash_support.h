// What the tests of crashes and of failing disks share: a stage whose outputs show what it did, over a
// local log of four topics, and the checks of what stands in it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "common/eventlog/local/local_log.h"
#include "common/eventlog/stage_runner.h"

namespace gouji::testing {

inline constexpr std::int32_t kCrashPartitions = 2;

// "n" becomes "n#count", counted in the state.
class CountStage final : public eventlog::Stage {
 public:
  std::string_view name() const override { return "count"; }
  const std::vector<std::string>& inputs() const override { return inputs_; }
  std::optional<std::string> state_topic() const override { return "state"; }
  Result<void> process(const eventlog::StoredRecord& stored, eventlog::StageContext& context) override;

 private:
  std::vector<std::string> inputs_{"in"};
};

Result<std::unique_ptr<eventlog::EventLog>> try_open_owner(const std::string& path);
// Fails the test where it cannot be opened, and is null then.
std::unique_ptr<eventlog::EventLog> open_owner(const std::string& path);
Result<void> create_crash_topics(eventlog::EventLog& log);
eventlog::StageLogOptions crash_stage_log();
eventlog::StageRunnerOptions crash_runner_options();

// The numbers stand in order and without a gap, each once; returns how many there are.
std::int64_t check_inputs(eventlog::EventLog& log);
// Outputs are a beginning of what the inputs give, each once; returns how many there are.
std::int64_t check_outputs(eventlog::EventLog& log);
// Runs the stage until everything is through.
void drain(eventlog::EventLog& log);

}  // namespace gouji::testing
