// Records to and from librdkafka's messages.
#pragma once

#include <cstdint>
#include <string>

#include "common/core/result.h"
#include "common/eventlog/kafka/rdkafka_handles.h"
#include "common/eventlog/record.h"

namespace gouji::eventlog {

// `topic` is what the message's topic is called; passed in because asking for it costs a lookup.
StoredRecord stored_record(const rd_kafka_message_t* message, std::string topic);

// Hands a copy of the record to the producer. The code is what rd_kafka_produceva said:
// MSG_SIZE_TOO_LARGE, _QUEUE_FULL, _FATAL, _STATE, … `opaque` comes back in the delivery report.
rd_kafka_resp_err_t produce(rd_kafka_t* producer, rd_kafka_topic_t* topic, std::int32_t partition,
                            const Record& record, void* opaque);

// A delivery report of a record that the brokers may never have taken: no error, but no offset either.
// librdkafka reports a record so when one behind it was taken; a partition that knows nothing of the
// producer takes any, the one in front lost or refused (docs/decisions/kafka-transactions.md).
inline bool is_placeless(const rd_kafka_message_t& report) {
  return report.err == RD_KAFKA_RESP_ERR_NO_ERROR && report.offset < 0;
}

// invalid input kTooLarge, naming both sizes. Checked before anything is sent, because a refusal
// by the broker ends a whole transaction.
Result<void> check_record_size(const Outgoing& outgoing);

}  // namespace gouji::eventlog
