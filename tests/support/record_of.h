// Short ways to write records in tests of the event log.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/eventlog/log.h"

namespace gouji::testing {

inline eventlog::Record record_of(std::optional<std::string> key, std::optional<std::string> value,
                                  UnixMillis timestamp = 1'700'000'000'000) {
  return {std::move(key), std::move(value), {}, timestamp};
}

inline eventlog::Outgoing to(std::string topic, std::int32_t partition, std::string value) {
  return {std::move(topic), partition, record_of("k", std::move(value))};
}

inline std::vector<std::string> values_of(const std::vector<eventlog::StoredRecord>& records) {
  std::vector<std::string> values;
  for (const auto& stored : records) values.push_back(stored.record.value.value_or("<null>"));
  return values;
}

// Every record of the partition that is committed now.
inline std::vector<eventlog::StoredRecord> read_all(eventlog::EventLog& log, const eventlog::TopicPartition& at) {
  std::vector<eventlog::StoredRecord> all;
  auto end = log.end_offset(at, eventlog::Isolation::kCommitted);
  auto from = log.begin_offset(at);
  while (from && end && *from < *end) {
    auto batch = log.read(at, *from, {});
    if (!batch || batch->next == *from) break;
    for (auto& stored : batch->records) all.push_back(std::move(stored));
    *from = batch->next;
  }
  return all;
}

}  // namespace gouji::testing
