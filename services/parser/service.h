// What is special about gouji-parser: its settings, topics and how its stage is made.
#pragma once

#include <memory>
#include <string>

#include "common/host/stage_service.h"
#include "common/runtime/worker_pool.h"
#include "services/parser/parse_stage.h"
#include "services/parser/worker.h"

namespace gouji::parser {

host::StageService service();

// The settings programs.*, and the runner that they make; `gouji` takes them from the environment alone.
std::vector<runtime::SettingSpec> program_settings();
ProgramRunner programs_of(const runtime::Settings& settings);
Result<ProgramRunner> programs_of_environment();

// The stage with its worker pool, metrics and blobs below `data` ("" = no content-addressed store).
struct StageParts {
  std::string blobs;
  std::size_t workers = 2;
  ProgramRunner programs = {};  // none are installed
};
Result<std::unique_ptr<eventlog::Stage>> make_stage(const StageParts& parts, telemetry::Metrics& metrics);

}  // namespace gouji::parser
