#include "common/eventlog/kafka/kafka_producer.h"

#include <fmt/format.h>

#include <array>

#include "common/eventlog/kafka/kafka_admin.h"
#include "common/eventlog/kafka/kafka_outcome.h"
#include "common/eventlog/kafka/kafka_record.h"

namespace gouji::eventlog {

namespace {

using std::chrono::steady_clock;

constexpr int kInitWaitMs = 10'000;
constexpr int kMetadataWaitMs = 5'000;
constexpr int kFlushBeforeAbortMs = 1'000;
constexpr int kFlushBeforeCommitMs = 10'000;
constexpr int kQueueFullPollMs = 100;
constexpr int kQueueFullPolls = 300;
constexpr std::chrono::milliseconds kTopicWait{5'000};
constexpr std::chrono::milliseconds kDoubtAfter{1'000};
// The time that is left of transaction.timeout.ms: commit and abort are never given up earlier,
// because a call that was given up has an outcome nobody knows.
constexpr int kTransactionTimeout = -1;

}  // namespace

Result<std::unique_ptr<KafkaProducer>> KafkaProducer::open(const KafkaSettings& settings,
                                                           bool doubts) {
  std::unique_ptr<KafkaProducer> producer(new KafkaProducer);
  producer->doubts_ = doubts;
  producer->transactional_id_ = settings.at("transactional.id");
  KafkaCallbacks callbacks;
  callbacks.count_sockets = true;
  callbacks.delivery = [self = producer.get()](const rd_kafka_message_t* message) {
    if (is_placeless(*message)) self->placeless_ = true;
  };
  GOUJI_ASSIGN(producer->client_,
               KafkaClient::open(RD_KAFKA_PRODUCER, settings, std::move(callbacks)));
  return producer;
}

Outcome KafkaProducer::init(const std::string& group) {
  const Outcome outcome =
      settle(rd_kafka_init_transactions(client_->get(), kInitWaitMs), "init_transactions");
  if (outcome == Outcome::kOk) connect_to_coordinator(group);
  // There is no transaction to abort.
  return outcome == Outcome::kAbortable ? Outcome::kUnknown : outcome;
}

void KafkaProducer::connect_to_coordinator(const std::string& group) {
  // A failure only means that the first transaction may be in doubt.
  const auto offsets = group_offsets(*client_, group);
  if (!offsets) client_->note(offsets.error().message);
}

Outcome KafkaProducer::begin() {
  if (in_doubt_) {
    last_error_ = "begin_transaction: the last transaction is in doubt";
    return Outcome::kUnknown;
  }
  window_.reset();
  placeless_ = false;
  return settle(rd_kafka_begin_transaction(client_->get()), "begin_transaction");
}

Outcome KafkaProducer::append(const Outgoing& outgoing) {
  if (auto fits = check_record_size(outgoing); !fits) {
    last_error_ = fits.error().message;
    return Outcome::kAbortable;
  }
  auto found = destination(outgoing.topic);
  if (!found) {
    last_error_ = found.error().message;
    return found.error().kind == ErrorKind::kUnavailable ? Outcome::kRetriable : Outcome::kFatal;
  }
  const KafkaTopic& to = **found;
  std::int32_t partition = 0;
  if (outgoing.partition) {
    partition = *outgoing.partition;
  } else if (outgoing.record.key) {
    partition = partition_of(*outgoing.record.key, to.partitions);
  }
  rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR__QUEUE_FULL;
  for (int i = 0; i < kQueueFullPolls && code == RD_KAFKA_RESP_ERR__QUEUE_FULL; ++i) {
    code = produce(client_->get(), to.handle.get(), partition, outgoing.record, nullptr);
    if (code == RD_KAFKA_RESP_ERR__QUEUE_FULL) rd_kafka_poll(client_->get(), kQueueFullPollMs);
  }
  return settle_produce(code, outgoing);
}

Result<const KafkaTopic*> KafkaProducer::destination(const std::string& topic) {
  if (const auto known = destinations_.find(topic); known != destinations_.end()) {
    return &known->second;
  }
  auto found = client_->topic(topic, kMetadataWaitMs);
  // A broker that has just come back does not know its topics for a moment.
  const auto deadline = steady_clock::now() + kTopicWait;
  while (!found && found.error().code == ErrorCode::kNotFound && steady_clock::now() < deadline) {
    rd_kafka_poll(client_->get(), kQueueFullPollMs);
    found = client_->topic(topic, kMetadataWaitMs);
  }
  if (!found) return std::move(found).error();
  return &destinations_.emplace(topic, std::move(*found)).first->second;
}

Outcome KafkaProducer::send_offsets(const Offsets& next,
                                    const rd_kafka_consumer_group_metadata_t* member) {
  open_window();
  const RdPartitions list = make_partitions(next);
  return settle(rd_kafka_send_offsets_to_transaction(client_->get(), list.get(), member,
                                                     kTransactionTimeout),
                "send_offsets_to_transaction");
}

Outcome KafkaProducer::commit() {
  open_window();
  if (rd_kafka_flush(client_->get(), kFlushBeforeCommitMs) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    last_error_ = fmt::format("commit of {}: records wait to be written", transactional_id_);
    return Outcome::kRetriable;
  }
  if (placeless_) {
    last_error_ = fmt::format("commit of {}: a record was reported as written, but not where", transactional_id_);
    return Outcome::kAbortable;
  }
  const Outcome outcome = settle(rd_kafka_commit_transaction(client_->get(), kTransactionTimeout),
                                 "commit_transaction");
  if (outcome != Outcome::kRetriable) close_window();
  return outcome;
}

Outcome KafkaProducer::abort() {
  // An abort right behind the first record of a transaction can end the producer: the partition is
  // not registered yet.
  rd_kafka_flush(client_->get(), kFlushBeforeAbortMs);
  open_window();
  const Outcome outcome = settle(rd_kafka_abort_transaction(client_->get(), kTransactionTimeout),
                                 "abort_transaction");
  if (outcome != Outcome::kRetriable) close_window();
  return outcome;
}

Outcome KafkaProducer::settle(rd_kafka_error_t* raw, std::string_view call) {
  const RdError error(raw);
  const Outcome outcome = outcome_of(error.get());
  if (outcome != Outcome::kOk) {
    const std::string complaint = client_->last_complaints();
    last_error_ = fmt::format("{} of {}: {} ({}){}{}", call, transactional_id_,
                              rd_kafka_error_string(error.get()), rd_kafka_error_name(error.get()),
                              complaint.empty() ? "" : "; librdkafka: " + complaint,
                              client_->advice(rd_kafka_error_code(error.get())));
  }
  return outcome;
}

Outcome KafkaProducer::settle_produce(rd_kafka_resp_err_t code, const Outgoing& outgoing) {
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return Outcome::kOk;
  std::string reason = rd_kafka_err2str(code);
  Outcome outcome = Outcome::kAbortable;
  if (code == RD_KAFKA_RESP_ERR__FATAL) {
    std::array<char, 512> text{};
    const auto cause = rd_kafka_fatal_error(client_->get(), text.data(), text.size());
    outcome = outcome_of(KafkaErrorTraits{cause, true, false, false});
    reason = text.data();
  } else if (code == RD_KAFKA_RESP_ERR__QUEUE_FULL) {
    outcome = Outcome::kRetriable;
  } else if (code == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION ||
             code == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC) {
    outcome = Outcome::kFatal;
  }
  const std::string partition =
      outgoing.partition ? fmt::format(" partition {}", *outgoing.partition) : "";
  const std::string complaint = client_->last_complaints();
  const std::string advice = client_->advice(code);
  last_error_ = fmt::format("produce to {}{}: {}{}{}", outgoing.topic, partition, reason,
                            complaint.empty() ? "" : "; librdkafka: " + complaint, advice);
  // What has failed the transaction before this record came is told by the complaint alone.
  const bool is_refused = complaint.find("authorization failed") != std::string::npos;
  return code == RD_KAFKA_RESP_ERR__STATE && is_refused ? Outcome::kFatal : outcome;
}

void KafkaProducer::open_window() {
  if (!window_) window_ = Window{client_->sockets_opened(), steady_clock::now()};
}

void KafkaProducer::close_window() {
  if (!window_) return;
  in_doubt_ = doubts_ && (client_->sockets_opened() != window_->sockets ||
                          steady_clock::now() - window_->since > kDoubtAfter);
  window_.reset();
}

}  // namespace gouji::eventlog
