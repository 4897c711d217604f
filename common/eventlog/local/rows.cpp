#include "common/eventlog/local/rows.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "common/eventlog/local/row.h"

namespace gouji::eventlog {

namespace {

// A Kafka record costs a little more than its bytes; the topic's limit counts that, too.
constexpr std::size_t kRecordOverhead = 100;

struct Cursor {
  std::int64_t next = 0;
  std::int64_t time_max = 0;
};

Result<Cursor> load_cursor(SqliteConnection& connection, std::int64_t partition_id) {
  SqliteQuery row = connection.query("SELECT next, time_max FROM partitions WHERE id=?");
  GOUJI_ASSIGN(const bool found, row.bind(partition_id).next());
  if (!found) return fatal(ErrorCode::kLogCorrupt, fmt::format("{}: a partition is gone", connection.path()));
  return Cursor{row.integer(0), row.integer(1)};
}

Result<void> insert_row(SqliteConnection& connection, const PendingRow& row, Cursor& cursor, UnixMillis now) {
  cursor.time_max = std::max(cursor.time_max, row.record.timestamp);
  SqliteQuery insert = connection.query(
      "INSERT INTO records(partition_id, offset, timestamp, time_max, appended_at, key, value, headers, crc)"
      " VALUES(?,?,?,?,?,?,?,?,?)");
  insert.bind(row.partition_id).bind(cursor.next).bind(row.record.timestamp).bind(cursor.time_max).bind(now);
  insert.bind_blob(row.record.key).bind_blob(row.record.value).bind_blob(std::string_view(row.headers));
  insert.bind(row_crc(row.crc, row.partition_id, cursor.next));
  GOUJI_TRY(insert.run());
  ++cursor.next;
  return ok();
}

Error damaged(const TopicPartition& at, std::int64_t offset) {
  return fatal(ErrorCode::kLogCorrupt,
               fmt::format("record {} of topic {}, partition {}, is damaged: its checksum does not agree."
                           " `gouji log verify` lists all damage; restore the log from a copy",
                           offset, at.topic, at.partition));
}

// Columns offset, timestamp, key, value, headers, crc.
Result<StoredRecord> record_of(const SqliteQuery& row, const RowSource& source) {
  StoredRecord stored{source.at, row.integer(0), {}};
  stored.record.timestamp = row.integer(1);
  stored.record.key = row.blob(2);
  stored.record.value = row.blob(3);
  const std::uint32_t payload = payload_crc(stored.record, row.bytes(4));
  if (row.integer(5) != row_crc(payload, source.partition_id, stored.offset)) {
    return damaged(source.at, stored.offset);
  }
  auto headers = decode_headers(row.bytes(4));
  if (!headers) return damaged(source.at, stored.offset);
  stored.record.headers = std::move(*headers);
  return stored;
}

}  // namespace

Result<PendingRow> prepare_row(const LocalTopic& topic, const Outgoing& outgoing) {
  const Record& record = outgoing.record;
  const std::size_t bytes = byte_size(record);
  const std::size_t limit =
      std::min(kRecordBytesMax, static_cast<std::size_t>(std::max<std::int64_t>(
                                    topic.spec.message_bytes_max - static_cast<std::int64_t>(kRecordOverhead), 0)));
  if (bytes > limit) {
    return invalid_input(ErrorCode::kTooLarge,
                         fmt::format("a record of {} bytes for topic {}: the limit is {}", bytes, outgoing.topic, limit));
  }
  if (topic.spec.compacted && !record.key) {
    return invalid_input(ErrorCode::kBadArgument,
                         fmt::format("a record without a key for the compacted topic {}", outgoing.topic));
  }
  const std::int32_t by_key = record.key ? partition_of(*record.key, topic.spec.partitions) : 0;
  const std::int32_t partition = outgoing.partition.value_or(by_key);
  if (partition < 0 || partition >= topic.spec.partitions) {
    return invalid_input(ErrorCode::kBadArgument, fmt::format("topic {} has {} partitions, there is no partition {}",
                                                              outgoing.topic, topic.spec.partitions, partition));
  }
  PendingRow row{topic.partition_ids[static_cast<std::size_t>(partition)], record, encode_headers(record.headers), 0,
                 bytes};
  row.crc = payload_crc(row.record, row.headers);
  return row;
}

Result<void> insert_rows(SqliteConnection& connection, const std::vector<PendingRow>& rows, UnixMillis now) {
  std::map<std::int64_t, Cursor> cursors;
  for (const PendingRow& row : rows) {
    auto cursor = cursors.find(row.partition_id);
    if (cursor == cursors.end()) {
      GOUJI_ASSIGN(const Cursor loaded, load_cursor(connection, row.partition_id));
      cursor = cursors.emplace(row.partition_id, loaded).first;
    }
    GOUJI_TRY(insert_row(connection, row, cursor->second, now));
  }
  for (const auto& [partition_id, cursor] : cursors) {
    SqliteQuery update = connection.query("UPDATE partitions SET next=?, time_max=? WHERE id=?");
    GOUJI_TRY(update.bind(cursor.next + 1).bind(cursor.time_max).bind(partition_id).run());
  }
  return ok();
}

Result<PartitionBounds> partition_bounds(SqliteConnection& connection, std::int64_t partition_id) {
  SqliteQuery row = connection.query("SELECT low, next FROM partitions WHERE id=?");
  GOUJI_ASSIGN(const bool found, row.bind(partition_id).next());
  if (!found) return fatal(ErrorCode::kLogCorrupt, fmt::format("{}: a partition is gone", connection.path()));
  return PartitionBounds{row.integer(0), row.integer(1)};
}

Result<void> read_rows(SqliteConnection& connection, const RowSource& source, ReadLimits& left,
                       std::vector<StoredRecord>& out) {
  if (left.records_max == 0) return ok();
  SqliteQuery row = connection.query(
      "SELECT offset, timestamp, key, value, headers, crc FROM records"
      " WHERE partition_id=? AND offset>=? ORDER BY offset LIMIT ?");
  row.bind(source.partition_id).bind(source.from).bind(static_cast<std::int64_t>(left.records_max));
  for (;;) {
    GOUJI_ASSIGN(const bool has_row, row.next());
    if (!has_row) return ok();
    const std::size_t bytes = row.bytes(2).size() + row.bytes(3).size() + row.bytes(4).size();
    if (bytes > left.bytes_max && !out.empty()) {
      left = {0, 0};
      return ok();
    }
    GOUJI_ASSIGN(auto stored, record_of(row, source));
    out.push_back(std::move(stored));
    --left.records_max;
    left.bytes_max -= std::min(bytes, left.bytes_max);
  }
}

Result<std::int64_t> find_time(SqliteConnection& connection, std::int64_t partition_id, UnixMillis time) {
  GOUJI_ASSIGN(const PartitionBounds bounds, partition_bounds(connection, partition_id));
  std::int64_t low = bounds.low;
  std::int64_t high = bounds.next;
  // time_max rises with the offset. Invariant: the answer is not below low; from high on it holds.
  while (low < high) {
    const std::int64_t middle = low + (high - low) / 2;
    SqliteQuery row = connection.query(
        "SELECT offset, time_max FROM records WHERE partition_id=? AND offset>=? ORDER BY offset LIMIT 1");
    GOUJI_ASSIGN(const bool found, row.bind(partition_id).bind(middle).next());
    if (!found || row.integer(1) >= time) {
      high = middle;
    } else {
      low = row.integer(0) + 1;
    }
  }
  // Where compaction or retention took the record that was the first one, a later one is.
  SqliteQuery row = connection.query(
      "SELECT offset FROM records WHERE partition_id=? AND offset>=? AND timestamp>=? ORDER BY offset LIMIT 1");
  GOUJI_ASSIGN(const bool found, row.bind(partition_id).bind(low).bind(time).next());
  return found ? row.integer(0) : bounds.next;
}

}  // namespace gouji::eventlog
