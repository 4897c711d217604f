#include "services/validator/service.h"

#include "common/eventlog/topics.h"
#include "services/validator/validate_stage.h"
#include "gouji/version.h"

namespace gouji::validator {
namespace {

// The stage together with its metrics.
class OwningStage : public eventlog::Stage {
 public:
  OwningStage(telemetry::Metrics& metrics, const Clock& clock) : telemetry_(metrics, clock), stage_(telemetry_) {}

  std::string_view name() const override { return stage_.name(); }
  const std::vector<std::string>& inputs() const override { return stage_.inputs(); }
  std::optional<std::string> state_topic() const override { return stage_.state_topic(); }
  std::vector<std::string> copartitioned_outputs() const override { return stage_.copartitioned_outputs(); }
  Result<void> process(const eventlog::StoredRecord& record, eventlog::StageContext& context) override {
    return stage_.process(record, context);
  }
  void state_restored(std::int32_t partition, const eventlog::KeyedState& state) override {
    stage_.state_restored(partition, state);
  }
  void state_committing(std::int32_t partition, const eventlog::KeyedState& state) override {
    stage_.state_committing(partition, state);
  }
  void state_dropped(std::int32_t partition) override { stage_.state_dropped(partition); }

 private:
  Telemetry telemetry_;
  ValidateStage stage_;
};

}  // namespace

std::unique_ptr<eventlog::Stage> make_stage(telemetry::Metrics& metrics, const Clock& clock) {
  return std::make_unique<OwningStage>(metrics, clock);
}

host::StageService service() {
  host::StageService service;
  service.program = "gouji-validator";
  service.summary = "检查勾稽关系，发布结论与异常 / checks the figures, publishes verdicts and anomalies";
  service.version = gouji::version();
  service.admin_default = "127.0.0.1:9467";
  for (const std::string_view topic : {eventlog::kVerdictTopic, eventlog::kAnomalyTopic, eventlog::kReportCurrentTopic,
                                       eventlog::kAnomalyCurrentTopic})
    service.outputs.emplace_back(topic);
  service.make_stage = [](const host::ServiceContext& context) -> Result<std::unique_ptr<eventlog::Stage>> {
    return make_stage(context.metrics, context.clock);
  };
  return service;
}

}  // namespace gouji::validator
