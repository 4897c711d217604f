// One client instance of librdkafka with what its callbacks have to say. Callbacks run on threads
// of librdkafka (logs, sockets) or inside poll (errors, rebalance, delivery reports); none of them
// throws.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "common/core/result.h"
#include "common/eventlog/kafka/kafka_settings.h"
#include "common/eventlog/kafka/rdkafka_handles.h"
#include "common/eventlog/record.h"

namespace gouji::eventlog {

// What to call inside poll. Empty functions are not installed.
struct KafkaCallbacks {
  std::function<void(rd_kafka_resp_err_t, const rd_kafka_topic_partition_list_t*)> rebalance;
  std::function<void(const rd_kafka_message_t*)> delivery;
  bool count_sockets = false;
  bool notice_cut_off = false;  // for a client that is polled all the time
};

struct KafkaTopic {
  RdTopic handle;  // given back before its client
  std::int32_t partitions = 0;
};

class KafkaClient {
 public:
  // Starts the instance; does not wait for a broker. fatal kBadSettings.
  static Result<std::unique_ptr<KafkaClient>> open(rd_kafka_type_t type,
                                                   const KafkaSettings& settings,
                                                   KafkaCallbacks callbacks = {});
  ~KafkaClient();
  KafkaClient(const KafkaClient&) = delete;
  KafkaClient& operator=(const KafkaClient&) = delete;

  rd_kafka_t* get() const { return handle_; }

  // Sockets opened so far, where counted. A request is sent twice only over a new connection.
  std::uint64_t sockets_opened() const { return sockets_opened_.load(std::memory_order_acquire); }
  // Set when no broker can be reached; whoever reaches one again clears it.
  bool is_cut_off() const { return cut_off_.load(std::memory_order_relaxed); }
  void clear_cut_off() { cut_off_.store(false, std::memory_order_relaxed); }

  // `what: reason (librdkafka: its last complaint); advice`, with the bootstrap address in front.
  Error error(rd_kafka_resp_err_t code, std::string_view what) const;
  // "; advice", or nothing: see kafka_advice.h.
  std::string advice(rd_kafka_resp_err_t code) const;
  std::string last_complaint() const;
  // The newest two: librdkafka tells which topic first, and what follows from it next.
  std::string last_complaints() const;
  void note(std::string line);  // keeps the newest few

  // A topic and its partitions: fatal kNotFound, unavailable kLogUnavailable after `timeout_ms`.
  // Without this first request librdkafka holds back the first message to a topic for a second.
  Result<KafkaTopic> topic(const std::string& name, int timeout_ms) const;

 private:
  KafkaClient() = default;
  void install(rd_kafka_conf_t* conf);

  static void on_log(const rd_kafka_t* rk, int level, const char* facility, const char* text);
  static void on_error(rd_kafka_t* rk, int code, const char* reason, void* opaque);
  static int on_socket(int domain, int type, int protocol, void* opaque);
  static void on_rebalance(rd_kafka_t* rk, rd_kafka_resp_err_t code,
                           rd_kafka_topic_partition_list_t* partitions, void* opaque);
  static void on_delivery(rd_kafka_t* rk, const rd_kafka_message_t* message, void* opaque);

  std::string bootstrap_;
  std::string identity_;
  KafkaCallbacks callbacks_;
  std::atomic<std::uint64_t> sockets_opened_{0};
  std::atomic<bool> cut_off_{false};
  mutable std::mutex mutex_;
  std::deque<std::string> complaints_;  // guarded by mutex_
  rd_kafka_t* handle_ = nullptr;
};

std::vector<TopicPartition> partitions_of(const rd_kafka_topic_partition_list_t* list);
RdPartitions make_partitions(const std::vector<TopicPartition>& partitions);
// Each partition with its offset.
RdPartitions make_partitions(const std::map<TopicPartition, std::int64_t>& offsets);

}  // namespace gouji::eventlog
