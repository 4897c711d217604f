// Committed records of a partition without a group: for restoring state, for `tail`, for lists.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>

#include "common/eventlog/kafka/kafka_client.h"
#include "common/eventlog/log.h"

namespace gouji::eventlog {

// Reads go on where the last one ended as long as they follow each other; one partition at a time.
class KafkaReader {
 public:
  static Result<std::unique_ptr<KafkaReader>> open(const KafkaSettings& settings);
  ~KafkaReader();

  // Any thread; one read at a time. unavailable kLogUnavailable when nothing comes for a while.
  Result<ReadBatch> read(const TopicPartition& at, std::int64_t from, const ReadLimits& limits);
  const KafkaClient& client() const { return *client_; }

 private:
  struct Position {
    TopicPartition at;
    std::int64_t next = 0;
    friend bool operator==(const Position&, const Position&) = default;
  };
  enum class Step { kRecord, kEnd, kNothing, kOutOfRange };

  KafkaReader() = default;
  Result<void> go_to(const Position& position);
  void rest();
  Result<Step> step(ReadBatch& batch, const TopicPartition& at, std::chrono::milliseconds wait);
  bool take(ReadBatch& batch, StoredRecord record, const ReadLimits& limits);
  Result<ReadBatch> read_on(const TopicPartition& at, std::int64_t from, const ReadLimits& limits);
  Result<ReadBatch> read_from_first(const TopicPartition& at, std::int64_t from,
                                    const ReadLimits& limits);

  std::unique_ptr<KafkaClient> client_;
  std::mutex mutex_;
  std::optional<Position> position_;   // of the assigned partition
  std::optional<StoredRecord> read_;   // by the last step
  std::optional<StoredRecord> held_;   // did not fit into the last batch; stands at position_
  std::size_t bytes_ = 0;              // in the current batch
};

}  // namespace gouji::eventlog
