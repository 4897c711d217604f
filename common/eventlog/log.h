// One interface over two logs: Kafka, and a local file for one machine. Topics, partitions,
// offsets, groups' committed offsets, producer epochs, transactions, retention and compaction mean
// the same on both; a stage never learns which one it runs on.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/result.h"
#include "common/eventlog/record.h"
#include "common/eventlog/topics.h"

namespace gouji::eventlog {

enum class Isolation { kCommitted, kUncommitted };

using Offsets = std::map<TopicPartition, std::int64_t>;  // offset of the next record to read

struct ReadLimits {
  std::size_t records_max = 1000;
  std::size_t bytes_max = 8 * 1024 * 1024;  // at least one record is returned whatever its size
};

struct ReadBatch {
  std::vector<StoredRecord> records;
  std::int64_t next = 0;  // where to read on; passes gaps and aborted records
};

// How a call on a transaction ended: the one vocabulary of delivery. Check in this order.
enum class Outcome {
  kOk,
  kRetriable,  // the same call again, same arguments; the call itself has waited a while
  kAbortable,  // abort, go back to the transaction's first offsets, begin again
  kFenced,     // a newer incarnation works under this id: exit
  kUnknown,    // may or may not have happened: open a new producer, go back to committed offsets
  kFatal,      // exit
};
std::string_view to_string(Outcome outcome);

class RebalanceListener {
 public:
  virtual ~RebalanceListener() = default;
  // Called on the polling thread, inside poll(). The new owner reads only after this returns.
  virtual void assigned(const std::vector<TopicPartition>& partitions) = 0;
  // `lost` = another owner may already work: abort. Otherwise commit what is done, or abort.
  virtual void revoked(const std::vector<TopicPartition>& partitions, bool lost) = 0;
};

// One consumer with one transactional producer: what a stage runner drives. One thread only.
class StageLog {
 public:
  virtual ~StageLog() = default;

  // Opens (again) the producer under its transactional id: fences older incarnations and ends their
  // open transaction. Must be the first call, and the next one after kUnknown or in_doubt().
  virtual Outcome open_producer() = 0;

  // Before the first poll(). The listener outlives the last poll() and close().
  virtual void set_listener(RebalanceListener& listener) = 0;
  // Joins the group on the first call. Waits at most `wait` for records of the assigned partitions;
  // returns what is there, empty when nothing came. kUnavailable: the log cannot be reached now.
  virtual Result<std::vector<StoredRecord>> poll(std::chrono::milliseconds wait, const ReadLimits& limits) = 0;
  virtual std::vector<TopicPartition> assignment() const = 0;
  // Stable committed offsets of this group; partitions without one are left out.
  virtual Result<Offsets> committed(const std::vector<TopicPartition>& partitions) = 0;
  // The next poll() continues there.
  virtual Result<void> seek(const Offsets& positions) = 0;
  // Paused partitions stay assigned, and poll() returns nothing of them. A partition that is
  // assigned anew is not paused.
  virtual void pause(const std::vector<TopicPartition>& partitions) = 0;
  virtual void resume(const std::vector<TopicPartition>& partitions) = 0;

  virtual Outcome begin() = 0;
  // A record over the size limit is kAbortable here, on both logs, before anything is sent.
  virtual Outcome append(const Outgoing& outgoing) = 0;
  virtual Outcome send_offsets(const Offsets& next) = 0;
  virtual Outcome commit() = 0;
  virtual Outcome abort() = 0;
  // True when a request between send_offsets (or abort) and the end of commit (or abort) may have
  // been sent twice: a late copy could still arrive, so the producer must be opened again before
  // the next transaction. Always false on the local log.
  virtual bool in_doubt() const = 0;
  // What the last outcome other than kOk was about, for the log.
  virtual const std::string& last_error() const = 0;

  // Leaves the group; nothing may be called afterwards but the destructor.
  virtual void close() = 0;
};

// At-least-once writer, for the crawler and for dead-letter replay.
class Appender {
 public:
  virtual ~Appender() = default;
  // Returns when every record is durable, in order. On an error some may be stored: repeat all of
  // them, with the same ce_id.
  virtual Result<void> append(std::span<const Outgoing> records) = 0;
};

struct StageLogOptions {
  std::string group;
  std::string transactional_id;          // stable: "<service>-<group>-<ordinal>"
  std::vector<std::string> inputs;
  std::optional<std::string> instance_id;  // static membership on Kafka
  // False only in the test that shows what in_doubt() guards against: it is never true then.
  bool doubts = true;
};

struct CommittedOffset {
  std::string group;
  TopicPartition at;
  std::int64_t offset = 0;
};

class EventLog {
 public:
  virtual ~EventLog() = default;
  virtual std::string_view address() const = 0;  // "local:…", "kafka:…"

  virtual Result<std::vector<TopicSpec>> topics() = 0;       // as they are
  virtual Result<void> create_topic(const TopicSpec& spec) = 0;  // kBadArgument when it exists
  virtual Result<std::int32_t> partitions(std::string_view topic) = 0;  // kNotFound

  // Committed records from offset `from` on, without a group. Empty at the end.
  virtual Result<ReadBatch> read(const TopicPartition& at, std::int64_t from, const ReadLimits& limits) = 0;
  virtual Result<std::int64_t> begin_offset(const TopicPartition& at) = 0;
  virtual Result<std::int64_t> end_offset(const TopicPartition& at, Isolation isolation) = 0;
  // First offset whose timestamp is not before `time`; the end offset when there is none.
  virtual Result<std::int64_t> offset_at(const TopicPartition& at, UnixMillis time) = 0;
  virtual Result<std::vector<CommittedOffset>> committed_offsets() = 0;
  // Returns early when something may have been appended by any process.
  virtual void wait_for_append(std::chrono::milliseconds wait) = 0;

  virtual Result<std::unique_ptr<Appender>> open_appender() = 0;
  virtual Result<std::unique_ptr<StageLog>> open_stage_log(const StageLogOptions& options) = 0;
};

// "local:PATH" or "kafka:HOST:PORT[,HOST:PORT…]".
struct LogAddress {
  bool is_kafka = false;
  std::string path;       // of a local log
  std::string bootstrap;  // of Kafka
};
Result<LogAddress> parse_log_address(std::string_view text);

// What a process may do with a local log; Kafka has no such modes.
enum class LocalMode {
  kOwner,   // runs the stages; one process, held by a lock beside the file
  kReader,  // reads only
  kAppend,  // reads, and appends in one transaction of its own (dead-letter replay, waivers)
};

struct OpenOptions {
  LocalMode mode = LocalMode::kReader;
  // Passed to librdkafka as they are ("security.protocol" …); secrets come from files.
  std::map<std::string, std::string> kafka;
  std::string client_id = "gouji";
};

// kUnavailable LOG_UNAVAILABLE / kFatal LOG_LOCKED (names the holder's pid) / kFatal UNKNOWN_VERSION.
Result<std::unique_ptr<EventLog>> open_log(const LogAddress& address, const OpenOptions& options);

}  // namespace gouji::eventlog
