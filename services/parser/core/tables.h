// The three official tables of a report: readers run, compared and merged into cells.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "common/markup/document.h"
#include "common/report/reading.h"
#include "services/parser/core/sections.h"

namespace gouji::parser {

// t2, t3, t4. `year` is the report's year where it is known; it decides an edition only where the
// table itself does not show it.
std::vector<TableReading> read_tables(const Document& document, const SectionMap& sections,
                                      std::optional<std::int32_t> year);

}  // namespace gouji::parser
