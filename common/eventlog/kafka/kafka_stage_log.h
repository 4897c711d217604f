// A consumer in a group with one transactional producer. One thread only.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/eventlog/kafka/kafka_client.h"
#include "common/eventlog/kafka/kafka_producer.h"
#include "common/eventlog/log.h"

namespace gouji::eventlog {

class KafkaStageLog final : public StageLog {
 public:
  // Does not wait for a broker. fatal kBadSettings.
  static Result<std::unique_ptr<StageLog>> open(const KafkaSettings& common,
                                                const StageLogOptions& options);
  ~KafkaStageLog() override;

  Outcome open_producer() override;
  void set_listener(RebalanceListener& listener) override { listener_ = &listener; }
  Result<std::vector<StoredRecord>> poll(std::chrono::milliseconds wait,
                                         const ReadLimits& limits) override;
  std::vector<TopicPartition> assignment() const override { return assignment_; }
  Result<Offsets> committed(const std::vector<TopicPartition>& partitions) override;
  Result<void> seek(const Offsets& positions) override;
  void pause(const std::vector<TopicPartition>& partitions) override;
  void resume(const std::vector<TopicPartition>& partitions) override;

  Outcome begin() override;
  Outcome append(const Outgoing& outgoing) override;
  Outcome send_offsets(const Offsets& next) override;
  Outcome commit() override;
  Outcome abort() override;
  bool in_doubt() const override { return producer_ && producer_->in_doubt(); }
  const std::string& last_error() const override { return last_error_; }

  void close() override;

 private:
  KafkaStageLog(const KafkaSettings& common, const StageLogOptions& options);

  Result<void> join();
  void fill(std::chrono::milliseconds wait, const ReadLimits& limits);
  bool take_held(const ReadLimits& limits);
  bool take(StoredRecord record, const ReadLimits& limits);
  void take_error(const rd_kafka_message_t* message);
  Result<void> check_reachable(std::chrono::milliseconds wait);

  void rebalance(rd_kafka_resp_err_t code, const rd_kafka_topic_partition_list_t* partitions);
  void assign(const std::vector<TopicPartition>& partitions);
  void revoke(const std::vector<TopicPartition>& partitions);
  void forget_records(const std::vector<TopicPartition>& partitions);
  Result<void> seek_assigned(const Offsets& positions);
  Outcome keep(Outcome outcome);

  // Fixed after construction.
  StageLogOptions options_;
  KafkaSettings consumer_settings_;
  KafkaSettings producer_settings_;

  std::unique_ptr<KafkaClient> consumer_;
  std::unique_ptr<KafkaProducer> producer_;
  bool producer_ready_ = false;
  RebalanceListener* listener_ = nullptr;
  bool joined_ = false;
  bool closed_ = false;
  bool assigning_ = false;             // inside RebalanceListener::assigned
  std::vector<TopicPartition> assignment_;
  Offsets starts_;                     // sought while assigning
  std::set<TopicPartition> paused_;
  std::vector<StoredRecord> batch_;    // of the poll() that runs
  std::size_t batch_bytes_ = 0;
  std::deque<StoredRecord> held_;      // read, but did not fit into the last batch
  std::optional<Error> pending_;       // for the next poll()
  std::string last_error_;
};

}  // namespace gouji::eventlog
