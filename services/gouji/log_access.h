// Opens the log that a command names, and reads topics to their end.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "common/eventlog/log.h"
#include "common/report/verdict.h"
#include "services/gouji/commands.h"

namespace gouji::command {

// "local:DATA/log.db" where no log is named.
std::string log_text(const LogChoice& where);
Result<std::unique_ptr<eventlog::EventLog>> open_log(const LogChoice& where, eventlog::LocalMode mode);

// All committed records of a topic up to the end offsets that stand at the call, partition by
// partition. Stops at the first error of `visit`.
Result<void> read_topic(eventlog::EventLog& log, std::string_view topic,
                        const std::function<Result<void>(const eventlog::StoredRecord&)>& visit);

// The newest value of each key of a compacted topic; erased keys are left out.
Result<std::map<std::string, Record>> read_current(eventlog::EventLog& log, std::string_view topic);
// The keys of a stage's state in its topic (common/eventlog/changelog.h), without where it goes on reading.
Result<std::map<std::string, Record>> read_state(eventlog::EventLog& log, std::string_view topic);

// The open anomalies, by id, from their snapshot.
using OpenAnomalies = std::map<std::string, Anomaly>;
Result<OpenAnomalies> read_open_anomalies(eventlog::EventLog& log);

// How far a group is behind the end of a topic: 0 when it has taken every record; else the distance
// in offsets, which have gaps, so it is at least the number of records.
Result<std::int64_t> lag_of(eventlog::EventLog& log, std::string_view group, std::string_view topic);

// Prints "gouji COMMAND: message" and gives the exit code.
int fail(std::string_view command, const Error& error);

}  // namespace gouji::command
