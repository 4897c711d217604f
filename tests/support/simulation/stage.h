// The stage of the simulation. An input is "<key>:<number>:<kind>"; its output is "<key>:<number>#<n>",
// n counted per key in the state, so that a lost, doubled or reordered effect shows, and so does state
// that does not agree. A careful stage, as the parser and the validator are, also drops a number that
// its state has seen.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/eventlog/stage.h"

namespace gouji::testing::simulation {

struct Input {
  std::string key;
  int number = 0;
  char kind = 'n';  // n ordinary, p poison, s no report, u finds something unavailable, c refused by the log, g aborted upstream
};
std::string text_of(const Input& input);
Input input_of(std::string_view text);

// Per key: the last number, how many took effect, the version that it was made by and is at.
struct KeyState {
  int last = 0;
  int count = 0;
  int made_by = 0;
  int version = 0;
};
std::string text_of(const KeyState& state);
KeyState key_state_of(std::string_view text);

struct StageTraits {
  bool is_careful = false;
  int version = 1;
  bool is_bad_build = false;    // takes every record for poison
  bool keeps_state = false;     // a planted mistake: what it staged outlives an abort
  std::vector<std::string> inputs{"in"};
  std::function<bool()> is_away;  // whether a record of kind u finds what it needs now
};

class SimulatedStage final : public eventlog::Stage {
 public:
  explicit SimulatedStage(StageTraits traits) : traits_(std::move(traits)) {}
  int version() const { return traits_.version; }
  std::string_view name() const override { return "simulated"; }
  const std::vector<std::string>& inputs() const override { return traits_.inputs; }
  std::optional<std::string> state_topic() const override { return "state"; }
  std::vector<std::string> copartitioned_outputs() const override { return {"out"}; }
  Result<void> process(const eventlog::StoredRecord& stored, eventlog::StageContext& context) override;
  std::vector<std::string> keys_to_work_on(const eventlog::KeyedState& state) override;
  Result<void> work_on(const std::string& key, std::int32_t partition, eventlog::StageContext& context) override;

 private:
  std::optional<KeyState> find(const std::string& key, eventlog::StageContext& context) const;
  void put(const std::string& key, const KeyState& state, eventlog::StageContext& context);

  const StageTraits traits_;
  std::map<std::string, KeyState> kept_;
};

}  // namespace gouji::testing::simulation
