// What is special about gouji-validator: its topics and how its stage is made.
#pragma once

#include <memory>

#include "common/host/stage_service.h"

namespace gouji::validator {

host::StageService service();
std::unique_ptr<eventlog::Stage> make_stage(telemetry::Metrics& metrics, const Clock& clock);

}  // namespace gouji::validator
