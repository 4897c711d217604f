#include "common/eventlog/kafka/kafka_appender.h"

#include <fmt/format.h>

#include "common/eventlog/kafka/kafka_record.h"

namespace gouji::eventlog {

namespace {

constexpr int kMetadataWaitMs = 5'000;
constexpr int kPollMs = 100;
constexpr int kFlushMs = 1'000;
// Delivery reports come after message.timeout.ms at the latest; this is for a library that hangs.
constexpr int kFlushesMax = 400;
constexpr int kQueueFullPolls = 3'000;

}  // namespace

Result<void> KafkaAppender::append(std::span<const Outgoing> records) {
  for (const Outgoing& outgoing : records) GOUJI_TRY(check_record_size(outgoing));
  if (!client_) GOUJI_TRY(open());
  auto sent = send_all(records);
  if (sent) return sent;
  destinations_.clear();
  client_.reset();
  return sent;
}

Result<void> KafkaAppender::open() {
  KafkaCallbacks callbacks;
  callbacks.delivery = [this](const rd_kafka_message_t* message) { delivered(message); };
  GOUJI_ASSIGN(client_, KafkaClient::open(RD_KAFKA_PRODUCER, settings_, std::move(callbacks)));
  return ok();
}

Result<void> KafkaAppender::send_all(std::span<const Outgoing> records) {
  outstanding_ = 0;
  failure_.reset();
  for (const Outgoing& outgoing : records) {
    GOUJI_TRY(send(outgoing));
    if (failure_) return *failure_;
  }
  for (int i = 0; outstanding_ > 0 && !failure_ && i < kFlushesMax; ++i) {
    rd_kafka_flush(client_->get(), kFlushMs);  // does not wait for linger.ms
  }
  if (failure_) return *failure_;
  if (outstanding_ > 0) {
    return client_->error(RD_KAFKA_RESP_ERR__TIMED_OUT,
                          fmt::format("append: {} records without acknowledgement", outstanding_));
  }
  return ok();
}

Result<void> KafkaAppender::send(const Outgoing& outgoing) {
  GOUJI_ASSIGN(const KafkaTopic* to, destination(outgoing.topic));
  std::int32_t partition = 0;
  if (outgoing.partition) {
    partition = *outgoing.partition;
  } else if (outgoing.record.key) {
    partition = partition_of(*outgoing.record.key, to->partitions);
  }
  auto code = RD_KAFKA_RESP_ERR__QUEUE_FULL;
  for (int i = 0; i < kQueueFullPolls && code == RD_KAFKA_RESP_ERR__QUEUE_FULL && !failure_; ++i) {
    code = produce(client_->get(), to->handle.get(), partition, outgoing.record, nullptr);
    if (code == RD_KAFKA_RESP_ERR__QUEUE_FULL) rd_kafka_poll(client_->get(), kPollMs);
  }
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return client_->error(code, fmt::format("append to {} [{}]", outgoing.topic, partition));
  }
  ++outstanding_;
  rd_kafka_poll(client_->get(), 0);
  return ok();
}

Result<const KafkaTopic*> KafkaAppender::destination(const std::string& topic) {
  if (const auto known = destinations_.find(topic); known != destinations_.end()) {
    return &known->second;
  }
  GOUJI_ASSIGN(KafkaTopic found, client_->topic(topic, kMetadataWaitMs));
  return &destinations_.emplace(topic, std::move(found)).first->second;
}

void KafkaAppender::delivered(const rd_kafka_message_t* message) {
  if (outstanding_ > 0) --outstanding_;
  if (failure_) return;
  if (is_placeless(*message)) {
    failure_ = unavailable(ErrorCode::kLogUnavailable,
                           fmt::format("append to {} [{}]: a record was reported as written, but not where",
                                       rd_kafka_topic_name(message->rkt), message->partition));
    return;
  }
  if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) return;
  failure_ = client_->error(message->err, fmt::format("append to {} [{}]",
                                                      rd_kafka_topic_name(message->rkt),
                                                      message->partition));
}

}  // namespace gouji::eventlog
