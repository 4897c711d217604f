// What to look at when a broker does not let a client in, or refuses it something.
#pragma once

#include <librdkafka/rdkafka.h>

#include <string>
#include <string_view>

#include "common/eventlog/kafka/kafka_settings.h"

namespace gouji::eventlog {

// As whom the client comes: "principal User:NAME" with SASL, the certificate's file with mTLS. Holds
// no secret.
std::string identity_of(const KafkaSettings& settings);

// Names the identity and the settings to check, where the error, or librdkafka's last complaint, is
// about rights, names and passwords, or TLS; else empty.
std::string advice_for(rd_kafka_resp_err_t code, std::string_view complaint,
                       const std::string& identity);

}  // namespace gouji::eventlog
