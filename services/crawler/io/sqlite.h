// SQLite with Results instead of return codes: only what the crawler's state needs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/core/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace gouji::crawler {

// One prepared statement. Parameters and columns count from 1 and from 0, as in SQLite.
class Statement {
 public:
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&&) = delete;
  ~Statement();

  Statement& bind(int parameter, std::int64_t value);
  Statement& bind(int parameter, std::string_view text);
  Statement& bind_blob(int parameter, std::string_view bytes);
  Statement& bind_null(int parameter);
  // True when there is a row to read.
  Result<bool> step();
  // For statements without rows: step, then ready to be bound again.
  Result<void> run();
  void reset();

  std::int64_t integer(int column) const;
  std::string text(int column) const;  // of text and blobs
  bool is_null(int column) const;

 private:
  friend class Database;
  explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}
  sqlite3_stmt* statement_;
};

// One connection; one thread at a time.
class Database {
 public:
  // Creates the file (mode 0600) when it is missing.
  static Result<Database> open(const std::string& path);
  Database(Database&& other) noexcept;
  Database& operator=(Database&&) = delete;
  ~Database();

  Result<void> exec(const char* sql);
  Result<Statement> prepare(std::string_view sql);
  // Rows that the last statement changed.
  std::int64_t changes() const;

 private:
  explicit Database(sqlite3* handle) : handle_(handle) {}
  sqlite3* handle_;
};

// All or nothing: rolls back unless commit() went well.
class Transaction {
 public:
  static Result<Transaction> begin(Database& database);
  Transaction(Transaction&& other) noexcept;
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();
  Result<void> commit();

 private:
  explicit Transaction(Database& database) : database_(&database) {}
  Database* database_;  // null once it is over
};

}  // namespace gouji::crawler
