#include "common/eventlog/local/log_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include <fmt/format.h>

namespace gouji::eventlog {

namespace {

constexpr const char* kTables = R"sql(
BEGIN IMMEDIATE;
CREATE TABLE topics(
  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, partitions INTEGER NOT NULL,
  replication INTEGER NOT NULL, compacted INTEGER NOT NULL, retention_ms INTEGER NOT NULL,
  delete_retention_ms INTEGER NOT NULL, message_bytes_max INTEGER NOT NULL, config TEXT NOT NULL);
CREATE TABLE partitions(
  id INTEGER PRIMARY KEY, topic_id INTEGER NOT NULL, partition INTEGER NOT NULL,
  low INTEGER NOT NULL, next INTEGER NOT NULL, time_max INTEGER NOT NULL,
  compacted_to INTEGER NOT NULL, UNIQUE(topic_id, partition));
CREATE TABLE records(
  id INTEGER PRIMARY KEY, partition_id INTEGER NOT NULL, offset INTEGER NOT NULL,
  timestamp INTEGER NOT NULL, time_max INTEGER NOT NULL, appended_at INTEGER NOT NULL,
  key BLOB, value BLOB, headers BLOB NOT NULL, crc INTEGER NOT NULL);
CREATE UNIQUE INDEX records_at ON records(partition_id, offset);
CREATE TABLE offsets(
  group_name TEXT NOT NULL, partition_id INTEGER NOT NULL, offset INTEGER NOT NULL,
  committed_at INTEGER NOT NULL, PRIMARY KEY(group_name, partition_id)) WITHOUT ROWID;
CREATE TABLE producers(
  transactional_id TEXT NOT NULL PRIMARY KEY, epoch INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE newest(
  partition_id INTEGER NOT NULL, key BLOB NOT NULL, offset INTEGER NOT NULL, delete_at INTEGER,
  PRIMARY KEY(partition_id, key)) WITHOUT ROWID;
CREATE INDEX newest_tombstones ON newest(delete_at) WHERE delete_at IS NOT NULL;
)sql";

Error file_error(const std::string& path, const char* what, int code) {
  return unavailable(ErrorCode::kLogUnavailable,
                     fmt::format("{}: cannot {}: {}", path, what, std::strerror(code)));
}

Result<void> create_folder(const std::filesystem::path& folder) {
  std::error_code error;
  if (folder.empty() || std::filesystem::is_directory(folder, error)) return ok();
  GOUJI_TRY(create_folder(folder.parent_path()));
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return file_error(folder, "create the folder", errno);
  return ok();
}

Result<void> sync_folder(const std::filesystem::path& folder) {
  const std::string name = folder.empty() ? "." : folder.string();
  const int descriptor = ::open(name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return file_error(name, "open the folder", errno);
  const int synced = ::fsync(descriptor);
  const int code = errno;
  ::close(descriptor);
  return synced == 0 ? ok() : Result<void>(file_error(name, "sync the folder", code));
}

// SQLite itself would create it readable for everybody; its companions take over this mode.
// Never opens a file that exists: closing it again would drop SQLite's locks in this process.
Result<void> create_empty_file(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor < 0) return errno == EEXIST ? ok() : Result<void>(file_error(path, "create the log", errno));
  ::close(descriptor);
  return sync_folder(std::filesystem::path(path).parent_path());
}

Error not_a_log(const std::string& path) {
  return fatal(ErrorCode::kLogCorrupt,
               fmt::format("{} is not a Gouji log (SQLite application_id differs): give another --log", path));
}

Result<bool> is_blank(SqliteConnection& connection) {
  GOUJI_ASSIGN(const std::int64_t id, connection.integer("PRAGMA application_id"));
  GOUJI_ASSIGN(const std::int64_t tables, connection.integer("SELECT count(*) FROM sqlite_schema"));
  return id == 0 && tables == 0;
}

Result<void> check_version(SqliteConnection& connection) {
  GOUJI_ASSIGN(const std::int64_t id, connection.integer("PRAGMA application_id"));
  if (id != kLogApplicationId) return not_a_log(connection.path());
  GOUJI_ASSIGN(const std::int64_t version, connection.integer("PRAGMA user_version"));
  if (version == kLogFormatVersion) return ok();
  return fatal(ErrorCode::kUnknownVersion,
               fmt::format("{} has log format {}, this program knows {}: start the newer gouji that wrote it",
                           connection.path(), version, kLogFormatVersion));
}

Result<void> set_up(SqliteConnection& connection, SqliteAccess access) {
  if (access == SqliteAccess::kRead) return connection.execute("PRAGMA cache_size=-2048; PRAGMA query_only=ON");
  // A checkpoint every 16 MiB; the log of changes gives disk space back above 64 MiB.
  return connection.execute(
      "PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=4000; PRAGMA journal_size_limit=67108864;"
      "PRAGMA cache_size=-8192; PRAGMA foreign_keys=OFF");
}

}  // namespace

Result<void> create_log_folder(const std::string& path) {
  return create_folder(std::filesystem::path(path).parent_path());
}

Result<void> create_log_file(const std::string& path) {
  GOUJI_TRY(create_empty_file(path));
  GOUJI_ASSIGN(const auto connection, SqliteConnection::open(path, SqliteAccess::kReadWrite));
  GOUJI_ASSIGN(const bool blank, is_blank(*connection));
  if (!blank) return check_version(*connection);
  GOUJI_TRY(connection->execute("PRAGMA auto_vacuum=INCREMENTAL; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL"));
  // Tables, identity and version appear together or not at all.
  return connection->execute(fmt::format("{} PRAGMA application_id={}; PRAGMA user_version={}; COMMIT", kTables,
                                         kLogApplicationId, kLogFormatVersion));
}

Result<std::unique_ptr<SqliteConnection>> open_log_file(const std::string& path, SqliteAccess access) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) {
    return unavailable(ErrorCode::kLogUnavailable,
                       fmt::format("此处没有事件日志：请先运行 gouji run，或用 --log、--data 指明 / there is no log at {}: start `gouji run`, or give the right --log or --data", path));
  }
  GOUJI_ASSIGN(auto connection, SqliteConnection::open(path, access));
  // Its owner is about to make it, or died doing so.
  GOUJI_ASSIGN(const bool blank, is_blank(*connection));
  if (blank) return unavailable(ErrorCode::kLogUnavailable, fmt::format("事件日志是空的：请先运行 gouji run / the log at {} is empty: start `gouji run`", path));
  GOUJI_TRY(check_version(*connection));
  GOUJI_TRY(set_up(*connection, access));
  return connection;
}

}  // namespace gouji::eventlog
