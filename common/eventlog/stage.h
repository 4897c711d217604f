// A stage: consume, transform, produce, with keyed state. A pure function of its input and its own
// state; the runner gives it exactly-once delivery, dead letters and restored state.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "common/core/result.h"
#include "common/eventlog/record.h"

namespace gouji::eventlog {

// The state of one input partition: key → bytes, mirrored in the changelog topic. Changes are
// staged until the transaction is committed and thrown away when it is not.
class KeyedState {
 public:
  // Staged changes are visible. The pointer lives until the next call that changes the state.
  const std::string* get(std::string_view key) const;
  void put(std::string_view key, std::string value);
  void erase(std::string_view key);

  const std::unordered_map<std::string, std::string>& committed() const { return committed_; }
  // nullopt = erased. In the order of first change.
  const std::vector<std::pair<std::string, std::optional<std::string>>>& staged() const { return staged_; }

  void apply_staged();    // after commit
  void discard_staged();  // after abort or an unknown outcome
  void restore(std::string key, std::optional<std::string> value);  // from the changelog

  // What one record staged can be taken back alone: mark before it, roll back when it fails.
  void mark() { undo_.clear(); }
  void roll_back_to_mark();
  std::size_t largest_since_mark() const;  // bytes of key and value

 private:
  struct Undo {
    std::size_t index;  // in staged_
    bool was_new;
    std::optional<std::string> before;
  };
  void stage(std::string_view key, std::optional<std::string> value);

  std::unordered_map<std::string, std::string> committed_;
  std::vector<std::pair<std::string, std::optional<std::string>>> staged_;
  std::unordered_map<std::string, std::size_t> staged_index_;
  std::vector<Undo> undo_;  // since the mark
};

// What a stage may do with one record. Lives during one call of Stage::process.
class StageContext {
 public:
  virtual ~StageContext() = default;
  virtual void emit(Outgoing outgoing) = 0;
  virtual KeyedState& state() = 0;  // of the record's partition
  // A committed record, read again; nullopt when it is not there any more. kUnavailable as the log's.
  virtual Result<std::optional<StoredRecord>> read(const TopicPartition& at, std::int64_t offset) = 0;
};

class Stage {
 public:
  virtual ~Stage() = default;
  virtual std::string_view name() const = 0;  // "parser", "validator": label of metrics, dlq_stage
  virtual const std::vector<std::string>& inputs() const = 0;
  // Changelog topic of the state; nullopt for a stage without state.
  virtual std::optional<std::string> state_topic() const = 0;
  // Topics that it writes to the partition of its input: their partition counts must agree.
  virtual std::vector<std::string> copartitioned_outputs() const { return {}; }

  // How many records prepare() gets at once; 0: it is not called. Keep it small where preparing is slow:
  // only between two batches does the runner commit, show that it lives, and hear that it shall stop.
  virtual std::size_t prepares_at_once() const { return 0; }
  // Sees each batch before its records are processed one by one, so that slow pure work can run in
  // parallel. The transaction before may be ending meanwhile on another thread, with state_committing();
  // no other call on the stage runs beside it. Must not change what process() does.
  virtual void prepare(std::span<const StoredRecord> /*batch*/) {}

  // ok: what was emitted and staged belongs to this record. An error takes it back, and then
  //   kInvalidInput → the record goes to the dead-letter topic, in the same transaction;
  //   kUnavailable  → the record is tried again after a pause, nothing behind it is taken;
  //   kFatal        → the transaction is aborted and the runner ends.
  virtual Result<void> process(const StoredRecord& record, StageContext& context) = 0;

  // Work on the state itself, without a record: keys that something newer than their last record
  // calls for. Asked once a partition, when its state has been restored; each key then goes to
  // work_on(), between records and in a transaction of its own kind, as a record would.
  virtual std::vector<std::string> keys_to_work_on(const KeyedState& /*state*/) { return {}; }
  // Errors mean what they mean for a record, but there is nothing to dead-letter: kInvalidInput
  // leaves the key as it is.
  virtual Result<void> work_on(const std::string& /*key*/, std::int32_t /*partition*/, StageContext& /*context*/) {
    return ok();
  }

  // State facts, for gauges: after restoring, and after each commit with what it changed.
  virtual void state_restored(std::int32_t /*partition*/, const KeyedState& /*state*/) {}
  virtual void state_committing(std::int32_t /*partition*/, const KeyedState& /*state*/) {}  // staged() still filled
  virtual void state_dropped(std::int32_t /*partition*/) {}
};

}  // namespace gouji::eventlog
