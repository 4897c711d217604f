#include "tests/support/memory_log.h"

#include <algorithm>

#include "common/core/check.h"

namespace gouji::testing {

using namespace eventlog;  // NOLINT: this file implements its interface

class MemoryStageLog final : public StageLog {
 public:
  MemoryStageLog(MemoryLog& log, StageLogOptions options) : log_(log), options_(std::move(options)) {}

  Outcome open_producer() override {
    return call(LogCall::kOpenProducer, [&] {
      epoch_ = ++log_.epochs_[options_.transactional_id];
      wanted_ = Wanted::kAnything;
      in_doubt_ = false;
      is_begun_ = false;
      buffer_.clear();
      next_.clear();
      return Outcome::kOk;
    });
  }

  void set_listener(RebalanceListener& listener) override { listener_ = &listener; }

  Result<std::vector<StoredRecord>> poll(std::chrono::milliseconds wait, const ReadLimits& limits) override {
    const auto fault = ask(LogCall::kPoll);
    if (fault && fault->outcome == Outcome::kFatal) return fatal(ErrorCode::kLogCorrupt, "poll: fatal");
    if (fault && fault->outcome == Outcome::kFenced) return fatal(ErrorCode::kFenced, "poll: fenced");
    if (fault && fault->outcome != Outcome::kOk) return unavailable(ErrorCode::kLogUnavailable, "poll: away");
    if (positions_.empty() || log_.rebalance_lost) rebalance();
    std::vector<StoredRecord> records;
    for (auto& [at, position] : positions_) {
      if (paused_.contains(at)) continue;
      for (const StoredRecord& stored : log_.partitions_[at].records) {
        if (stored.offset < position || records.size() >= limits.records_max) continue;
        records.push_back(stored);
        position = stored.offset + 1;
      }
    }
    if (records.empty()) log_.clock_.advance(std::max(wait, std::chrono::milliseconds(1)));
    if (fault && fault->crashes) throw SimulatedCrash();
    return records;
  }

  std::vector<TopicPartition> assignment() const override {
    std::vector<TopicPartition> all;
    for (const auto& [at, position] : positions_) all.push_back(at);
    return all;
  }

  Result<Offsets> committed(const std::vector<TopicPartition>& partitions) override {
    if (const auto fault = ask(LogCall::kCommitted); fault && fault->outcome != Outcome::kOk) {
      return unavailable(ErrorCode::kLogUnavailable, "committed: away");
    }
    Offsets known;
    for (const TopicPartition& at : partitions) {
      const auto found = log_.offsets_.find({options_.group, at});
      if (found != log_.offsets_.end()) known.emplace(at, found->second);
    }
    return known;
  }

  Result<void> seek(const Offsets& positions) override {
    if (const auto fault = ask(LogCall::kSeek); fault && fault->outcome != Outcome::kOk) {
      return unavailable(ErrorCode::kLogUnavailable, "seek: away");
    }
    for (const auto& [at, offset] : positions) {
      if (!positions_.contains(at)) log_.violations.push_back("seek in a partition that is not assigned");
      positions_[at] = offset;
    }
    return ok();
  }

  void pause(const std::vector<TopicPartition>& partitions) override {
    paused_.insert(partitions.begin(), partitions.end());
  }
  void resume(const std::vector<TopicPartition>& partitions) override {
    for (const TopicPartition& at : partitions) paused_.erase(at);
  }

  Outcome begin() override {
    return call(LogCall::kBegin, [&] {
      if (is_begun_) log_.violations.push_back("begin inside a transaction");
      is_begun_ = true;
      return Outcome::kOk;
    });
  }
  Outcome append(const Outgoing& outgoing) override {
    return call(LogCall::kAppend, [&] {
      if (!is_begun_) log_.violations.push_back("append outside of a transaction");
      if (byte_size(outgoing.record) > kRecordBytesMax) return Outcome::kAbortable;
      buffer_.push_back(outgoing);
      return Outcome::kOk;
    });
  }
  Outcome send_offsets(const Offsets& next) override {
    return call(LogCall::kSendOffsets, [&] {
      next_ = next;
      return Outcome::kOk;
    });
  }
  Outcome commit() override {
    return call(LogCall::kCommit, [&] {
      log_.store(buffer_);
      for (const auto& [at, offset] : next_) log_.offsets_[{options_.group, at}] = offset;
      clear();
      return Outcome::kOk;
    });
  }
  Outcome abort() override {
    return call(LogCall::kAbort, [&] {
      clear();
      return Outcome::kOk;
    });
  }
  bool in_doubt() const override { return in_doubt_; }
  const std::string& last_error() const override { return last_error_; }
  void close() override {}

 private:
  enum class Wanted { kAnything, kAbort, kNewProducer, kNothing };

  std::optional<LogFault> ask(LogCall call) { return log_.on_call ? log_.on_call(call) : std::nullopt; }

  void clear() {
    is_begun_ = false;
    buffer_.clear();
    next_.clear();
  }

  void check_use(LogCall call) {
    if (epoch_ == 0 && call != LogCall::kOpenProducer) log_.violations.push_back("a call before open_producer");
    if (repeated_ && *repeated_ != call && call != LogCall::kAbort) {
      log_.violations.push_back("another call after RETRIABLE");
    }
    repeated_.reset();
    const bool ends = call == LogCall::kAbort || call == LogCall::kOpenProducer;
    if (wanted_ == Wanted::kAbort && !ends) log_.violations.push_back("no abort after ABORTABLE");
    if (wanted_ == Wanted::kNewProducer && call != LogCall::kOpenProducer) {
      log_.violations.push_back("no new producer after UNKNOWN or in doubt");
    }
    // Giving up with an abort is allowed; going on is not.
    if (wanted_ == Wanted::kNothing && call != LogCall::kAbort) log_.violations.push_back("a call after the end");
  }

  template <typename Body>
  Outcome call(LogCall name, Body body) {
    check_use(name);
    const auto fault = ask(name);
    if (fault && fault->crashes && !fault->happens) throw SimulatedCrash();
    if (epoch_ != 0 && name != LogCall::kOpenProducer && epoch_ != log_.epochs_[options_.transactional_id]) {
      return end_with(Outcome::kFenced);
    }
    if (!fault || fault->happens || fault->is_in_doubt || fault->outcome == Outcome::kOk) {
      const Outcome outcome = body();
      if (fault && fault->crashes) throw SimulatedCrash();
      note_doubt(name, fault && fault->is_in_doubt);
      if (!fault || !fault->happens) return outcome == Outcome::kOk ? outcome : end_with(outcome);
    }
    if (fault->outcome == Outcome::kRetriable) repeated_ = name;
    return end_with(fault->outcome);
  }

  // The doubt of a request is settled when the transaction has ended.
  void note_doubt(LogCall name, bool is_in_doubt) {
    wanted_ = Wanted::kAnything;
    if (name == LogCall::kBegin) in_doubt_ = false;
    const bool is_end = name == LogCall::kCommit || name == LogCall::kAbort;
    if (is_in_doubt && (is_end || name == LogCall::kSendOffsets)) in_doubt_ = true;
    if (is_end && in_doubt_) wanted_ = Wanted::kNewProducer;
  }

  Outcome end_with(Outcome outcome) {
    last_error_ = "simulated " + std::string(to_string(outcome));
    if (outcome == Outcome::kAbortable) wanted_ = Wanted::kAbort;
    if (outcome == Outcome::kUnknown) wanted_ = Wanted::kNewProducer;
    if (outcome == Outcome::kFenced || outcome == Outcome::kFatal) wanted_ = Wanted::kNothing;
    return outcome;
  }

  void rebalance() {
    if (!positions_.empty()) {
      const bool lost = std::exchange(log_.rebalance_lost, std::nullopt).value_or(false);
      if (listener_ != nullptr) listener_->revoked(assignment(), lost);
    }
    positions_.clear();
    paused_.clear();
    for (const std::string& topic : options_.inputs) {
      for (std::int32_t p = 0; p < log_.topics_.find(topic)->second.partitions; ++p) {
        const auto known = log_.offsets_.find({options_.group, {topic, p}});
        positions_[{topic, p}] = known == log_.offsets_.end() ? 0 : known->second;
      }
    }
    log_.rebalance_lost.reset();
    if (listener_ != nullptr) listener_->assigned(assignment());
  }

  MemoryLog& log_;
  const StageLogOptions options_;
  RebalanceListener* listener_ = nullptr;
  Offsets positions_;
  std::set<TopicPartition> paused_;
  int epoch_ = 0;
  Wanted wanted_ = Wanted::kAnything;
  std::optional<LogCall> repeated_;
  bool is_begun_ = false;
  bool in_doubt_ = false;
  std::vector<Outgoing> buffer_;
  Offsets next_;
  std::string last_error_;
};

class MemoryAppender final : public Appender {
 public:
  explicit MemoryAppender(MemoryLog& log) : log_(log) {}
  Result<void> append(std::span<const Outgoing> records) override {
    log_.store({records.begin(), records.end()});
    return ok();
  }

 private:
  MemoryLog& log_;
};

Result<std::vector<TopicSpec>> MemoryLog::topics() {
  std::vector<TopicSpec> all;
  for (const auto& [name, spec] : topics_) all.push_back(spec);
  return all;
}

Result<void> MemoryLog::create_topic(const TopicSpec& spec) {
  if (!topics_.emplace(spec.name, spec).second) return invalid_input(ErrorCode::kBadArgument, spec.name + " exists");
  return ok();
}

Result<std::int32_t> MemoryLog::partitions(std::string_view topic) {
  const auto found = topics_.find(topic);
  if (found == topics_.end()) return fatal(ErrorCode::kNotFound, "no topic " + std::string(topic));
  return found->second.partitions;
}

Result<ReadBatch> MemoryLog::read(const TopicPartition& at, std::int64_t from, const ReadLimits& limits) {
  ReadBatch batch;
  const Partition& partition = partitions_[at];
  batch.next = std::max(from, partition.next);
  for (const StoredRecord& stored : partition.records) {
    if (stored.offset < from) continue;
    if (batch.records.size() == limits.records_max) {
      batch.next = batch.records.back().offset + 1;
      break;
    }
    batch.records.push_back(stored);
  }
  return batch;
}

Result<std::int64_t> MemoryLog::end_offset(const TopicPartition& at, Isolation) { return partitions_[at].next; }

Result<std::int64_t> MemoryLog::offset_at(const TopicPartition& at, UnixMillis time) {
  for (const StoredRecord& stored : partitions_[at].records) {
    if (stored.record.timestamp >= time) return stored.offset;
  }
  return partitions_[at].next;
}

Result<std::vector<CommittedOffset>> MemoryLog::committed_offsets() {
  std::vector<CommittedOffset> all;
  for (const auto& [key, offset] : offsets_) all.push_back({key.first, key.second, offset});
  return all;
}

Result<std::unique_ptr<Appender>> MemoryLog::open_appender() {
  return std::unique_ptr<Appender>(std::make_unique<MemoryAppender>(*this));
}

Result<std::unique_ptr<StageLog>> MemoryLog::open_stage_log(const StageLogOptions& options) {
  return std::unique_ptr<StageLog>(std::make_unique<MemoryStageLog>(*this, options));
}

TopicPartition MemoryLog::place_of(const Outgoing& outgoing) {
  const auto topic = topics_.find(outgoing.topic);
  GOUJI_CHECK(topic != topics_.end());
  const std::int32_t by_key =
      outgoing.record.key ? partition_of(*outgoing.record.key, topic->second.partitions) : 0;
  return {outgoing.topic, outgoing.partition.value_or(by_key)};
}

void MemoryLog::store(const std::vector<Outgoing>& records) {
  std::set<TopicPartition> touched;
  for (const Outgoing& outgoing : records) {
    const TopicPartition at = place_of(outgoing);
    Partition& partition = partitions_[at];
    partition.records.push_back({at, partition.next++, outgoing.record});
    touched.insert(at);
  }
  for (const TopicPartition& at : touched) ++partitions_[at].next;
}

}  // namespace gouji::testing
