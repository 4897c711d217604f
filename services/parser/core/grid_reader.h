// Reads tables by their grid: rows by label, columns by the lowest header above them, spans
// expanded. Only formats with markup have grids.
#pragma once

#include "common/markup/document.h"
#include "services/parser/core/table_draft.h"

namespace gouji::parser {

// Tables 2 and 3 from all grids inside `range`; a table may be printed as several grids.
TableDraft read_rows_by_grid(const Document& document, TextRange range, TableId table,
                             Edition edition);

// Table 4 by group and result headers, in whatever order the columns stand.
TableDraft read_table4_by_grid(const Document& document, TextRange range);

}  // namespace gouji::parser
