// The whole program around one stage: settings, log, topics check, admin endpoint, signals, exit
// codes. A service's main says what is special about it and nothing else.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/core/clock.h"
#include "common/core/result.h"
#include "common/eventlog/log.h"
#include "common/eventlog/poison_breaker.h"
#include "common/eventlog/stage.h"
#include "common/eventlog/stage_runner.h"
#include "common/runtime/settings.h"
#include "common/telemetry/log.h"
#include "common/telemetry/metrics.h"

namespace gouji::host {

// Exit codes of services, after sysexits.h.
inline constexpr int kExitOk = 0;
inline constexpr int kExitUsage = 64;
inline constexpr int kExitPoison = 65;       // the circuit breaker is open
inline constexpr int kExitUnavailable = 69;  // the broker cannot be reached
inline constexpr int kExitCannotCreate = 73;
inline constexpr int kExitForced = 75;  // the second signal, or the limit of an orderly stop
inline constexpr int kExitFenced = 76;  // another instance took over
inline constexpr int kExitConfig = 78;

struct ServiceContext {
  const runtime::Settings& settings;
  telemetry::Metrics& metrics;
  const Clock& clock;
};

struct StageService {
  std::string program;  // "gouji-parser"
  std::string summary;  // for --help
  std::string version;
  std::string admin_default;                    // "127.0.0.1:9465"
  std::vector<runtime::SettingSpec> settings;   // beyond those that all services have
  std::vector<std::string> outputs;             // topics
  std::function<Result<std::unique_ptr<eventlog::Stage>>(const ServiceContext&)> make_stage;
};

// Returns the exit code.
int run_stage_service(int argc, char** argv, const StageService& service);

// Settings that every service has: log, kafka, topics, admin, log_level, shutdown_limit, ordinal,
// group_instance_id.
std::vector<runtime::SettingSpec> common_settings(const std::string& admin_default);
// Those, breaker_percent, breaker_records and breaker_window, and the service's own.
std::vector<runtime::SettingSpec> stage_settings(const StageService& service);
// Opens the log that the settings name. Of a local one all stages run in one process, so a service
// of its own refuses it.
Result<std::unique_ptr<eventlog::EventLog>> open_log_of(const runtime::Settings& settings);
// Refuses topics that are missing or whose settings break a promise, all at once.
Result<void> check_topics(eventlog::EventLog& log, const std::vector<eventlog::TopicSpec>& wanted);
// The topics file that the settings name, else the embedded one.
Result<std::vector<eventlog::TopicSpec>> topics_of(const runtime::Settings& settings);
int exit_code_of(const Error& error);
int exit_code_of(eventlog::RunnerEnd end);
// Of the settings; nullopt where breaker_percent is 0.
std::optional<eventlog::BreakerOptions> breaker_of(const runtime::Settings& settings);
// Of the setting log_level.
telemetry::LogLevel log_level_of(const std::string& name);

}  // namespace gouji::host
