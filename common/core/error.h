// One vocabulary of expected failures. Core code returns an Error; only the stage runner decides
// what a kind means for the record in hand, so that decision stands in one place.
#pragma once

#include <string>
#include <string_view>

namespace gouji {

// What the caller may do about a failure.
enum class ErrorKind {
  kInvalidInput,  // the input itself is at fault: dead letter, never retried
  kUnavailable,   // something outside is missing or slow: back off and retry, never a dead letter
  kFatal,         // this process cannot go on: drain and exit
};

// Closed set: the value is a metric label and a dead-letter header (`dlq_error_code`).
enum class ErrorCode {
  kBadArgument,
  kBadSettings,
  kNotFound,
  kUnreadable,        // a file, address or blob cannot be read
  kTooLarge,
  kMalformed,         // bytes that do not decode (protobuf, UTF-8, JSON, frame)
  kUnknownVersion,    // from a newer schema or file version
  kNotAReport,
  kBlobMissing,
  kDigestMismatch,
  kWorkerDied,
  kTimeout,
  kQueueFull,
  kFenced,
  kLogUnavailable,
  kLogCorrupt,
  kLogLocked,
  kTopicMismatch,
  kDiskFull,
  kRefusedAddress,
  kHttpStatus,
  kInternal,
};

std::string_view to_string(ErrorKind kind);
// Upper snake case without the k, for example "BLOB_MISSING".
std::string_view to_string(ErrorCode code);

// `message` names the thing, the value and, where there is one, the setting to change.
struct Error {
  ErrorKind kind = ErrorKind::kFatal;
  ErrorCode code = ErrorCode::kInternal;
  std::string message;
};

Error invalid_input(ErrorCode code, std::string message);
Error unavailable(ErrorCode code, std::string message);
Error fatal(ErrorCode code, std::string message);
// The same error with context in front: "context: message".
Error with_context(std::string_view context, Error error);

}  // namespace gouji
