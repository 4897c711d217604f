// The validator as a stage: ReportParsed, ReportWithdrawn and Waiver in; verdicts, anomaly
// transitions and the compacted snapshots out. Newer rules work through the ledger at start. Judging is core/judge.h; this class decodes, calls and encodes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/eventlog/stage.h"
#include "common/events/codec.h"
#include "services/validator/core/judge.h"
#include "services/validator/telemetry.h"

namespace gouji::validator {

class ValidateStage : public eventlog::Stage {
 public:
  // `telemetry` outlives the stage.
  explicit ValidateStage(Telemetry& telemetry);

  std::string_view name() const override { return "validator"; }
  const std::vector<std::string>& inputs() const override { return inputs_; }
  std::optional<std::string> state_topic() const override;
  std::vector<std::string> copartitioned_outputs() const override;
  Result<void> process(const eventlog::StoredRecord& record, eventlog::StageContext& context) override;

  // Reports on which other rules have spoken last.
  std::vector<std::string> keys_to_work_on(const eventlog::KeyedState& state) override;
  Result<void> work_on(const std::string& key, std::int32_t partition, eventlog::StageContext& context) override;

  // The gauge of open anomalies follows committed state only.
  void state_restored(std::int32_t partition, const eventlog::KeyedState& state) override;
  void state_committing(std::int32_t partition, const eventlog::KeyedState& state) override;
  void state_dropped(std::int32_t partition) override;

 private:
  Telemetry& telemetry_;
  const std::vector<std::string> inputs_;
};

}  // namespace gouji::validator
