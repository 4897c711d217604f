#include "services/validator/service.h"

#include "common/eventlog/topics.h"
#include "services/validator/settings.h"
#include "services/validator/validate_stage.h"
#include "gouji/version.h"

namespace gouji::validator {
namespace {

// What the stage refers to; a base of its own, so that it is there before the stage.
struct Parts {
  Telemetry telemetry;
};

class OwningStage : private Parts, public ValidateStage {
 public:
  OwningStage(telemetry::Metrics& metrics, const Clock& clock)
      : Parts{Telemetry(metrics, clock)}, ValidateStage(Parts::telemetry) {}
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
  service.settings = setting_specs();
  service.make_stage = [](const host::ServiceContext& context) -> Result<std::unique_ptr<eventlog::Stage>> {
    GOUJI_TRY(load_severities(context.settings.text("severities")));
    return make_stage(context.metrics, context.clock);
  };
  return service;
}

}  // namespace gouji::validator
