// JSON log lines on standard error, one object a line: time, level, program, event, fields. Values
// are escaped and cut at 2 KiB; ERROR means that a person must act.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace gouji::telemetry {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

using LogField = std::pair<std::string_view, std::string>;

// Once, in main. `level` is the lowest that is written.
void start_log(std::string_view program, LogLevel level);
// `event` is a short stable name ("stage.committed"). Thread-safe.
void log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields = {});
inline void log_info(std::string_view event, std::initializer_list<LogField> fields = {}) {
  log(LogLevel::kInfo, event, fields);
}
inline void log_warning(std::string_view event, std::initializer_list<LogField> fields = {}) {
  log(LogLevel::kWarning, event, fields);
}
inline void log_error(std::string_view event, std::initializer_list<LogField> fields = {}) {
  log(LogLevel::kError, event, fields);
}

}  // namespace gouji::telemetry
