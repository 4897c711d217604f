#include "common/eventlog/kafka/kafka_client.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include <array>
#include <exception>

#include "common/core/check.h"
#include "common/eventlog/kafka/kafka_advice.h"
#include "common/eventlog/kafka/kafka_outcome.h"

namespace gouji::eventlog {

namespace {

constexpr std::size_t kComplaintsMax = 16;
constexpr std::size_t kComplaintBytesMax = 500;
constexpr int kLogLevelMax = 4;  // warnings and worse, by the numbers of syslog

KafkaClient* client_of(void* opaque) { return static_cast<KafkaClient*>(opaque); }

}  // namespace

Result<std::unique_ptr<KafkaClient>> KafkaClient::open(rd_kafka_type_t type,
                                                       const KafkaSettings& settings,
                                                       KafkaCallbacks callbacks) {
  GOUJI_ASSIGN(RdConf conf, make_conf(settings));
  std::unique_ptr<KafkaClient> client(new KafkaClient);
  client->callbacks_ = std::move(callbacks);
  if (const auto bootstrap = settings.find("bootstrap.servers"); bootstrap != settings.end()) {
    client->bootstrap_ = bootstrap->second;
  }
  client->identity_ = identity_of(settings);
  client->install(conf.get());
  std::array<char, 512> reason{};
  client->handle_ = rd_kafka_new(type, conf.get(), reason.data(), reason.size());
  if (client->handle_ == nullptr) {
    return fatal(ErrorCode::kBadSettings, fmt::format("kafka settings: {}", reason.data()));
  }
  static_cast<void>(conf.release());  // rd_kafka_new has taken it
  if (type == RD_KAFKA_CONSUMER) rd_kafka_poll_set_consumer(client->handle_);
  return client;
}

KafkaClient::~KafkaClient() {
  if (handle_ == nullptr) return;
  if (rd_kafka_type(handle_) == RD_KAFKA_PRODUCER) {
    rd_kafka_purge(handle_, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT |
                                RD_KAFKA_PURGE_F_NON_BLOCKING);
  }
  // A consumer that has members in a group is closed by its owner before.
  rd_kafka_destroy_flags(handle_, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
}

void KafkaClient::install(rd_kafka_conf_t* conf) {
  rd_kafka_conf_set_opaque(conf, this);
  rd_kafka_conf_set_log_cb(conf, &KafkaClient::on_log);
  // Without this callback librdkafka logs such errors, also where nobody polls.
  if (callbacks_.notice_cut_off) rd_kafka_conf_set_error_cb(conf, &KafkaClient::on_error);
  if (callbacks_.count_sockets) rd_kafka_conf_set_socket_cb(conf, &KafkaClient::on_socket);
  if (callbacks_.rebalance) rd_kafka_conf_set_rebalance_cb(conf, &KafkaClient::on_rebalance);
  if (callbacks_.delivery) rd_kafka_conf_set_dr_msg_cb(conf, &KafkaClient::on_delivery);
}

void KafkaClient::on_log(const rd_kafka_t* rk, int level, const char* facility, const char* text) {
  if (rk == nullptr || level > kLogLevelMax) return;
  // Says nothing that the complaints about each broker do not say better.
  if (std::string_view(text).find("brokers are down") != std::string_view::npos) return;
  client_of(rd_kafka_opaque(rk))->note(fmt::format("{}: {}", facility, text));
}

void KafkaClient::on_error(rd_kafka_t*, int code, const char* reason, void* opaque) {
  KafkaClient* client = client_of(opaque);
  if (code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) {
    client->cut_off_.store(true, std::memory_order_relaxed);
    return;  // says nothing that the complaints about each broker do not say better
  }
  client->note(reason);
}

int KafkaClient::on_socket(int domain, int type, int protocol, void* opaque) {
  client_of(opaque)->sockets_opened_.fetch_add(1, std::memory_order_acq_rel);
  return ::socket(domain, type | SOCK_CLOEXEC, protocol);
}

void KafkaClient::on_rebalance(rd_kafka_t*, rd_kafka_resp_err_t code,
                               rd_kafka_topic_partition_list_t* partitions, void* opaque) {
  client_of(opaque)->callbacks_.rebalance(code, partitions);
}

void KafkaClient::on_delivery(rd_kafka_t*, const rd_kafka_message_t* message, void* opaque) {
  client_of(opaque)->callbacks_.delivery(message);
}

void KafkaClient::note(std::string line) {
  if (line.size() > kComplaintBytesMax) line.resize(kComplaintBytesMax);
  const std::scoped_lock lock(mutex_);
  complaints_.push_back(std::move(line));
  if (complaints_.size() > kComplaintsMax) complaints_.pop_front();
}

std::string KafkaClient::last_complaint() const {
  const std::scoped_lock lock(mutex_);
  return complaints_.empty() ? "" : complaints_.back();
}

std::string KafkaClient::last_complaints() const {
  const std::scoped_lock lock(mutex_);
  if (complaints_.size() < 2) return complaints_.empty() ? "" : complaints_.back();
  return complaints_[complaints_.size() - 2] + " | " + complaints_.back();
}

Error KafkaClient::error(rd_kafka_resp_err_t code, std::string_view what) const {
  Error error = kafka_error(code, fmt::format("Kafka at {}: {}", bootstrap_, what));
  const std::string complaint = last_complaint();
  if (!complaint.empty() && error.code != ErrorCode::kNotFound) {
    error.message += fmt::format(" (librdkafka: {})", complaint);
  }
  error.message += advice(code);
  return error;
}

std::string KafkaClient::advice(rd_kafka_resp_err_t code) const {
  const std::string advice = advice_for(code, last_complaint(), identity_);
  return advice.empty() ? "" : "; " + advice;
}

Result<KafkaTopic> KafkaClient::topic(const std::string& name, int timeout_ms) const {
  RdTopic handle(rd_kafka_topic_new(handle_, name.c_str(), nullptr));
  const std::string what = fmt::format("metadata of topic {}", name);
  if (!handle) return error(rd_kafka_last_error(), what);
  const rd_kafka_metadata_t* raw = nullptr;
  const rd_kafka_resp_err_t code = rd_kafka_metadata(handle_, 0, handle.get(), &raw, timeout_ms);
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return error(code, what);
  const RdMetadata metadata(raw);
  if (metadata->topic_cnt != 1) return error(RD_KAFKA_RESP_ERR__BAD_MSG, what);
  const rd_kafka_metadata_topic_t& found = metadata->topics[0];
  if (found.err != RD_KAFKA_RESP_ERR_NO_ERROR) return error(found.err, what);
  return KafkaTopic{std::move(handle), found.partition_cnt};
}

std::vector<TopicPartition> partitions_of(const rd_kafka_topic_partition_list_t* list) {
  std::vector<TopicPartition> partitions;
  for (int i = 0; list != nullptr && i < list->cnt; ++i) {
    partitions.push_back({list->elems[i].topic, list->elems[i].partition});
  }
  return partitions;
}

RdPartitions make_partitions(const std::vector<TopicPartition>& partitions) {
  RdPartitions list(rd_kafka_topic_partition_list_new(static_cast<int>(partitions.size())));
  for (const TopicPartition& at : partitions) {
    rd_kafka_topic_partition_list_add(list.get(), at.topic.c_str(), at.partition);
  }
  return list;
}

RdPartitions make_partitions(const std::map<TopicPartition, std::int64_t>& offsets) {
  RdPartitions list(rd_kafka_topic_partition_list_new(static_cast<int>(offsets.size())));
  for (const auto& [at, offset] : offsets) {
    rd_kafka_topic_partition_list_add(list.get(), at.topic.c_str(), at.partition)->offset = offset;
  }
  return list;
}

}  // namespace gouji::eventlog
