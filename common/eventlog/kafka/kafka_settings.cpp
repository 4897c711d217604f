#include "common/eventlog/kafka/kafka_settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <string_view>
#include <vector>

namespace gouji::eventlog {

namespace {

constexpr std::string_view kFileEnding = ".file";
constexpr std::streamsize kSecretBytesMax = 64 * 1024;

// A fetcher that finds its queue full looks again after this time. With the library's own second a
// transactional stage runs at half the speed (docs/decisions/kafka-transactions.md).
constexpr const char* kFullQueueMs = "20";

// Sizes on the wire, where batches are compressed: what a fetch unfolds to counts against no limit
// of the library. Small fetches make that less, they do not bound it (docs/decisions/kafka-transactions.md).
// A single batch is delivered whatever its size.
constexpr const char* kFetchBytes = "262144";
constexpr const char* kFetchBytesOfAll = "4194304";

constexpr std::array<std::string_view, 6> kSecrets = {
    "sasl.password",         "ssl.key.password",
    "ssl.key.pem",           "ssl.keystore.password",
    "sasl.oauthbearer.client.secret", "sasl.oauthbearer.config"};

// Exactly-once delivery, or the identity of the clients, depends on these.
constexpr std::array<std::string_view, 21> kOwnSettings = {
    "bootstrap.servers", "metadata.broker.list", "client.id", "group.id", "group.instance.id",
    "transactional.id", "enable.idempotence", "acks", "request.required.acks", "max.in.flight",
    "max.in.flight.requests.per.connection", "enable.auto.commit", "enable.auto.offset.store",
    "isolation.level", "auto.offset.reset", "partition.assignment.strategy", "group.protocol",
    "enable.partition.eof", "check.crcs", "message.max.bytes", "partitioner"};

template <std::size_t kSize>
bool contains(const std::array<std::string_view, kSize>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

Result<std::string> read_secret(const std::string& setting, const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text(static_cast<std::size_t>(kSecretBytesMax), '\0');
  file.read(text.data(), kSecretBytesMax);
  text.resize(static_cast<std::size_t>(file.gcount()));
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  if (text.empty()) {
    return fatal(ErrorCode::kBadSettings,
                 fmt::format("{}: the file {} cannot be read or is empty", setting, path));
  }
  return text;
}

Result<void> set_one(rd_kafka_conf_t* conf, const std::string& name, const std::string& value) {
  std::array<char, 512> reason{};
  if (rd_kafka_conf_set(conf, name.c_str(), value.c_str(), reason.data(), reason.size()) ==
      RD_KAFKA_CONF_OK) {
    return ok();
  }
  const std::string shown = contains(kSecrets, name) ? "(a secret)" : value;
  const std::string why = contains(kSecrets, name) ? "refused" : reason.data();
  return fatal(ErrorCode::kBadSettings, fmt::format("kafka setting {} = {}: {}", name, shown, why));
}

Result<std::pair<std::string, std::string>> user_setting(const std::string& name,
                                                         const std::string& value) {
  std::string plain = name;
  std::string content = value;
  if (name.ends_with(kFileEnding)) {
    plain.resize(name.size() - kFileEnding.size());
    GOUJI_ASSIGN(content, read_secret(name, value));
  } else if (contains(kSecrets, name)) {
    return fatal(ErrorCode::kBadSettings,
                 fmt::format("kafka setting {0}: a secret comes from a file; give {0}.file", name));
  }
  if (contains(kOwnSettings, plain)) {
    return fatal(ErrorCode::kBadSettings,
                 fmt::format("kafka setting {}: delivery depends on it, it cannot be changed; "
                             "remove it",
                             plain));
  }
  const RdConf trial(rd_kafka_conf_new());
  GOUJI_TRY(set_one(trial.get(), plain, content));
  return std::pair(std::move(plain), std::move(content));
}

// With more, a request behind a refused one can be the first that a partition sees of the producer; the
// broker takes it, and librdkafka reports the refused one as written, too. A leader that changes under
// the first records of a producer is enough (docs/decisions/kafka-transactions.md).
constexpr const char* kRequestsInFlight = "1";

KafkaSettings with(KafkaSettings own, const KafkaSettings& common) {
  // `common` holds what the user gave: it wins over defaults. The user's settings hold none that
  // delivery depends on.
  for (const auto& [name, value] : common) own.insert_or_assign(name, value);
  return own;
}

}  // namespace

Result<KafkaSettings> user_settings(const OpenOptions& options) {
  KafkaSettings settings;
  std::string mistakes;
  for (const auto& [name, value] : options.kafka) {
    auto setting = user_setting(name, value);
    if (setting) {
      settings.insert(std::move(*setting));
    } else {
      mistakes += (mistakes.empty() ? "" : "\n") + setting.error().message;
    }
  }
  if (!mistakes.empty()) return fatal(ErrorCode::kBadSettings, std::move(mistakes));
  return settings;
}

KafkaSettings common_settings(const std::string& bootstrap, const std::string& client_id,
                              const KafkaSettings& user) {
  KafkaSettings settings = {{"socket.nagle.disable", "true"},
                            {"socket.keepalive.enable", "true"},
                            {"reconnect.backoff.max.ms", "5000"},
                            {"statistics.interval.ms", "5000"},
                            {"allow.auto.create.topics", "false"},
                            {"log.connection.close", "false"}};
  for (const auto& [name, value] : user) settings.insert_or_assign(name, value);
  settings.insert_or_assign("bootstrap.servers", bootstrap);
  settings.insert_or_assign("client.id", client_id);
  return settings;
}

KafkaSettings stage_consumer_settings(const KafkaSettings& common, const StageLogOptions& options) {
  KafkaSettings settings = {{"group.id", options.group},
                            {"enable.auto.commit", "false"},
                            {"enable.auto.offset.store", "false"},
                            {"isolation.level", "read_committed"},
                            {"auto.offset.reset", "earliest"},
                            {"check.crcs", "true"},
                            {"partition.assignment.strategy", "range"},
                            {"session.timeout.ms", "45000"},
                            {"heartbeat.interval.ms", "3000"},
                            {"max.poll.interval.ms", "300000"},
                            {"queued.max.messages.kbytes", "16384"},
                            {"fetch.queue.backoff.ms", kFullQueueMs},
                            {"fetch.message.max.bytes", kFetchBytes},
                            {"fetch.max.bytes", kFetchBytesOfAll}};
  if (options.instance_id) settings.emplace("group.instance.id", *options.instance_id);
  return with(std::move(settings), common);
}

KafkaSettings stage_producer_settings(const KafkaSettings& common, const StageLogOptions& options) {
  return with({{"transactional.id", options.transactional_id},
               {"enable.idempotence", "true"},
               {"max.in.flight", kRequestsInFlight},
               {"transaction.timeout.ms", "60000"},
               {"retry.backoff.ms", "20"},
               {"message.max.bytes", std::to_string(kWireBytesMax)},
               {"queue.buffering.max.kbytes", "32768"},
               {"linger.ms", "5"},
               {"compression.codec", "lz4"},
               {"partitioner", "murmur2_random"}},
              common);
}

KafkaSettings appender_settings(const KafkaSettings& common) {
  return with({{"enable.idempotence", "true"},
               {"max.in.flight", kRequestsInFlight},
               {"message.timeout.ms", "300000"},
               {"message.max.bytes", std::to_string(kWireBytesMax)},
               {"queue.buffering.max.kbytes", "65536"},
               {"linger.ms", "50"},
               {"compression.codec", "zstd"},
               {"partitioner", "murmur2_random"}},
              common);
}

KafkaSettings reader_settings(const KafkaSettings& common) {
  // The short wait bounds how long a read at the end of a partition takes.
  return with({{"group.id", "gouji.reader"},
               {"enable.auto.commit", "false"},
               {"enable.auto.offset.store", "false"},
               {"isolation.level", "read_committed"},
               {"auto.offset.reset", "error"},
               {"enable.partition.eof", "true"},
               {"check.crcs", "true"},
               {"fetch.wait.max.ms", "20"},
               {"fetch.error.backoff.ms", "50"},
               {"queued.max.messages.kbytes", "16384"},
               {"fetch.queue.backoff.ms", kFullQueueMs},
               {"fetch.message.max.bytes", kFetchBytes},
               {"fetch.max.bytes", kFetchBytesOfAll}},
              common);
}

Result<RdConf> make_conf(const KafkaSettings& settings) {
  RdConf conf(rd_kafka_conf_new());
  for (const auto& [name, value] : settings) GOUJI_TRY(set_one(conf.get(), name, value));
  return conf;
}

}  // namespace gouji::eventlog
