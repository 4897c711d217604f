// SQLite as the local log uses it: connections that one thread holds at a time, statements that
// are compiled once, and SQLite's codes turned into the project's errors.
//
// Errors: busy → kUnavailable LOG_UNAVAILABLE; disk full → kFatal DISK_FULL; not a database or
// damaged → kFatal LOG_CORRUPT; I/O errors → kFatal LOG_UNAVAILABLE. After a kFatal one the
// connection is not used again.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "common/core/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace gouji::eventlog {

class SqliteConnection;

// One run of a statement: bind from left to right, then next() for each row, or run(). Ends the
// statement when it goes. At most one run of the same statement at a time.
class SqliteQuery {
 public:
  ~SqliteQuery();
  SqliteQuery(SqliteQuery&& other) noexcept;
  SqliteQuery& operator=(SqliteQuery&&) = delete;

  // Bound bytes are not copied: they outlive the query.
  SqliteQuery& bind(std::int64_t value);
  SqliteQuery& bind_null();
  SqliteQuery& bind_text(std::string_view value);
  SqliteQuery& bind_blob(const std::optional<std::string>& value);
  SqliteQuery& bind_blob(std::string_view value);

  Result<bool> next();
  Result<void> run();
  // Ends this run so that the statement can be bound again.
  void reset();

  std::int64_t integer(int column) const;
  bool is_null(int column) const;
  std::string_view bytes(int column) const;  // valid until the next call of next()
  std::optional<std::string> blob(int column) const;

 private:
  friend class SqliteConnection;
  SqliteQuery(SqliteConnection& connection, sqlite3_stmt* statement)
      : connection_(&connection), statement_(statement) {}

  SqliteConnection* connection_;
  sqlite3_stmt* statement_;  // null: it did not compile, and next() says why
  int bound_ = 0;
};

enum class SqliteAccess { kRead, kReadWrite };

class SqliteConnection {
 public:
  // The file must exist.
  static Result<std::unique_ptr<SqliteConnection>> open(const std::string& path, SqliteAccess access);
  ~SqliteConnection();
  SqliteConnection(const SqliteConnection&) = delete;
  SqliteConnection& operator=(const SqliteConnection&) = delete;

  // `sql` is a literal: statements are remembered by its address.
  SqliteQuery query(const char* sql);
  // One or more statements without results.
  Result<void> execute(const std::string& sql);
  // The first column of the first row; kFatal when there is no row.
  Result<std::int64_t> integer(const char* sql);
  bool in_transaction() const;
  std::int64_t changes() const;
  Error error() const;  // what the last call that failed was about
  const std::string& path() const { return path_; }

 private:
  explicit SqliteConnection(std::string path) : path_(std::move(path)) {}

  std::string path_;
  sqlite3* handle_ = nullptr;
  std::unordered_map<const char*, sqlite3_stmt*> statements_;
};

}  // namespace gouji::eventlog
