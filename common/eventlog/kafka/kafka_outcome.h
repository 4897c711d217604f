// What an error of librdkafka means: the one place that classifies them.
#pragma once

#include <librdkafka/rdkafka.h>

#include <string_view>

#include "common/core/error.h"
#include "common/eventlog/log.h"

namespace gouji::eventlog {

// The properties of an error that decide, apart from the object so that tests can make them up.
struct KafkaErrorTraits {
  rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR_NO_ERROR;
  bool is_fatal = false;        // the client instance is dead
  bool requires_abort = false;  // of the current transaction
  bool is_retriable = false;
};

KafkaErrorTraits traits_of(const rd_kafka_error_t* error);  // null = no error

// Order of decision: no error → ok; refused by authorization, authentication or an unsupported
// feature → fatal, because no retry mends it; fenced → fenced; fatal → unknown (the client is dead,
// what the last commit did is not known); requires abort → abortable; retriable → retriable; an
// error without any flag leaves the client in a state that nobody promises: unknown.
Outcome outcome_of(const KafkaErrorTraits& traits);
Outcome outcome_of(const rd_kafka_error_t* error);

// The same for calls outside of transactions.
//   fatal kNotFound         topic or partition does not exist
//   fatal kFenced           another process uses the same group.instance.id or transactional id
//   fatal kLogUnavailable   refused by authorization or authentication
//   invalid input kTooLarge over a size limit
//   unavailable kLogUnavailable   everything else
Error kafka_error(rd_kafka_resp_err_t code, std::string_view what);

}  // namespace gouji::eventlog
