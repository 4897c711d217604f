// The log of one machine: one SQLite file. See common/eventlog/log.h for what it promises.
//
// One process owns it and runs all stages; a lock beside the file holds others off. Other
// processes read, or append in transactions of their own. The file stays on a local disk: its
// write-ahead log needs shared memory, which no network file system has.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "common/core/result.h"
#include "common/eventlog/log.h"

namespace gouji::eventlog {

// The owner also removes, in the background, what retention and compaction let go; see
// maintain_local_log. kFatal LOG_LOCKED names the holder's pid; kFatal UNKNOWN_VERSION, LOG_CORRUPT;
// kUnavailable LOG_UNAVAILABLE where there is no file (the owner creates it) or no way to it.
Result<std::unique_ptr<EventLog>> open_local_log(const LogAddress& address, const OpenOptions& options);

struct MaintenanceReport {
  std::int64_t expired_records = 0;    // older than the topic's retention, and read by every group
  std::int64_t compacted_records = 0;  // a newer record of their key stands behind them
  std::int64_t expired_tombstones = 0;
  bool is_done = true;  // false: the rest is left to the next call
};
struct MaintenanceLimits {
  int chunks_max = 1000;  // transactions of at most 1000 records each
  // A chunk lets the writer go after this time, and one record at least.
  std::chrono::milliseconds chunk_max{20};
  std::chrono::milliseconds pause{0};  // between two chunks
};
// One round of retention and compaction as of `now`. `log` comes from open_local_log and is the owner's.
Result<MaintenanceReport> maintain_local_log(EventLog& log, UnixMillis now, const MaintenanceLimits& limits);

struct PartitionStat {
  TopicPartition at;
  std::int64_t begin = 0;
  std::int64_t end = 0;
  std::int64_t records = 0;
};
struct LocalLogStat {
  std::int64_t format_version = 0;
  std::int64_t file_bytes = 0;
  std::int64_t wal_bytes = 0;   // changes that are not in the file itself yet
  std::int64_t free_bytes = 0;  // inside the file, used again by later records
  std::vector<PartitionStat> partitions;
  std::vector<CommittedOffset> offsets;
};
// Reads only; works while another process owns the log.
Result<LocalLogStat> stat_local_log(const std::string& path);

struct LocalLogVerdict {
  std::int64_t records_checked = 0;
  std::vector<std::string> problems;  // empty: the file is whole; at most 100 are named
};
// SQLite's own integrity check, and the checksum of every record.
Result<LocalLogVerdict> verify_local_log(const std::string& path);

}  // namespace gouji::eventlog
