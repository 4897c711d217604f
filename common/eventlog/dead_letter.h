// The record that goes to "<input topic>.dlq.<group>" for one that a stage cannot take: the original
// key, value, headers and time, and behind them headers that say where it stood and why.
//
//   dlq_topic, dlq_partition, dlq_offset   where it stood
//   dlq_group, dlq_stage, dlq_service_version
//   dlq_class                              poison, or not_a_report (which alerts nobody)
//   dlq_error_code, dlq_error_message      the message is cut to 1 KiB
//   dlq_attempts, dlq_first_failed_at      RFC 3339, UTC
//   __connect.errors.topic, .partition, .offset, .exception.message   the same, as tools know them
//
// A record so large that it does not fit beside these goes without its value, with the header
// dlq_value_omitted = its size; the value stays in the input topic.
#pragma once

#include <string>
#include <string_view>

#include "common/core/clock.h"
#include "common/core/error.h"
#include "common/core/result.h"
#include "common/eventlog/record.h"

namespace gouji::eventlog {

struct DeadLetterFacts {
  std::string_view group;
  std::string_view stage;
  std::string_view service_version;
  int attempts = 1;
  UnixMillis first_failed_at = 0;
};

Outgoing dead_letter_of(const StoredRecord& stored, const Error& error, const DeadLetterFacts& facts);

// Where the record stood that a letter is about; kInvalidInput when the headers do not say.
struct DeadLetterOrigin {
  TopicPartition at;
  std::int64_t offset = 0;
};
Result<DeadLetterOrigin> origin_of(const StoredRecord& letter);

// The record as it came: key, value, headers and time, for `topic`, with two headers more:
//   dlq_replayed = true
//   dlq_replayed_from = <dead-letter topic>/<partition>/<offset>
// Its ce_id is that of the first time, so that who has taken it already takes it for known.
Outgoing replay_of(const StoredRecord& letter, std::string topic);

}  // namespace gouji::eventlog
