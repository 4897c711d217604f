// Reads tables whose rows are lines: what stands behind a line's last word are its cells, and the
// full lines of the table show where the cells of the others begin. Knows nothing of the order of
// reading that the anchors follow, so it is a second witness for plain text.
#pragma once

#include "services/parser/core/table_draft.h"
#include "services/parser/core/tokens.h"

namespace gouji::parser {

// Table 2 in the columns of `edition`, or table 3, where the edition makes no difference.
TableDraft read_rows_by_lines(const TokenList& list, TableId table, Edition edition);

// Table 4: a line of fifteen cells below its headers.
TableDraft read_table4_by_lines(const TokenList& list);

}  // namespace gouji::parser
