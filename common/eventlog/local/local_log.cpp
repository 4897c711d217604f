#include "common/eventlog/local/local_log.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include <fmt/format.h>

#include "common/core/check.h"
#include "common/eventlog/local/maintenance.h"
#include "common/eventlog/local/offsets.h"
#include "common/eventlog/local/rows.h"
#include "common/eventlog/local/stage_log.h"
#include "common/eventlog/local/store.h"

namespace gouji::eventlog {

namespace {

constexpr std::chrono::seconds kMaintenanceEvery{30};
// …and as soon as this while something is left: compaction keeps up with a backfill, and stages get
// at least half of the writer's time.
constexpr std::chrono::milliseconds kMaintenanceAgain{100};
constexpr MaintenanceLimits kMaintenanceLimits{20, std::chrono::milliseconds(20), std::chrono::milliseconds(20)};
constexpr std::size_t kAppendBytesMax = 64 * 1024 * 1024;

class LocalAppender final : public Appender {
 public:
  explicit LocalAppender(std::shared_ptr<LocalStore> store) : store_(std::move(store)) {}

  Result<void> append(std::span<const Outgoing> records) override {
    std::vector<PendingRow> rows;
    GOUJI_TRY(store_->read([&](SqliteConnection& connection) { return prepare(connection, records, rows); }));
    if (rows.empty()) return ok();
    return store_->write(
        [&](SqliteConnection& connection) { return insert_rows(connection, rows, wall_clock_millis()); });
  }

 private:
  Result<void> prepare(SqliteConnection& connection, std::span<const Outgoing> records,
                       std::vector<PendingRow>& rows) {
    std::size_t bytes = 0;
    for (const Outgoing& outgoing : records) {
      GOUJI_ASSIGN(const auto topic, store_->catalog().find(connection, outgoing.topic));
      GOUJI_ASSIGN(auto row, prepare_row(*topic, outgoing));
      bytes += row.bytes;
      if (bytes > kAppendBytesMax) {
        return invalid_input(ErrorCode::kTooLarge,
                             fmt::format("one append of more than {} bytes: append in smaller parts", kAppendBytesMax));
      }
      rows.push_back(std::move(row));
    }
    return ok();
  }

  const std::shared_ptr<LocalStore> store_;
};

// The owner's background thread for retention and compaction. A failure is not lost: the store
// refuses the next write of a stage with it.
class Caretaker {
 public:
  explicit Caretaker(std::shared_ptr<LocalStore> store) : store_(std::move(store)), thread_([this] { run(); }) {}
  ~Caretaker() {
    {
      const std::lock_guard guard(mutex_);
      is_stopping_ = true;
    }
    stopping_.notify_all();
    thread_.join();
  }
  Caretaker(const Caretaker&) = delete;
  Caretaker& operator=(const Caretaker&) = delete;

 private:
  void run() {
    std::unique_lock lock(mutex_);
    std::chrono::milliseconds wait = kMaintenanceEvery;
    while (!stopping_.wait_for(lock, wait, [this] { return is_stopping_; })) {
      lock.unlock();
      const auto done = maintain(*store_, wall_clock_millis(), kMaintenanceLimits);
      lock.lock();
      if (!done && done.error().kind == ErrorKind::kFatal) return;
      wait = done && !done->is_done ? kMaintenanceAgain : kMaintenanceEvery;
    }
  }

  const std::shared_ptr<LocalStore> store_;
  std::mutex mutex_;
  std::condition_variable stopping_;
  bool is_stopping_ = false;
  std::thread thread_;
};

class LocalLog final : public EventLog {
 public:
  explicit LocalLog(std::shared_ptr<LocalStore> store)
      : store_(std::move(store)), address_("local:" + store_->path()) {
    if (store_->mode() == LocalMode::kOwner) caretaker_ = std::make_unique<Caretaker>(store_);
  }

  LocalStore& store() { return *store_; }
  std::string_view address() const override { return address_; }

  Result<std::vector<TopicSpec>> topics() override {
    std::vector<TopicSpec> topics;
    GOUJI_TRY(store_->read([&](SqliteConnection& connection) -> Result<void> {
      GOUJI_ASSIGN(topics, load_topics(connection));
      return ok();
    }));
    return topics;
  }

  Result<void> create_topic(const TopicSpec& spec) override {
    return store_->write([&](SqliteConnection& connection) { return insert_topic(connection, spec); });
  }

  Result<std::int32_t> partitions(std::string_view topic) override {
    std::int32_t partitions = 0;
    GOUJI_TRY(store_->read([&](SqliteConnection& connection) -> Result<void> {
      GOUJI_ASSIGN(const auto found, store_->catalog().find(connection, topic));
      partitions = found->spec.partitions;
      return ok();
    }));
    return partitions;
  }

  Result<ReadBatch> read(const TopicPartition& at, std::int64_t from, const ReadLimits& limits) override {
    ReadBatch batch;
    const auto done = with_partition(at, [&](SqliteConnection& connection, std::int64_t id) -> Result<void> {
      // The end is taken before the records: every record below it is then visible to the read.
      GOUJI_ASSIGN(const PartitionBounds bounds, partition_bounds(connection, id));
      ReadLimits left = limits;
      GOUJI_TRY(read_rows(connection, {at, id, from}, left, batch.records));
      const std::int64_t after_last = batch.records.empty() ? from : batch.records.back().offset + 1;
      batch.next = left.records_max == 0 ? after_last : std::max(after_last, bounds.next);
      return ok();
    });
    if (!done) return done.error();
    return batch;
  }

  Result<std::int64_t> begin_offset(const TopicPartition& at) override {
    GOUJI_ASSIGN(const PartitionBounds bounds, bounds_of(at));
    return bounds.low;
  }

  // An open transaction is not in the file, so both isolations have one end.
  Result<std::int64_t> end_offset(const TopicPartition& at, Isolation /*isolation*/) override {
    GOUJI_ASSIGN(const PartitionBounds bounds, bounds_of(at));
    return bounds.next;
  }

  Result<std::int64_t> offset_at(const TopicPartition& at, UnixMillis time) override {
    std::int64_t offset = 0;
    GOUJI_TRY(with_partition(at, [&](SqliteConnection& connection, std::int64_t id) -> Result<void> {
      GOUJI_ASSIGN(offset, find_time(connection, id, time));
      return ok();
    }));
    return offset;
  }

  Result<std::vector<CommittedOffset>> committed_offsets() override {
    std::vector<CommittedOffset> offsets;
    GOUJI_TRY(store_->read([&](SqliteConnection& connection) -> Result<void> {
      GOUJI_ASSIGN(offsets, load_offsets(connection));
      return ok();
    }));
    return offsets;
  }

  void wait_for_append(std::chrono::milliseconds wait) override {
    // From the last call's end on, so that an append between reading and waiting is not slept over.
    store_->changes().wait_beyond(version_seen_.load(std::memory_order_relaxed), wait);
    version_seen_.store(store_->changes().version(), std::memory_order_relaxed);
  }

  Result<std::unique_ptr<Appender>> open_appender() override {
    if (store_->mode() == LocalMode::kReader) return read_only("appending");
    return std::unique_ptr<Appender>(std::make_unique<LocalAppender>(store_));
  }

  Result<std::unique_ptr<StageLog>> open_stage_log(const StageLogOptions& options) override {
    if (store_->mode() != LocalMode::kOwner) return read_only("running a stage");
    store_->add_group(options.group);
    GOUJI_TRY(store_->write([&](SqliteConnection& connection) {
      return touch_offsets(connection, options.group, wall_clock_millis());
    }));
    return LocalStageLog::open(store_, options);
  }

 private:
  template <typename Body>
  Result<void> with_partition(const TopicPartition& at, Body body) {
    return store_->read([&](SqliteConnection& connection) -> Result<void> {
      GOUJI_ASSIGN(const std::int64_t id, store_->catalog().partition_id(connection, at.topic, at.partition));
      return body(connection, id);
    });
  }

  Result<PartitionBounds> bounds_of(const TopicPartition& at) {
    PartitionBounds bounds;
    GOUJI_TRY(with_partition(at, [&](SqliteConnection& connection, std::int64_t id) -> Result<void> {
      GOUJI_ASSIGN(bounds, partition_bounds(connection, id));
      return ok();
    }));
    return bounds;
  }

  Error read_only(std::string_view what) const {
    return fatal(ErrorCode::kBadArgument, fmt::format("{}: {} needs another mode of opening the log", address_, what));
  }

  const std::shared_ptr<LocalStore> store_;
  const std::string address_;
  std::atomic<std::uint64_t> version_seen_{0};
  std::unique_ptr<Caretaker> caretaker_;
};

}  // namespace

Result<std::unique_ptr<EventLog>> open_local_log(const LogAddress& address, const OpenOptions& options) {
  GOUJI_ASSIGN(auto store, LocalStore::open(address.path, options.mode));
  return std::unique_ptr<EventLog>(std::make_unique<LocalLog>(std::move(store)));
}

Result<MaintenanceReport> maintain_local_log(EventLog& log, UnixMillis now, const MaintenanceLimits& limits) {
  auto* local = dynamic_cast<LocalLog*>(&log);
  GOUJI_CHECK(local != nullptr);
  return maintain(local->store(), now, limits);
}

}  // namespace gouji::eventlog
