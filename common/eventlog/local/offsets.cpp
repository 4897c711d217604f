#include "common/eventlog/local/offsets.h"

namespace gouji::eventlog {

namespace {

constexpr UnixMillis kDay = 86'400'000;

}  // namespace

Result<std::vector<CommittedOffset>> load_offsets(SqliteConnection& connection) {
  std::vector<CommittedOffset> offsets;
  SqliteQuery row = connection.query(
      "SELECT o.group_name, t.name, p.partition, o.offset FROM offsets o"
      " JOIN partitions p ON p.id=o.partition_id JOIN topics t ON t.id=p.topic_id"
      " ORDER BY o.group_name, t.name, p.partition");
  for (;;) {
    GOUJI_ASSIGN(const bool has_row, row.next());
    if (!has_row) return offsets;
    const TopicPartition at{std::string(row.bytes(1)), static_cast<std::int32_t>(row.integer(2))};
    offsets.push_back({std::string(row.bytes(0)), at, row.integer(3)});
  }
}

Result<void> touch_offsets(SqliteConnection& connection, std::string_view group, UnixMillis now) {
  SqliteQuery row = connection.query("UPDATE offsets SET committed_at=? WHERE group_name=? AND committed_at<?");
  return row.bind(now).bind_text(group).bind(now - kDay).run();
}

}  // namespace gouji::eventlog
