// At-least-once writer over an idempotent producer.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "common/eventlog/kafka/kafka_client.h"
#include "common/eventlog/log.h"

namespace gouji::eventlog {

// After an error the producer is thrown away with what it had queued, so that nothing of a failed
// call is stored behind what is appended later.
class KafkaAppender final : public Appender {
 public:
  explicit KafkaAppender(KafkaSettings settings) : settings_(std::move(settings)) {}

  Result<void> append(std::span<const Outgoing> records) override;

 private:

  Result<void> open();
  Result<void> send(const Outgoing& outgoing);
  Result<void> send_all(std::span<const Outgoing> records);
  Result<const KafkaTopic*> destination(const std::string& topic);
  void delivered(const rd_kafka_message_t* message);

  KafkaSettings settings_;
  std::unique_ptr<KafkaClient> client_;
  std::map<std::string, KafkaTopic> destinations_;  // given back before the client
  std::size_t outstanding_ = 0;
  std::optional<Error> failure_;
};

}  // namespace gouji::eventlog
