#include "services/crawler/io/sqlite.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "common/core/check.h"

namespace gouji::crawler {

namespace {

Error error_of(sqlite3* handle, int code) {
  const char* name = sqlite3_db_filename(handle, "main");
  std::string message = std::string("state file ") + (name == nullptr ? "?" : name) + ": " + sqlite3_errmsg(handle);
  // A full disk also shows as an I/O error: where the shared-memory file cannot grow, for one.
  const int cause = sqlite3_system_errno(handle);
  const bool is_full = (code & 0xff) == SQLITE_IOERR && (sqlite3_extended_errcode(handle) == SQLITE_IOERR_SHMSIZE ||
                                                         cause == ENOSPC || cause == EDQUOT);
  switch (is_full ? SQLITE_FULL : code & 0xff) {
    case SQLITE_FULL:
      return unavailable(ErrorCode::kDiskFull, message + "; free space on its disk");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return unavailable(ErrorCode::kTimeout, std::move(message));
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return fatal(ErrorCode::kLogCorrupt, message + "; restore it from a copy, or move it away: every document is then sent again");
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_IOERR:
      return fatal(ErrorCode::kUnreadable, std::move(message));
    default:
      return fatal(ErrorCode::kInternal, std::move(message));
  }
}

// SQLite gives its -wal and -shm files the mode of the main file, so only that one is made here.
Result<void> create_private(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0) return fatal(ErrorCode::kUnreadable, "state file " + path + ": " + std::strerror(errno));
  ::close(file);
  return ok();
}

}  // namespace

Statement::Statement(Statement&& other) noexcept : statement_(std::exchange(other.statement_, nullptr)) {}
Statement::~Statement() { sqlite3_finalize(statement_); }

Statement& Statement::bind(int parameter, std::int64_t value) {
  GOUJI_CHECK(sqlite3_bind_int64(statement_, parameter, value) == SQLITE_OK);
  return *this;
}

Statement& Statement::bind(int parameter, std::string_view text) {
  // A null pointer would bind NULL, which is not an empty text.
  const char* data = text.data() == nullptr ? "" : text.data();
  GOUJI_CHECK(sqlite3_bind_text64(statement_, parameter, data, text.size(), SQLITE_TRANSIENT, SQLITE_UTF8) == SQLITE_OK);
  return *this;
}

Statement& Statement::bind_blob(int parameter, std::string_view bytes) {
  const char* data = bytes.data() == nullptr ? "" : bytes.data();
  GOUJI_CHECK(sqlite3_bind_blob64(statement_, parameter, data, bytes.size(), SQLITE_TRANSIENT) == SQLITE_OK);
  return *this;
}

Statement& Statement::bind_null(int parameter) {
  GOUJI_CHECK(sqlite3_bind_null(statement_, parameter) == SQLITE_OK);
  return *this;
}

Result<bool> Statement::step() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return error_of(sqlite3_db_handle(statement_), code);
}

Result<void> Statement::run() {
  const auto stepped = step();
  reset();
  if (!stepped) return stepped.error();
  return ok();
}

void Statement::reset() {
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(statement_, column); }

std::string Statement::text(int column) const {
  const void* data = sqlite3_column_blob(statement_, column);
  const int size = sqlite3_column_bytes(statement_, column);
  if (data == nullptr || size <= 0) return {};
  return {static_cast<const char*>(data), static_cast<std::size_t>(size)};
}

bool Statement::is_null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }

Result<Database> Database::open(const std::string& path) {
  GOUJI_TRY(create_private(path));
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_FULLMUTEX, nullptr);
  if (code != SQLITE_OK) {
    Error error = error_of(handle, code);
    sqlite3_close(handle);
    return error;
  }
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_timeout(handle, 5'000);
  return Database(handle);
}

Database::Database(Database&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}

Database::~Database() { sqlite3_close(handle_); }

Result<void> Database::exec(const char* sql) {
  const int code = sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return error_of(handle_, code);
  return ok();
}

Result<Statement> Database::prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) return error_of(handle_, code);
  return Statement(statement);
}

std::int64_t Database::changes() const { return sqlite3_changes64(handle_); }

Result<Transaction> Transaction::begin(Database& database) {
  GOUJI_TRY(database.exec("BEGIN IMMEDIATE"));
  return Transaction(database);
}

Transaction::Transaction(Transaction&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}

Transaction::~Transaction() {
  // A failure here leaves the transaction to be rolled back when the connection closes.
  if (database_ != nullptr) (void)database_->exec("ROLLBACK");
}

Result<void> Transaction::commit() {
  GOUJI_TRY(database_->exec("COMMIT"));
  database_ = nullptr;
  return ok();
}

}  // namespace gouji::crawler
