// The local log's side of a stage: one process owns the log, so every partition of the inputs is
// its own from the first poll() on, and a transaction is buffered until its commit writes it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/eventlog/local/rows.h"
#include "common/eventlog/local/store.h"
#include "common/eventlog/log.h"

namespace gouji::eventlog {

class LocalStageLog final : public StageLog {
 public:
  static Result<std::unique_ptr<StageLog>> open(std::shared_ptr<LocalStore> store, const StageLogOptions& options);

  Outcome open_producer() override;
  void set_listener(RebalanceListener& listener) override { listener_ = &listener; }
  Result<std::vector<StoredRecord>> poll(std::chrono::milliseconds wait, const ReadLimits& limits) override;
  std::vector<TopicPartition> assignment() const override;
  Result<Offsets> committed(const std::vector<TopicPartition>& partitions) override;
  Result<void> seek(const Offsets& positions) override;
  void pause(const std::vector<TopicPartition>& partitions) override;
  void resume(const std::vector<TopicPartition>& partitions) override;

  Outcome begin() override;
  Outcome append(const Outgoing& outgoing) override;
  Outcome send_offsets(const Offsets& next) override;
  Outcome commit() override;
  Outcome abort() override;
  bool in_doubt() const override { return false; }
  const std::string& last_error() const override { return last_error_; }
  void close() override;

 private:
  struct Input {
    TopicPartition at;
    std::int64_t partition_id = 0;
    std::int64_t position = 0;
    bool is_paused = false;
  };

  LocalStageLog(std::shared_ptr<LocalStore> store, std::unique_ptr<SqliteConnection> reader, StageLogOptions options)
      : store_(std::move(store)), reader_(std::move(reader)), options_(std::move(options)) {}
  Result<void> join();
  Result<std::vector<StoredRecord>> sweep(const ReadLimits& limits);
  Input* find(const TopicPartition& at);
  void set_paused(const std::vector<TopicPartition>& partitions, bool is_paused);
  Result<void> check_epoch(SqliteConnection& connection);
  Result<void> write_offsets(SqliteConnection& connection, UnixMillis now);
  Outcome outcome_of(const Error& error);
  void clear_transaction();

  const std::shared_ptr<LocalStore> store_;
  const std::unique_ptr<SqliteConnection> reader_;
  const StageLogOptions options_;
  RebalanceListener* listener_ = nullptr;

  bool has_joined_ = false;
  std::vector<Input> inputs_;
  std::size_t sweep_from_ = 0;     // rotates, so that no partition starves another
  bool may_have_more_ = true;      // the last sweep found something, or positions moved
  std::uint64_t version_seen_ = 0;

  std::int64_t epoch_ = -1;  // -1: no producer is open
  bool is_begun_ = false;
  std::vector<PendingRow> rows_;
  std::size_t rows_bytes_ = 0;
  Offsets offsets_;
  std::string last_error_;
};

}  // namespace gouji::eventlog
