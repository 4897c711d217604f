// The cells of a ReportParsed and their provenance, read from its bytes without a message object:
// they are most of the message. Whatever is unusual there is left to protobuf. Internal to
// common/events.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/result.h"
#include "common/report/ledger.h"
#include "common/report/reading.h"
#include "gouji/v1/report_parsed.pb.h"

namespace gouji::events {

// A ReportParsed without the cells of its tables and their provenance, and those as the bytes of a
// Table and of a CellProvenance each.
struct SplitReport {
  std::string rest;
  // Of each table; into the bytes given, and empty where it has none.
  std::vector<std::string_view> provenance;
  std::vector<std::string_view> cells;
};

// Nothing where the bytes are not such that each table has one of both at most.
std::optional<SplitReport> split_provenance(std::string_view report);

// Fills the columns of a table that has its cells. False, with columns in any state, where the bytes
// are not packed columns of the right sizes and ASCII text.
bool read_provenance(std::string_view bytes, TableReading& table);

// A table whose cells were read; nothing where it has none, or something about its bytes is unusual.
std::optional<LedgerTable> read_table(std::string_view bytes);

// The message `in` with these tables in place of its own, as split_provenance takes them out.
Result<Reading> reading_of(const gouji::v1::ReportParsed& in, std::span<const std::string_view> tables);

}  // namespace gouji::events
