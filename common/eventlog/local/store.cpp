#include "common/eventlog/local/store.h"

#include <sys/stat.h>

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "common/eventlog/local/log_file.h"

namespace gouji::eventlog {

namespace {

using std::chrono::milliseconds;
using SteadyClock = std::chrono::steady_clock;

constexpr milliseconds kLookFirst{50};
constexpr milliseconds kLookLast{250};
constexpr std::size_t kIdleReadersMax = 4;

// Which file stands there; empty where there is none.
std::string file_at(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 ? fmt::format("{}:{}", status.st_dev, status.st_ino) : std::string();
}

}  // namespace

UnixMillis wall_clock_millis() {
  return std::chrono::duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

void ChangeWatch::look() {
  const auto version = connection_->integer("PRAGMA data_version");
  // A failed look counts as a change: the read that follows it meets the reason.
  if (version && *version == data_version_) return;
  data_version_ = version ? *version : -1;
  ++version_;
}

void ChangeWatch::notify() {
  {
    const std::lock_guard guard(mutex_);
    ++version_;
  }
  changed_.notify_all();
}

void ChangeWatch::watch(std::unique_ptr<SqliteConnection> connection) {
  {
    const std::lock_guard guard(mutex_);
    connection_ = std::move(connection);
    data_version_ = 0;
    ++version_;
  }
  changed_.notify_all();
}

std::uint64_t ChangeWatch::version() {
  const std::lock_guard guard(mutex_);
  look();
  return version_;
}

void ChangeWatch::wait_beyond(std::uint64_t seen, milliseconds wait) {
  const auto deadline = SteadyClock::now() + wait;
  milliseconds step = kLookFirst;
  std::unique_lock lock(mutex_);
  for (;;) {
    look();
    const auto now = SteadyClock::now();
    if (version_ != seen || now >= deadline) return;
    changed_.wait_until(lock, std::min(deadline, now + step), [&] { return version_ != seen; });
    step = std::min(step * 5 / 4, kLookLast);
  }
}

Result<std::shared_ptr<LocalStore>> LocalStore::open(const std::string& path, LocalMode mode) {
  std::shared_ptr<LocalStore> store(new LocalStore(path, mode));
  if (mode == LocalMode::kOwner) {
    GOUJI_TRY(create_log_folder(path));
    GOUJI_ASSIGN(store->lock_, OwnerLock::take(path));
    GOUJI_TRY(create_log_file(path));
  }
  if (mode != LocalMode::kReader) {
    GOUJI_ASSIGN(store->writer_, open_log_file(path, SqliteAccess::kReadWrite));
  }
  store->file_ = file_at(path);
  GOUJI_ASSIGN(auto watcher, store->open_reader());
  store->changes_ = std::make_unique<ChangeWatch>(std::move(watcher));
  return store;
}

Result<std::unique_ptr<SqliteConnection>> LocalStore::open_reader() const {
  return open_log_file(path_, SqliteAccess::kRead);
}

void LocalStore::add_group(const std::string& group) {
  const std::lock_guard guard(groups_mutex_);
  groups_.insert(group);
}

std::set<std::string> LocalStore::groups() {
  const std::lock_guard guard(groups_mutex_);
  return groups_;
}

Result<void> LocalStore::use_writer(const std::function<Result<void>()>& body) {
  const std::lock_guard guard(writer_mutex_);
  if (failure_) return *failure_;
  if (!writer_) {
    return fatal(ErrorCode::kBadArgument, fmt::format("{} is open for reading only", path_));
  }
  return body();
}

Result<void> LocalStore::write_locked(const std::function<Result<void>(SqliteConnection&)>& body) {
  if (auto begun = writer_->execute("BEGIN IMMEDIATE"); !begun) {
    if (begun.error().kind == ErrorKind::kFatal) failure_ = begun.error();
    return begun;
  }
  auto done = body(*writer_);
  // A commit whose sync failed may or may not be found after a restart; only a restart can tell,
  // and it does: offsets and records stand in the same transaction.
  const bool committing = done.has_value();
  if (committing) done = writer_->execute("COMMIT");
  if (done) return done;
  const Error error = done.error();
  if (writer_->in_transaction() && !writer_->execute("ROLLBACK")) failure_ = error;
  const bool from_disk = error.code == ErrorCode::kDiskFull || error.code == ErrorCode::kLogCorrupt ||
                         error.code == ErrorCode::kLogUnavailable || committing;
  if (error.kind == ErrorKind::kFatal && from_disk) failure_ = error;
  return error;
}

Result<void> LocalStore::write(const std::function<Result<void>(SqliteConnection&)>& body) {
  auto written = use_writer([&] { return write_locked(body); });
  if (written) changes_->notify();
  return written;
}

Result<void> LocalStore::tidy(const std::function<Result<void>(SqliteConnection&)>& body) {
  return use_writer([&] {
    auto done = body(*writer_);
    if (!done && done.error().kind == ErrorKind::kFatal) failure_ = done.error();
    return done;
  });
}

Result<void> LocalStore::follow_path() {
  if (mode_ != LocalMode::kReader) return ok();
  const std::string file = file_at(path_);
  {
    const std::lock_guard guard(readers_mutex_);
    if (file == file_) return ok();
  }
  GOUJI_ASSIGN(auto watcher, open_reader());
  const std::lock_guard guard(readers_mutex_);
  readers_.clear();
  catalog_.forget();
  changes_->watch(std::move(watcher));
  file_ = file;
  return ok();
}

Result<void> LocalStore::read(const std::function<Result<void>(SqliteConnection&)>& body) {
  GOUJI_TRY(follow_path());
  std::unique_ptr<SqliteConnection> reader;
  std::string file;
  {
    const std::lock_guard guard(readers_mutex_);
    file = file_;
    if (!readers_.empty()) {
      reader = std::move(readers_.back());
      readers_.pop_back();
    }
  }
  if (!reader) {
    GOUJI_ASSIGN(reader, open_reader());
  }
  auto done = body(*reader);
  if (!done && done.error().kind == ErrorKind::kFatal) return done;
  const std::lock_guard guard(readers_mutex_);
  // What a reader of the file before has found out is of no use.
  if (file != file_) catalog_.forget();
  else if (readers_.size() < kIdleReadersMax) readers_.push_back(std::move(reader));
  return done;
}

}  // namespace gouji::eventlog
