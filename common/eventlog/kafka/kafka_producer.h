// One transactional producer instance and the transaction that is open on it. Not thread-safe.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "common/eventlog/kafka/kafka_client.h"
#include "common/eventlog/log.h"

namespace gouji::eventlog {

class KafkaProducer {
 public:
  // Starts the instance; init() makes it usable. fatal kBadSettings. `doubts`: see StageLogOptions.
  static Result<std::unique_ptr<KafkaProducer>> open(const KafkaSettings& settings, bool doubts);

  // Fences older producers with this transactional id and ends their open transaction. kRetriable
  // after a bounded wait; calling again goes on where it was. `group` is asked for its offsets, so
  // that the connection to its coordinator is open before a transaction needs it.
  Outcome init(const std::string& group);

  Outcome begin();
  Outcome append(const Outgoing& outgoing);
  Outcome send_offsets(const Offsets& next, const rd_kafka_consumer_group_metadata_t* member);
  Outcome commit();
  Outcome abort();

  // True when a request between send_offsets (or abort) and the end of commit (or abort) may have
  // been sent twice. librdkafka repeats such a request silently, always over a new connection; its
  // first copy may arrive late, inside the next transaction, unless the producer's epoch is bumped.
  // So: a socket was opened in that time, or it was suspiciously long.
  bool in_doubt() const { return in_doubt_; }
  const std::string& last_error() const { return last_error_; }
  void serve() { rd_kafka_poll(client_->get(), 0); }

 private:
  struct Window {
    std::uint64_t sockets = 0;
    std::chrono::steady_clock::time_point since;
  };

  KafkaProducer() = default;
  void connect_to_coordinator(const std::string& group);
  Result<const KafkaTopic*> destination(const std::string& topic);
  Outcome settle(rd_kafka_error_t* error, std::string_view call);
  Outcome settle_produce(rd_kafka_resp_err_t code, const Outgoing& outgoing);
  void open_window();
  void close_window();

  std::unique_ptr<KafkaClient> client_;
  std::map<std::string, KafkaTopic> destinations_;  // given back before the client
  std::optional<Window> window_;
  bool doubts_ = true;
  std::string transactional_id_;
  bool in_doubt_ = false;
  bool placeless_ = false;  // of the open transaction: see is_placeless
  std::string last_error_;
};

}  // namespace gouji::eventlog
