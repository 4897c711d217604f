// Has the parser read documents again, after a parser or organs.json was corrected: the newest raw
// record of each selected location is appended to its topic once more. The parser takes a record of
// an equal fetch sequence only under another extractor version; the validator then re-evaluates: the
// version stays, its evaluation follows. Under the same extractor nothing happens.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "common/core/clock.h"
#include "common/core/result.h"
#include "common/eventlog/log.h"
#include "common/report/report_key.h"

namespace gouji::command {

struct ReparseSelection {
  std::string organ;                  // organ id, or a part of one; empty = all
  std::optional<std::int32_t> year;   // of the report
  std::optional<UnixMillis> since;    // of the fetch
  std::optional<UnixMillis> until;    // exclusive
};

struct ReparseItem {
  ReportKey key;
  std::string url;
  std::string extractor;  // that read it last
};

struct ReparseSummary {
  std::int64_t appended = 0;  // or would be
  std::int64_t current = 0;   // read by this extractor already
  std::int64_t waiting = 0;   // stand in the topic already, not yet read
  std::int64_t missing = 0;   // their raw record is no longer there (retention)
};

struct ReparseOrder {
  ReparseSelection selection;
  std::string extractor;  // of the parser that is to read them
  std::string group;      // of the parser
  bool dry_run = false;
};

// Safe to repeat, and beside running services. `told` gets every document that is, or would be, appended.
Result<ReparseSummary> reparse_documents(eventlog::EventLog& log, const ReparseOrder& order, const std::function<void(const ReparseItem&)>& told);

}  // namespace gouji::command
