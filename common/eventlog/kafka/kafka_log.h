// The log on Apache Kafka (brokers 2.5 or later), through librdkafka.
#pragma once

#include <memory>

#include "common/core/result.h"
#include "common/eventlog/log.h"

namespace gouji::eventlog {

// Checks the settings; does not wait for a broker: the first call that needs one says when none
// can be reached (unavailable kLogUnavailable, with the address and librdkafka's reason).
// fatal kBadSettings: all mistakes in `options.kafka` at once. Secrets come from files
// ("sasl.password.file" = path) and never appear in a message.
// The log may be used by any thread; a StageLog and an Appender by one thread each. It outlives
// both.
Result<std::unique_ptr<EventLog>> open_kafka_log(const LogAddress& address,
                                                 const OpenOptions& options);

}  // namespace gouji::eventlog
