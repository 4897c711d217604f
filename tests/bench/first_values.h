// The first reading of a document that has markup: from its bytes to the cells of the three tables.
#pragma once

#include <variant>

#include "services/parser/core/extract.h"
#include "services/parser/core/grid_reader.h"
#include "services/parser/core/sections.h"

namespace gouji::bench {

// Cells of tables 2, 3 and 4 by the grid reader, without the second witness, identity, prose, claims and
// digest of a whole reading. How many rows were read; 0 where the document is refused.
inline std::size_t first_values(const parser::Source& source, Edition edition) {
  const auto outcome = parser::extract(source);
  const auto* const document = std::get_if<Document>(&outcome);
  if (document == nullptr) return 0;
  const parser::SectionMap sections = parser::find_sections(*document);
  const auto body = [&](std::int32_t number) { return sections.body(number).value_or(TextRange{}); };
  return parser::read_rows_by_grid(*document, body(2), TableId::kT2, edition).rows_read() +
         parser::read_rows_by_grid(*document, body(3), TableId::kT3, edition).rows_read() +
         parser::read_table4_by_grid(*document, body(4)).rows_read();
}

}  // namespace gouji::bench
