// The file of a local log: its tables, its version, and how a connection to it is set up.
//
//   topics      one row a topic, with its settings
//   partitions  id, low (first offset kept), next (offset of the next record), time_max (largest
//               create time so far), compacted_to (offsets below are compacted)
//   records     partition_id, offset, timestamp, time_max (largest timestamp up to here: rises with
//               the offset, so a time is found by bisection and needs no index), appended_at,
//               key, value, headers, crc
//   offsets     committed offsets of groups
//   producers   transactional id → epoch: a commit under an older epoch is refused
//   newest      per key of a compacted partition the offset that compaction keeps
#pragma once

#include <memory>
#include <string>

#include "common/core/result.h"
#include "common/eventlog/local/sqlite.h"

namespace gouji::eventlog {

inline constexpr std::int64_t kLogApplicationId = 0x474F554A;  // "GOUJ"
inline constexpr std::int64_t kLogFormatVersion = 1;

// Creates the folder (0700) that holds the log, where it is missing.
Result<void> create_log_folder(const std::string& path);
// Creates file (0600) and tables where they are missing.
Result<void> create_log_file(const std::string& path);
// A connection to a log that exists. kUnavailable LOG_UNAVAILABLE: there is none; kFatal
// UNKNOWN_VERSION: a newer program wrote it; kFatal LOG_CORRUPT: it is something else.
Result<std::unique_ptr<SqliteConnection>> open_log_file(const std::string& path, SqliteAccess access);

}  // namespace gouji::eventlog
