// Any text as a report: what is read has the shape that readers of events rely on, and no table in
// text is read from bytes that are not there.
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <variant>

#include "common/core/check.h"
#include "services/parser/core/read.h"

namespace {

void check_table(const gouji::TableReading& table, std::size_t size) {
  const std::size_t cells = table.cells.size();
  GOUJI_CHECK(cells == 0 || cells == gouji::form(table.table, table.edition).size());
  GOUJI_CHECK(table.where.size() == cells && table.raw.size() == cells && table.confidence.size() == cells &&
              table.witnesses.size() == cells);
  for (std::size_t i = 0; i < cells; ++i) {
    GOUJI_CHECK(table.confidence[i] <= 1000);
    GOUJI_CHECK(table.where[i].begin <= table.where[i].end && static_cast<std::size_t>(table.where[i].end) <= size);
    // A figure is printed somewhere.
    GOUJI_CHECK(!table.cells[i].is_number() || !table.raw[i].empty());
  }
  for (const gouji::AlternativeReading& other : table.alternatives) GOUJI_CHECK(other.cell < cells);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  gouji::parser::Input input;
  input.bytes = std::string_view(reinterpret_cast<const char*>(data), size);
  input.location_id = "0";
  const gouji::ReadOutcome outcome = gouji::parser::read(input, gouji::OrganDirectory::empty());
  if (const auto* reading = std::get_if<gouji::Reading>(&outcome)) {
    GOUJI_CHECK(reading->tables.size() == 3);
    for (const gouji::TableReading& table : reading->tables) check_table(table, size);
  }
  return 0;
}
