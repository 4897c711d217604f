#include "common/telemetry/log.h"

#include <chrono>
#include <memory>
#include <mutex>

#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>

#include "common/core/check.h"
#include "common/telemetry/log_line.h"

namespace gouji::telemetry {

namespace {

spdlog::level::level_enum to_spdlog(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug: return spdlog::level::debug;
    case LogLevel::kInfo: return spdlog::level::info;
    case LogLevel::kWarning: return spdlog::level::warn;
    case LogLevel::kError: return spdlog::level::err;
  }
  GOUJI_CHECK(false);
}

// The log of the process: the one thing of telemetry that is not passed in.
struct ProcessLog {
  ProcessLog() : logger("gouji", std::make_shared<spdlog::sinks::stderr_sink_mt>()) {
    logger.set_pattern("%v");
    logger.set_level(spdlog::level::info);
    logger.flush_on(spdlog::level::debug);
    logger.set_error_handler([](const std::string&) {});  // nowhere left to say it
  }
  spdlog::logger logger;
  std::mutex mutex;
  std::string program = "gouji";
};

ProcessLog& process_log() {
  static ProcessLog* const log = new ProcessLog;  // never destroyed: threads may log until the end
  return *log;
}

}  // namespace

void start_log(std::string_view program, LogLevel level) {
  ProcessLog& log = process_log();
  const std::lock_guard lock(log.mutex);
  log.program = program;
  log.logger.set_level(to_spdlog(level));
}

void log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
  ProcessLog& log = process_log();
  if (!log.logger.should_log(to_spdlog(level))) return;
  LogLine line;
  line.time = std::chrono::duration_cast<std::chrono::milliseconds>(
                  std::chrono::system_clock::now().time_since_epoch())
                  .count();
  line.level = level;
  line.event = event;
  line.fields = {fields.begin(), fields.size()};
  std::string program;
  {
    const std::lock_guard lock(log.mutex);
    program = log.program;
  }
  line.program = program;
  log.logger.log(to_spdlog(level), spdlog::string_view_t(format_log_line(line)));
}

}  // namespace gouji::telemetry
