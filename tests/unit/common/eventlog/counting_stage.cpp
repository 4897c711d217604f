#include "tests/unit/common/eventlog/counting_stage.h"

#include <algorithm>

#include "tests/support/record_of.h"

namespace gouji::testing {

using namespace eventlog;  // NOLINT: the rig is about nothing else

namespace {

constexpr std::int32_t kPartitions = 2;

}  // namespace

Result<void> CountingStage::process(const StoredRecord& stored, StageContext& context) {
  const std::string value = stored.record.value.value_or("");
  seen.push_back(value);
  const std::string* count = context.state().get("count");
  const std::string next = std::to_string((count == nullptr ? 0 : std::stoi(*count)) + 1);
  // Staged and emitted before the error, so that taking both back is tested.
  context.state().put("count", next);
  context.emit(to("out", stored.at.partition, value + "#" + next));
  if (value.starts_with("poison")) return invalid_input(ErrorCode::kMalformed, "poison of the test");
  if (value.starts_with("stray")) return invalid_input(ErrorCode::kNotAReport, "no report");
  if (value.starts_with("fatal")) return fatal(ErrorCode::kInternal, "the stage cannot go on");
  if (value.starts_with("needy") && is_down) return unavailable(ErrorCode::kBlobMissing, "the blob is away");
  if (value.starts_with("large")) context.emit(to("out", stored.at.partition, std::string(kRecordBytesMax, 'x')));
  if (value.starts_with("state")) context.state().put("big", std::string(kRecordBytesMax, 'x'));
  return ok();
}

Result<void> CountingStage::work_on(const std::string& key, std::int32_t partition, StageContext& context) {
  // Done once, whatever happens: what is done is in the state.
  if (context.state().get(key) != nullptr) return ok();
  context.state().put(key, "done");
  context.emit(to("out", partition, key));
  if (key.starts_with("bad")) return invalid_input(ErrorCode::kMalformed, "cannot be worked on");
  if (key.starts_with("needy") && is_down) return unavailable(ErrorCode::kBlobMissing, "the blob is away");
  if (key.starts_with("read")) {
    GOUJI_ASSIGN(const auto record, context.read({"in", partition}, 0));
    context.emit(to("out", partition, record ? "read " + record->record.value.value_or("") : "nothing there"));
  }
  return ok();
}

void CountingStage::state_restored(std::int32_t partition, const KeyedState& state) {
  const std::string* count = state.get("count");
  counts[partition] = count == nullptr ? "0" : *count;
}

void CountingStage::state_committing(std::int32_t partition, const KeyedState& state) {
  for (const auto& [key, value] : state.staged()) {
    if (key == "count") counts[partition] = value.value_or("0");
  }
}

Rig::Rig() {
  for (const char* name : {"in", "out", "state", "in.dlq.g"}) {
    TopicSpec spec;
    spec.name = name;
    spec.partitions = kPartitions;
    spec.compacted = spec.name == "state";
    (void)log.create_topic(spec);
  }
  options.group = "g";
  options.service_version = "1.2.3";
  options.transaction_records_max = 3;
  options.look_every = std::chrono::milliseconds(0);
}

void Rig::append(std::int32_t partition, const std::string& value) {
  inputs_[partition].push_back(value);
  const std::vector<Outgoing> record{{"in", partition, {"key", value, {{"ce_id", value}}, clock.unix_millis()}}};
  (void)(*log.open_appender())->append(record);
}

void Rig::start() {
  crash();
  stage = std::make_unique<CountingStage>();
  StageLogOptions stage_options{"g", "counting-g-0", {"in"}, std::nullopt};
  stage_log = std::move(*log.open_stage_log(stage_options));
  runner = std::make_unique<StageRunner>(log, *stage_log, *stage, clock, observer, options);
}

void Rig::crash() {
  runner.reset();
  stage_log.reset();
  stage.reset();
}

bool Rig::run_until_idle(int turns_max) {
  const auto began = clock.monotonic();
  for (int turn = 0; turn < turns_max; ++turn) {
    if (!runner->step()) return false;
    if (runner->idle_as_of() > began) return true;
  }
  return false;
}

bool Rig::drain() {
  log.on_call = nullptr;
  start();
  return run_until_idle();
}

std::vector<std::string> Rig::out(std::int32_t partition) { return values_of(read_all(log, {"out", partition})); }

std::vector<std::string> Rig::dead() {
  std::vector<std::string> all;
  for (std::int32_t p = 0; p < kPartitions; ++p) {
    for (auto& value : values_of(read_all(log, {"in.dlq.g", p}))) all.push_back(std::move(value));
  }
  return all;
}

std::string Rig::broken_promise() {
  if (!log.violations.empty()) return "misuse: " + log.violations.front();
  std::vector<std::string> dead_expected;
  for (std::int32_t p = 0; p < kPartitions; ++p) {
    std::vector<std::string> expected;
    for (const std::string& value : inputs_[p]) {
      const bool is_bad = value.starts_with("poison") || value.starts_with("stray") || value.starts_with("large") ||
                          value.starts_with("state");
      if (is_bad) {
        dead_expected.push_back(value);
      } else {
        expected.push_back(value + "#" + std::to_string(expected.size() + 1));
      }
    }
    if (out(p) != expected) {
      std::string text = "partition " + std::to_string(p) + " has";
      for (const auto& value : out(p)) text += " " + value;
      return text;
    }
    if (stage && stage->counts[p] != std::to_string(expected.size())) return "state is " + stage->counts[p];
  }
  auto dead_found = dead();
  std::sort(dead_found.begin(), dead_found.end());
  std::sort(dead_expected.begin(), dead_expected.end());
  return dead_found == dead_expected ? "" : "dead letters differ";
}

}  // namespace gouji::testing
