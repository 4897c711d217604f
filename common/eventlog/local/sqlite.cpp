#include "common/eventlog/local/sqlite.h"

#include <sqlite3.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "common/core/check.h"

namespace gouji::eventlog {

namespace {

// How long a writer waits for the writer of another process.
constexpr int kBusyMillis = 5000;

Error sqlite_error(int code, const std::string& path, const char* message, int system_error) {
  std::string text = fmt::format("{}: SQLite: {} (code {})", path, message, code);
  if (system_error != 0) text += fmt::format(": {}", std::strerror(system_error));
  // A full disk also shows as an I/O error: where the shared-memory file cannot grow, for one.
  const bool is_full = (code & 0xFF) == SQLITE_IOERR &&
                       (code == SQLITE_IOERR_SHMSIZE || system_error == ENOSPC || system_error == EDQUOT);
  switch (is_full ? SQLITE_FULL : code & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return unavailable(ErrorCode::kLogUnavailable, std::move(text));
    case SQLITE_CANTOPEN: return unavailable(ErrorCode::kLogUnavailable, std::move(text));
    case SQLITE_FULL:
      return fatal(ErrorCode::kDiskFull, text + "; free space on the disk that holds it, then start again");
    case SQLITE_CORRUPT: return fatal(ErrorCode::kLogCorrupt, text + "; `gouji log verify` shows the damage");
    case SQLITE_NOTADB:
      return fatal(ErrorCode::kLogCorrupt, text + ": no Gouji log, or its first page is damaged; give another --log, or put a copy in its place");
    case SQLITE_IOERR:
    case SQLITE_READONLY: return fatal(ErrorCode::kLogUnavailable, std::move(text));
    default: return fatal(ErrorCode::kInternal, std::move(text));
  }
}

}  // namespace

SqliteQuery::SqliteQuery(SqliteQuery&& other) noexcept
    : connection_(other.connection_),
      statement_(std::exchange(other.statement_, nullptr)),
      bound_(other.bound_) {}

SqliteQuery::~SqliteQuery() { reset(); }

void SqliteQuery::reset() {
  if (statement_ == nullptr) return;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
  bound_ = 0;
}

SqliteQuery& SqliteQuery::bind(std::int64_t value) {
  if (statement_ != nullptr) GOUJI_CHECK(sqlite3_bind_int64(statement_, ++bound_, value) == SQLITE_OK);
  return *this;
}

SqliteQuery& SqliteQuery::bind_null() {
  if (statement_ != nullptr) GOUJI_CHECK(sqlite3_bind_null(statement_, ++bound_) == SQLITE_OK);
  return *this;
}

SqliteQuery& SqliteQuery::bind_text(std::string_view value) {
  if (statement_ == nullptr) return *this;
  const char* data = value.empty() ? "" : value.data();
  const int code = sqlite3_bind_text64(statement_, ++bound_, data, value.size(), nullptr, SQLITE_UTF8);
  GOUJI_CHECK(code == SQLITE_OK);
  return *this;
}

SqliteQuery& SqliteQuery::bind_blob(std::string_view value) {
  if (statement_ == nullptr) return *this;
  // A null address would bind NULL, which is not the same as empty.
  const char* data = value.empty() ? "" : value.data();
  GOUJI_CHECK(sqlite3_bind_blob64(statement_, ++bound_, data, value.size(), nullptr) == SQLITE_OK);
  return *this;
}

SqliteQuery& SqliteQuery::bind_blob(const std::optional<std::string>& value) {
  return value ? bind_blob(std::string_view(*value)) : bind_null();
}

Result<bool> SqliteQuery::next() {
  if (statement_ == nullptr) return connection_->error();
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return connection_->error();
}

Result<void> SqliteQuery::run() {
  for (;;) {
    GOUJI_ASSIGN(const bool has_row, next());
    if (!has_row) return ok();
  }
}

std::int64_t SqliteQuery::integer(int column) const { return sqlite3_column_int64(statement_, column); }

bool SqliteQuery::is_null(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

std::string_view SqliteQuery::bytes(int column) const {
  const void* data = sqlite3_column_blob(statement_, column);
  const int size = sqlite3_column_bytes(statement_, column);
  if (data == nullptr || size <= 0) return {};
  return {static_cast<const char*>(data), static_cast<std::size_t>(size)};
}

std::optional<std::string> SqliteQuery::blob(int column) const {
  if (is_null(column)) return std::nullopt;
  return std::string(bytes(column));
}

Result<std::unique_ptr<SqliteConnection>> SqliteConnection::open(const std::string& path, SqliteAccess access) {
  std::unique_ptr<SqliteConnection> connection(new SqliteConnection(path));
  const int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                    (access == SqliteAccess::kRead ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE);
  if (sqlite3_open_v2(path.c_str(), &connection->handle_, flags, nullptr) != SQLITE_OK) {
    return connection->error();
  }
  sqlite3_busy_timeout(connection->handle_, kBusyMillis);
  return connection;
}

SqliteConnection::~SqliteConnection() {
  for (const auto& [sql, statement] : statements_) sqlite3_finalize(statement);
  sqlite3_close_v2(handle_);
}

SqliteQuery SqliteConnection::query(const char* sql) {
  const auto found = statements_.find(sql);
  if (found != statements_.end()) return {*this, found->second};
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v3(handle_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr) == SQLITE_OK) {
    statements_.emplace(sql, statement);
  }
  return {*this, statement};
}

Result<void> SqliteConnection::execute(const std::string& sql) {
  if (sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) return error();
  return ok();
}

Result<std::int64_t> SqliteConnection::integer(const char* sql) {
  SqliteQuery one = query(sql);
  GOUJI_ASSIGN(const bool has_row, one.next());
  if (!has_row) return fatal(ErrorCode::kInternal, fmt::format("{}: no row from {}", path_, sql));
  return one.integer(0);
}

bool SqliteConnection::in_transaction() const { return sqlite3_get_autocommit(handle_) == 0; }

std::int64_t SqliteConnection::changes() const { return sqlite3_changes64(handle_); }

Error SqliteConnection::error() const {
  if (handle_ == nullptr) return fatal(ErrorCode::kInternal, path_ + ": SQLite: out of memory");
  return sqlite_error(sqlite3_extended_errcode(handle_), path_, sqlite3_errmsg(handle_),
                      sqlite3_system_errno(handle_));
}

}  // namespace gouji::eventlog
