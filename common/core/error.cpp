#include "common/core/error.h"

#include <utility>

#include "common/core/check.h"

namespace gouji {

std::string_view to_string(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kInvalidInput: return "INVALID_INPUT";
    case ErrorKind::kUnavailable: return "UNAVAILABLE";
    case ErrorKind::kFatal: return "FATAL";
  }
  GOUJI_CHECK(false);
}

std::string_view to_string(ErrorCode code) {
  switch (code) {
    case ErrorCode::kBadArgument: return "BAD_ARGUMENT";
    case ErrorCode::kBadSettings: return "BAD_SETTINGS";
    case ErrorCode::kNotFound: return "NOT_FOUND";
    case ErrorCode::kUnreadable: return "UNREADABLE";
    case ErrorCode::kTooLarge: return "TOO_LARGE";
    case ErrorCode::kMalformed: return "MALFORMED";
    case ErrorCode::kUnknownVersion: return "UNKNOWN_VERSION";
    case ErrorCode::kNotAReport: return "NOT_A_REPORT";
    case ErrorCode::kBlobMissing: return "BLOB_MISSING";
    case ErrorCode::kDigestMismatch: return "DIGEST_MISMATCH";
    case ErrorCode::kWorkerDied: return "WORKER_DIED";
    case ErrorCode::kTimeout: return "TIMEOUT";
    case ErrorCode::kQueueFull: return "QUEUE_FULL";
    case ErrorCode::kFenced: return "FENCED";
    case ErrorCode::kLogUnavailable: return "LOG_UNAVAILABLE";
    case ErrorCode::kLogCorrupt: return "LOG_CORRUPT";
    case ErrorCode::kLogLocked: return "LOG_LOCKED";
    case ErrorCode::kTopicMismatch: return "TOPIC_MISMATCH";
    case ErrorCode::kDiskFull: return "DISK_FULL";
    case ErrorCode::kRefusedAddress: return "REFUSED_ADDRESS";
    case ErrorCode::kHttpStatus: return "HTTP_STATUS";
    case ErrorCode::kInternal: return "INTERNAL";
  }
  GOUJI_CHECK(false);
}

Error invalid_input(ErrorCode code, std::string message) {
  return {ErrorKind::kInvalidInput, code, std::move(message)};
}

Error unavailable(ErrorCode code, std::string message) {
  return {ErrorKind::kUnavailable, code, std::move(message)};
}

Error fatal(ErrorCode code, std::string message) {
  return {ErrorKind::kFatal, code, std::move(message)};
}

Error with_context(std::string_view context, Error error) {
  error.message = std::string(context) + ": " + error.message;
  return error;
}

}  // namespace gouji
