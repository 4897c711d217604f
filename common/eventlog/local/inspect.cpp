// `gouji log stat` and `gouji log verify`: what stands in the file, and whether it is whole.
#include <filesystem>
#include <system_error>

#include <fmt/format.h>

#include "common/eventlog/local/local_log.h"
#include "common/eventlog/local/log_file.h"
#include "common/eventlog/local/offsets.h"
#include "common/eventlog/local/row.h"

namespace gouji::eventlog {

namespace {

constexpr std::size_t kProblemsMax = 100;

std::int64_t size_of(const std::string& path) {
  std::error_code error;
  const auto bytes = std::filesystem::file_size(path, error);
  return error ? 0 : static_cast<std::int64_t>(bytes);
}

Result<std::vector<PartitionStat>> partition_stats(SqliteConnection& connection) {
  std::vector<PartitionStat> stats;
  SqliteQuery row = connection.query(
      "SELECT t.name, p.partition, p.low, p.next,"
      " (SELECT count(*) FROM records r WHERE r.partition_id=p.id)"
      " FROM partitions p JOIN topics t ON t.id=p.topic_id ORDER BY t.name, p.partition");
  for (;;) {
    GOUJI_ASSIGN(const bool has_row, row.next());
    if (!has_row) return stats;
    const TopicPartition at{std::string(row.bytes(0)), static_cast<std::int32_t>(row.integer(1))};
    stats.push_back({at, row.integer(2), row.integer(3), row.integer(4)});
  }
}

void add_problem(LocalLogVerdict& verdict, std::string problem) {
  if (verdict.problems.size() < kProblemsMax) verdict.problems.push_back(std::move(problem));
}

Result<void> check_structure(SqliteConnection& connection, LocalLogVerdict& verdict) {
  SqliteQuery row = connection.query("PRAGMA integrity_check(100)");
  for (;;) {
    GOUJI_ASSIGN(const bool has_row, row.next());
    if (!has_row) return ok();
    if (row.bytes(0) != "ok") add_problem(verdict, fmt::format("structure: {}", row.bytes(0)));
  }
}

Result<void> check_records(SqliteConnection& connection, LocalLogVerdict& verdict) {
  SqliteQuery row = connection.query(
      "SELECT r.offset, r.timestamp, r.key, r.value, r.headers, r.crc, r.partition_id, t.name, p.partition, p.next"
      " FROM records r LEFT JOIN partitions p ON p.id=r.partition_id LEFT JOIN topics t ON t.id=p.topic_id"
      " ORDER BY r.partition_id, r.offset");
  for (;;) {
    GOUJI_ASSIGN(const bool has_row, row.next());
    if (!has_row) return ok();
    ++verdict.records_checked;
    Record record;
    record.timestamp = row.integer(1);
    record.key = row.blob(2);
    record.value = row.blob(3);
    const std::uint32_t crc = row_crc(payload_crc(record, row.bytes(4)), row.integer(6), row.integer(0));
    const std::string place =
        fmt::format("topic {}, partition {}, offset {}", row.bytes(7), row.integer(8), row.integer(0));
    if (row.integer(5) != crc) add_problem(verdict, place + ": the checksum does not agree");
    if (row.integer(0) >= row.integer(9)) add_problem(verdict, place + ": beyond the end of the partition");
  }
}

// What no record says of itself: ends, beginnings and committed offsets that contradict each other.
Result<void> check_bounds(SqliteConnection& connection, LocalLogVerdict& verdict) {
  SqliteQuery row = connection.query(
      "SELECT t.name, p.partition, 'its end is not behind its beginning' FROM partitions p"
      " JOIN topics t ON t.id=p.topic_id WHERE p.low<0 OR p.low>p.next OR p.compacted_to<0 OR p.compacted_to>p.next"
      " UNION ALL SELECT t.name, p.partition, 'a record stands before the beginning' FROM partitions p"
      " JOIN topics t ON t.id=p.topic_id"
      " WHERE EXISTS(SELECT 1 FROM records r WHERE r.partition_id=p.id AND r.offset<p.low)"
      " UNION ALL SELECT t.name, p.partition, 'group '||o.group_name||' has read beyond the end' FROM offsets o"
      " JOIN partitions p ON p.id=o.partition_id JOIN topics t ON t.id=p.topic_id WHERE o.offset<0 OR o.offset>p.next"
      " UNION ALL SELECT t.name, t.partitions, 'partitions are missing' FROM topics t"
      " WHERE t.partitions<>(SELECT count(*) FROM partitions p WHERE p.topic_id=t.id AND p.partition BETWEEN 0 AND t.partitions-1)");
  for (;;) {
    GOUJI_ASSIGN(const bool has_row, row.next());
    if (!has_row) return ok();
    add_problem(verdict, fmt::format("topic {}, partition {}: {}", row.bytes(0), row.integer(1), row.bytes(2)));
  }
}

}  // namespace

Result<LocalLogStat> stat_local_log(const std::string& path) {
  GOUJI_ASSIGN(const auto connection, open_log_file(path, SqliteAccess::kRead));
  LocalLogStat stat;
  stat.format_version = kLogFormatVersion;
  stat.file_bytes = size_of(path);
  stat.wal_bytes = size_of(path + "-wal");
  GOUJI_ASSIGN(const std::int64_t page, connection->integer("PRAGMA page_size"));
  GOUJI_ASSIGN(const std::int64_t free_pages, connection->integer("PRAGMA freelist_count"));
  stat.free_bytes = page * free_pages;
  GOUJI_ASSIGN(stat.partitions, partition_stats(*connection));
  GOUJI_ASSIGN(stat.offsets, load_offsets(*connection));
  return stat;
}

Result<LocalLogVerdict> verify_local_log(const std::string& path) {
  GOUJI_ASSIGN(const auto connection, open_log_file(path, SqliteAccess::kRead));
  LocalLogVerdict verdict;
  // Damage may end either check early: that is a finding, too.
  if (const auto checked = check_structure(*connection, verdict); !checked) {
    add_problem(verdict, checked.error().message);
  }
  if (const auto checked = check_records(*connection, verdict); !checked) {
    add_problem(verdict, checked.error().message);
  }
  if (const auto checked = check_bounds(*connection, verdict); !checked) {
    add_problem(verdict, checked.error().message);
  }
  return verdict;
}

}  // namespace gouji::eventlog
