// Appending to and reading from the table of records.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "common/core/result.h"
#include "common/eventlog/local/catalog.h"
#include "common/eventlog/local/sqlite.h"
#include "common/eventlog/log.h"

namespace gouji::eventlog {

// A record that is ready to be inserted, but for its offset.
struct PendingRow {
  std::int64_t partition_id = 0;
  Record record;
  std::string headers;
  std::uint32_t crc = 0;  // of the payload
  std::size_t bytes = 0;
};

// Finds the partition and checks sizes. kInvalidInput TOO_LARGE, BAD_ARGUMENT (a partition that is
// not there, no key on a compacted topic).
Result<PendingRow> prepare_row(const LocalTopic& topic, const Outgoing& outgoing);

// Inside a transaction: gives the rows their offsets, in order, and leaves a gap of one offset in
// each partition, as Kafka's commit marker does, so that no reader takes offsets for dense.
Result<void> insert_rows(SqliteConnection& connection, const std::vector<PendingRow>& rows, UnixMillis now);

struct PartitionBounds {
  std::int64_t low = 0;
  std::int64_t next = 0;
};
Result<PartitionBounds> partition_bounds(SqliteConnection& connection, std::int64_t partition_id);

// Where a read takes place.
struct RowSource {
  const TopicPartition& at;
  std::int64_t partition_id;
  std::int64_t from;
};
// Appends to `out` the records from there on, as many as `left` allows, and takes them off it; the
// first record of an empty `out` always fits. kFatal LOG_CORRUPT names the place of a damaged row.
Result<void> read_rows(SqliteConnection& connection, const RowSource& source, ReadLimits& left,
                       std::vector<StoredRecord>& out);

// First offset whose timestamp is not before `time`; the end when there is none.
Result<std::int64_t> find_time(SqliteConnection& connection, std::int64_t partition_id, UnixMillis time);

}  // namespace gouji::eventlog
