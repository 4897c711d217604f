// Exit codes of the command (docs/cli.md); services have their own.
#pragma once

#include "common/core/error.h"

namespace gouji::command {

inline constexpr int kOk = 0;
inline constexpr int kFindings = 1;      // check: at or above --fail-on
inline constexpr int kUsage = 2;         // wrong usage or settings
inline constexpr int kNotRead = 3;       // check: a document is not PARSED; run --once: a poison dead letter
inline constexpr int kLogUnavailable = 4;  // the log or broker cannot be reached or opened

inline int exit_code_of(const Error& error) {
  switch (error.code) {
    case ErrorCode::kBadArgument:
    case ErrorCode::kBadSettings:
    case ErrorCode::kNotFound:
      return kUsage;
    default:
      return kLogUnavailable;
  }
}

}  // namespace gouji::command
