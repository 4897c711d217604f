// The provenance of cells in the bytes of a ReportParsed, read without a message object for each
// entry: it is most of the message. Whatever is unusual there is left to protobuf. Internal to
// common/events.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/report/reading.h"

namespace gouji::events {

// A ReportParsed without the provenance of its tables, and that as the bytes of a CellProvenance each.
struct SplitReport {
  std::string rest;
  std::vector<std::string_view> provenance;  // of each table; into the bytes given
};

// Nothing where the bytes are not such that each table has one provenance at most.
std::optional<SplitReport> split_provenance(std::string_view report);

// Fills the columns of a table that has its cells. False, with columns in any state, where the bytes
// are not packed columns of the right sizes and ASCII text.
bool read_provenance(std::string_view bytes, TableReading& table);

}  // namespace gouji::events
