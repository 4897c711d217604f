// How `gouji tail` chooses and prints records.
#pragma once

#include <string>
#include <vector>

#include "common/core/result.h"
#include "common/eventlog/record.h"

namespace gouji::command {

// name=value: "key", "partition", "topic", or the name of a header. All must match; a trailing *
// matches any ending.
struct RecordFilter {
  std::string name;
  std::string value;
};
Result<std::vector<RecordFilter>> parse_filters(const std::vector<std::string>& texts);
bool matches(const eventlog::StoredRecord& record, const std::vector<RecordFilter>& filters);

// With its line end. `format` is text, json, or raw (u32 little-endian length and value bytes).
Result<std::string> format_record(const eventlog::StoredRecord& record, const std::string& format);

}  // namespace gouji::command
