// The whole pipeline in one process, for `gouji run`: one log, one registry, one admin endpoint,
// crawler, parser and validator.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/core/result.h"
#include "common/eventlog/log.h"
#include "common/eventlog/stage_runner.h"
#include "common/runtime/system_clock.h"
#include "common/telemetry/admin_server.h"
#include "services/gouji/commands.h"

namespace gouji::command {

class Pipeline {
 public:
  static Result<std::unique_ptr<Pipeline>> open(const RunRequest& request);
  ~Pipeline();  // stops everything in order

  eventlog::EventLog& log();
  std::string admin_address() const;

  // Starts the stages: nothing that they publish is older than this call.
  Result<void> start();
  // Reads all sources once and waits until what came of them is through all stages.
  // Returns how many documents and sources could not be read; telemetry named each.
  Result<std::int64_t> run_once();
  // Watches the sources until stop().
  Result<void> watch();
  // How a stage ended by itself, where one did.
  std::optional<eventlog::RunnerEnd> stage_end() const;
  // From any thread.
  void stop();

 private:
  struct Parts;
  explicit Pipeline(std::unique_ptr<Parts> parts);
  Result<void> wait_until_through();
  Result<void> wait_until_at_rest();

  std::unique_ptr<Parts> parts_;
};

}  // namespace gouji::command
