// The text of one log line, apart from where it is written.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "common/core/clock.h"
#include "common/telemetry/log.h"

namespace gouji::telemetry {

inline constexpr std::size_t kLogValueBytesMax = 2 * 1024;
inline constexpr std::size_t kLogLineBytesMax = 16 * 1024;

struct LogLine {
  UnixMillis time = 0;
  LogLevel level = LogLevel::kInfo;
  std::string_view program;
  std::string_view event;
  std::span<const LogField> fields;
};

// One JSON object without line feed, pure ASCII controls and valid UTF-8: control characters, line and
// paragraph separators and bidirectional controls are written as \uXXXX, broken UTF-8 as U+FFFD. A
// value ends with "…" after 2 KiB; fields that would make the line longer than 16 KiB are left out
// and "cut":true says so.
std::string format_log_line(const LogLine& line);

// Appends `text` as a JSON string with its quotes, at most `bytes_max` bytes between them.
void append_json_string(std::string& out, std::string_view text, std::size_t bytes_max);

}  // namespace gouji::telemetry
