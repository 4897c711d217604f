#include "common/eventlog/local/maintenance.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <limits>
#include <set>
#include <system_error>
#include <thread>

#include "common/eventlog/local/offsets.h"

namespace gouji::eventlog {

namespace {

constexpr std::int64_t kChunkRecords = 1000;
using SteadyClock = std::chrono::steady_clock;

// A chunk holds the writer: it ends when its time is up, after one record at least.
class Budget {
 public:
  explicit Budget(std::chrono::milliseconds most) : until_(SteadyClock::now() + most) {}
  bool is_spent() const { return SteadyClock::now() >= until_; }

 private:
  const SteadyClock::time_point until_;
};

constexpr std::uintmax_t kWalBytesMax = 64 * 1024 * 1024;
constexpr UnixMillis kOffsetsKept = std::int64_t{365} * 86'400'000;

struct PartitionPlan {
  std::int64_t id = 0;
  std::int64_t next = 0;
  std::int64_t compacted_to = 0;
  bool is_compacted = false;
  std::int64_t retention_ms = -1;
  std::int64_t delete_retention_ms = 0;
};

Result<std::vector<PartitionPlan>> load_plans(SqliteConnection& connection) {
  std::vector<PartitionPlan> plans;
  SqliteQuery row = connection.query(
      "SELECT p.id, p.next, p.compacted_to, t.compacted, t.retention_ms, t.delete_retention_ms"
      " FROM partitions p JOIN topics t ON t.id=p.topic_id");
  for (;;) {
    GOUJI_ASSIGN(const bool has_row, row.next());
    if (!has_row) return plans;
    plans.push_back({row.integer(0), row.integer(1), row.integer(2), row.integer(3) != 0, row.integer(4), row.integer(5)});
  }
}

// Retention never takes what a group has still to read: the log has one disk and no other copy.
Result<std::int64_t> lowest_committed(SqliteConnection& connection, std::int64_t partition_id) {
  SqliteQuery row = connection.query("SELECT min(offset) FROM offsets WHERE partition_id=?");
  GOUJI_ASSIGN(const bool has_row, row.bind(partition_id).next());
  return has_row && !row.is_null(0) ? row.integer(0) : std::numeric_limits<std::int64_t>::max();
}

// Offsets of the oldest records that are older than `cutoff`, at most a chunk of them.
Result<std::vector<std::int64_t>> find_expired(SqliteConnection& connection, const PartitionPlan& plan, UnixMillis cutoff) {
  GOUJI_ASSIGN(const std::int64_t limit, lowest_committed(connection, plan.id));
  std::vector<std::int64_t> expired;
  SqliteQuery row = connection.query(
      "SELECT offset, appended_at FROM records WHERE partition_id=? AND offset<? ORDER BY offset LIMIT ?");
  row.bind(plan.id).bind(limit).bind(kChunkRecords);
  for (;;) {
    GOUJI_ASSIGN(const bool has_row, row.next());
    if (!has_row || row.integer(1) >= cutoff) return expired;
    expired.push_back(row.integer(0));
  }
}

Result<void> delete_record(SqliteConnection& connection, std::int64_t partition_id, std::int64_t offset) {
  SqliteQuery remove = connection.query("DELETE FROM records WHERE partition_id=? AND offset=?");
  return remove.bind(partition_id).bind(offset).run();
}

Result<std::int64_t> expire_chunk(SqliteConnection& connection, const PartitionPlan& plan, UnixMillis now, const Budget& budget) {
  GOUJI_ASSIGN(const auto expired, find_expired(connection, plan, now - plan.retention_ms));
  std::int64_t removed = 0;
  for (const std::int64_t offset : expired) {
    GOUJI_TRY(delete_record(connection, plan.id, offset));
    ++removed;
    if (budget.is_spent()) break;
  }
  if (removed == 0) return removed;
  SqliteQuery advance = connection.query("UPDATE partitions SET low=max(low, ?) WHERE id=?");
  GOUJI_TRY(advance.bind(expired[static_cast<std::size_t>(removed - 1)] + 1).bind(plan.id).run());
  return removed;
}

struct Keyed {
  std::int64_t offset = 0;
  std::string key;
  bool is_tombstone = false;
};

Result<std::vector<Keyed>> load_keys(SqliteConnection& connection, const PartitionPlan& plan) {
  std::vector<Keyed> keys;
  SqliteQuery row = connection.query(
      "SELECT offset, key, value IS NULL FROM records WHERE partition_id=? AND offset>=? AND offset<?"
      " ORDER BY offset LIMIT ?");
  row.bind(plan.id).bind(plan.compacted_to).bind(plan.next).bind(kChunkRecords);
  for (;;) {
    GOUJI_ASSIGN(const bool has_row, row.next());
    if (!has_row) return keys;
    keys.push_back({row.integer(0), std::string(row.bytes(1)), row.integer(2) != 0});
  }
}

// Makes `keyed` the newest of its key; the record before it goes. True when there was one.
Result<bool> supersede(SqliteConnection& connection, const PartitionPlan& plan, const Keyed& keyed, UnixMillis now) {
  bool had_older = false;
  {
    SqliteQuery older = connection.query("SELECT offset FROM newest WHERE partition_id=? AND key=?");
    GOUJI_ASSIGN(had_older, older.bind(plan.id).bind_blob(std::string_view(keyed.key)).next());
    if (had_older) GOUJI_TRY(delete_record(connection, plan.id, older.integer(0)));
  }
  SqliteQuery note = connection.query(
      "INSERT INTO newest(partition_id, key, offset, delete_at) VALUES(?,?,?,?)"
      " ON CONFLICT(partition_id, key) DO UPDATE SET offset=excluded.offset, delete_at=excluded.delete_at");
  note.bind(plan.id).bind_blob(std::string_view(keyed.key)).bind(keyed.offset);
  if (keyed.is_tombstone) {
    note.bind(now + plan.delete_retention_ms);
  } else {
    note.bind_null();
  }
  GOUJI_TRY(note.run());
  return had_older;
}

Result<std::int64_t> compact_chunk(SqliteConnection& connection, PartitionPlan& plan, UnixMillis now, const Budget& budget) {
  GOUJI_ASSIGN(const auto keys, load_keys(connection, plan));
  std::int64_t removed = 0;
  std::int64_t compacted_to = plan.compacted_to;
  for (const Keyed& keyed : keys) {
    GOUJI_ASSIGN(const bool had_older, supersede(connection, plan, keyed, now));
    removed += had_older ? 1 : 0;
    compacted_to = keyed.offset + 1;
    if (budget.is_spent()) break;
  }
  SqliteQuery advance = connection.query("UPDATE partitions SET compacted_to=? WHERE id=?");
  GOUJI_TRY(advance.bind(compacted_to).bind(plan.id).run());
  plan.compacted_to = compacted_to;
  return removed;
}

struct Chunk {
  std::int64_t removed = 0;
  bool is_last = true;
};

// Tombstones that readers have had their time to see.
Result<Chunk> tombstone_chunk(SqliteConnection& connection, UnixMillis now, const Budget& budget) {
  struct Due {
    std::int64_t partition_id;
    std::int64_t offset;
    std::string key;
  };
  std::vector<Due> due;
  {
    SqliteQuery row = connection.query(
        "SELECT partition_id, offset, key FROM newest WHERE delete_at IS NOT NULL AND delete_at<=? LIMIT ?");
    row.bind(now).bind(kChunkRecords);
    for (;;) {
      GOUJI_ASSIGN(const bool has_row, row.next());
      if (!has_row) break;
      due.push_back({row.integer(0), row.integer(1), std::string(row.bytes(2))});
    }
  }
  Chunk chunk{0, std::ssize(due) < kChunkRecords};
  for (const Due& tombstone : due) {
    if (chunk.removed > 0 && budget.is_spent()) return Chunk{chunk.removed, false};
    GOUJI_TRY(delete_record(connection, tombstone.partition_id, tombstone.offset));
    SqliteQuery forget = connection.query("DELETE FROM newest WHERE partition_id=? AND key=?");
    GOUJI_TRY(forget.bind(tombstone.partition_id).bind_blob(std::string_view(tombstone.key)).run());
    ++chunk.removed;
  }
  return chunk;
}

Result<void> expire_offsets(SqliteConnection& connection, const std::set<std::string>& groups, UnixMillis now) {
  for (const std::string& group : groups) GOUJI_TRY(touch_offsets(connection, group, now));
  SqliteQuery remove = connection.query("DELETE FROM offsets WHERE committed_at<?");
  return remove.bind(now - kOffsetsKept).run();
}

class Round {
 public:
  Round(LocalStore& store, UnixMillis now, const MaintenanceLimits& limits)
      : store_(store), now_(now), limits_(limits), chunks_left_(limits.chunks_max) {}

  Result<MaintenanceReport> run() {
    std::vector<PartitionPlan> plans;
    GOUJI_TRY(store_.read([&](SqliteConnection& connection) -> Result<void> {
      GOUJI_ASSIGN(plans, load_plans(connection));
      return ok();
    }));
    for (PartitionPlan& plan : plans) {
      if (plan.is_compacted) GOUJI_TRY(compact(plan));
      if (!plan.is_compacted && plan.retention_ms >= 0) GOUJI_TRY(expire(plan));
    }
    GOUJI_TRY(tombstones());
    return report_;
  }

 private:
  bool take_chunk() {
    if (chunks_left_ <= 0) {
      report_.is_done = false;
      return false;
    }
    // Whoever waits for the writer has it first.
    if (chunks_left_ < limits_.chunks_max) std::this_thread::sleep_for(limits_.pause);
    --chunks_left_;
    return true;
  }

  // Looks with a reader first: the writer is not disturbed where there is nothing to do.
  Result<bool> has_work(const PartitionPlan& plan) {
    bool found = false;
    GOUJI_TRY(store_.read([&](SqliteConnection& connection) -> Result<void> {
      if (plan.is_compacted) {
        SqliteQuery row = connection.query("SELECT 1 FROM records WHERE partition_id=? AND offset>=? LIMIT 1");
        GOUJI_ASSIGN(found, row.bind(plan.id).bind(plan.compacted_to).next());
        return ok();
      }
      GOUJI_ASSIGN(const auto expired, find_expired(connection, plan, now_ - plan.retention_ms));
      found = !expired.empty();
      return ok();
    }));
    return found;
  }

  Result<void> compact(PartitionPlan& plan) {
    for (;;) {
      GOUJI_ASSIGN(const bool found, has_work(plan));
      if (!found || !take_chunk()) return ok();
      GOUJI_TRY(store_.write([&](SqliteConnection& connection) -> Result<void> {
        GOUJI_ASSIGN(const std::int64_t removed, compact_chunk(connection, plan, now_, Budget(limits_.chunk_max)));
        report_.compacted_records += removed;
        return ok();
      }));
    }
  }

  Result<void> expire(const PartitionPlan& plan) {
    for (;;) {
      GOUJI_ASSIGN(const bool found, has_work(plan));
      if (!found || !take_chunk()) return ok();
      GOUJI_TRY(store_.write([&](SqliteConnection& connection) -> Result<void> {
        GOUJI_ASSIGN(const std::int64_t removed, expire_chunk(connection, plan, now_, Budget(limits_.chunk_max)));
        report_.expired_records += removed;
        return ok();
      }));
    }
  }

  Result<void> tombstones() {
    for (bool is_last = false; !is_last && take_chunk();) {
      GOUJI_TRY(store_.write([&](SqliteConnection& connection) -> Result<void> {
        GOUJI_ASSIGN(const Chunk chunk, tombstone_chunk(connection, now_, Budget(limits_.chunk_max)));
        report_.expired_tombstones += chunk.removed;
        is_last = chunk.is_last;
        return expire_offsets(connection, store_.groups(), now_);
      }));
    }
    return ok();
  }

  LocalStore& store_;
  const UnixMillis now_;
  const MaintenanceLimits limits_;
  int chunks_left_;
  MaintenanceReport report_;
};

Result<void> give_back(LocalStore& store) {
  std::error_code error;
  const auto wal_bytes = std::filesystem::file_size(store.path() + "-wal", error);
  const bool wal_is_long = !error && wal_bytes > kWalBytesMax;
  return store.tidy([&](SqliteConnection& connection) -> Result<void> {
    GOUJI_TRY(connection.execute("PRAGMA incremental_vacuum(256)"));
    if (!wal_is_long) return ok();
    // A reader in the middle of a read only puts it off.
    auto shortened = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)");
    return shortened || shortened.error().kind == ErrorKind::kFatal ? shortened : ok();
  });
}

}  // namespace

Result<MaintenanceReport> maintain(LocalStore& store, UnixMillis now, const MaintenanceLimits& limits) {
  Round round(store, now, limits);
  GOUJI_ASSIGN(const MaintenanceReport report, round.run());
  GOUJI_TRY(give_back(store));
  return report;
}

}  // namespace gouji::eventlog
