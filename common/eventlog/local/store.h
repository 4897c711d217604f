// What the parts of one open local log share: the writing connection behind a mutex, connections
// for reading, the topics, and the news that something was appended.
//
// Safe for several threads. After a failure that is kFatal on the writing connection every further
// write is refused with the same error: the process drains and exits.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/core/clock.h"
#include "common/core/result.h"
#include "common/eventlog/local/catalog.h"
#include "common/eventlog/local/owner_lock.h"
#include "common/eventlog/local/sqlite.h"
#include "common/eventlog/log.h"

namespace gouji::eventlog {

// Tells of appends: at once of this process's, within 50 to 250 ms of another process's.
class ChangeWatch {
 public:
  explicit ChangeWatch(std::unique_ptr<SqliteConnection> connection) : connection_(std::move(connection)) {}
  void notify();
  // Another file is watched from now on; that counts as a change.
  void watch(std::unique_ptr<SqliteConnection> connection);
  // Differs from every earlier value when something may have been appended since.
  std::uint64_t version();
  // Until the version is not `seen` any more, at most `wait`.
  void wait_beyond(std::uint64_t seen, std::chrono::milliseconds wait);

 private:
  void look();  // with the mutex held

  std::mutex mutex_;
  std::condition_variable changed_;
  std::unique_ptr<SqliteConnection> connection_;
  std::int64_t data_version_ = 0;
  std::uint64_t version_ = 0;
};

class LocalStore {
 public:
  static Result<std::shared_ptr<LocalStore>> open(const std::string& path, LocalMode mode);

  // One transaction: all of `body`, or nothing when it returns an error. kUnavailable when another
  // process writes for more than 5 s. kFatal: see above.
  Result<void> write(const std::function<Result<void>(SqliteConnection&)>& body);
  // Who only reads reads the file that stands at the path now: a log that was made anew, or put back from a copy,
  // is another file, and whoever has the old one open would never hear of the new one.
  Result<void> read(const std::function<Result<void>(SqliteConnection&)>& body);
  // With the writing connection, outside of a transaction (checkpoints, vacuum).
  Result<void> tidy(const std::function<Result<void>(SqliteConnection&)>& body);
  Result<std::unique_ptr<SqliteConnection>> open_reader() const;

  // Groups that work in this process.
  void add_group(const std::string& group);
  std::set<std::string> groups();

  Catalog& catalog() { return catalog_; }
  ChangeWatch& changes() { return *changes_; }
  const std::string& path() const { return path_; }
  LocalMode mode() const { return mode_; }

 private:
  LocalStore(std::string path, LocalMode mode) : path_(std::move(path)), mode_(mode) {}
  Result<void> write_locked(const std::function<Result<void>(SqliteConnection&)>& body);
  Result<void> use_writer(const std::function<Result<void>()>& body);
  Result<void> follow_path();

  const std::string path_;
  const LocalMode mode_;
  std::unique_ptr<OwnerLock> lock_;
  Catalog catalog_;

  // Closed after all readers: only then does the last close fold the write-ahead log into the file.
  std::mutex writer_mutex_;
  std::unique_ptr<SqliteConnection> writer_;  // under writer_mutex_
  std::optional<Error> failure_;              // under writer_mutex_

  std::unique_ptr<ChangeWatch> changes_;

  std::mutex groups_mutex_;
  std::set<std::string> groups_;  // under groups_mutex_

  std::mutex readers_mutex_;
  std::vector<std::unique_ptr<SqliteConnection>> readers_;  // idle ones, under readers_mutex_
  std::string file_;                                        // which one they read, under readers_mutex_
};

UnixMillis wall_clock_millis();

}  // namespace gouji::eventlog
