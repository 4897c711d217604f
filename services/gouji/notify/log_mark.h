// Whether the log that stands at an address is still the one that was read. A log may be deleted and made
// anew, or be put back to what it was: its address stays, its offsets come again, with other records.
//
// A log is known by its records: the last one that was read, its offset and digest. That tells another log as
// well as an older copy of the same one that has gone another way since, and is the same on both logs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "common/core/result.h"
#include "common/eventlog/log.h"

namespace gouji::command {

struct LogMark {
  std::int64_t offset = 0;
  std::string digest;
  friend bool operator==(const LogMark&, const LogMark&) = default;
};

LogMark mark_of(const eventlog::StoredRecord& record);
// Of the last record before `end`; nullopt where there is none.
Result<std::optional<LogMark>> last_mark(eventlog::EventLog& log, const eventlog::TopicPartition& at, std::int64_t end);
// True as well where the log has let the record go since: then nothing is known to be different.
Result<bool> still_has(eventlog::EventLog& log, const eventlog::TopicPartition& at, const LogMark& mark);

}  // namespace gouji::command
