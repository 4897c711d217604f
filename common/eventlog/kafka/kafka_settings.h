// The settings of each kind of client that the log opens. Most are promises of delivery, so they
// cannot be changed from outside; the rest can.
#pragma once

#include <librdkafka/rdkafka.h>

#include <map>
#include <string>

#include "common/core/result.h"
#include "common/eventlog/kafka/rdkafka_handles.h"
#include "common/eventlog/log.h"

namespace gouji::eventlog {

using KafkaSettings = std::map<std::string, std::string>;

// Largest batch or record on the wire; the brokers' default for a topic is 1,048,588. A record of
// kRecordBytesMax with some hundred headers fits with what the format adds to it.
inline constexpr std::size_t kWireBytesMax = 1'040'000;

// The settings that a user gave, checked, with secrets read from their files: `<name>.file` gives
// <name> the content of the file without the line end.
// fatal kBadSettings, all mistakes at once: a setting that delivery depends on, a secret that does
// not come from a file, a file that cannot be read, a name that librdkafka does not know. No message
// holds a secret.
Result<KafkaSettings> user_settings(const OpenOptions& options);

// What all clients share: addresses, name, keep-alive, and what the user gave.
KafkaSettings common_settings(const std::string& bootstrap, const std::string& client_id,
                              const KafkaSettings& user);
KafkaSettings stage_consumer_settings(const KafkaSettings& common, const StageLogOptions& options);
KafkaSettings stage_producer_settings(const KafkaSettings& common, const StageLogOptions& options);
KafkaSettings appender_settings(const KafkaSettings& common);
KafkaSettings reader_settings(const KafkaSettings& common);

// fatal kBadSettings: names the setting, its value unless it is a secret, and librdkafka's reason.
Result<RdConf> make_conf(const KafkaSettings& settings);

}  // namespace gouji::eventlog
