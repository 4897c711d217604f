// Reads tables by anchors: a known label, then exactly its row's number of values in reading order.
// Needs no markup, so it reads plain text in every layout, and is the second witness for grids.
#pragma once

#include <string_view>

#include "services/parser/core/table_draft.h"
#include "services/parser/core/tokens.h"

namespace gouji::parser {

// Table 2 in the columns of `edition`, or table 3, where the edition makes no difference.
// `list` is of `document`.
TableDraft read_rows_by_anchors(const Document& document, const TokenList& list, TableId table, Edition edition);

// The words that stand over the values of table 4, once or for each of its groups: 结果维持, or where
// its header's letters stand one below the other, the last group's name. Empty: no such table.
std::u32string_view table4_sign(const TokenList& list);

// Table 4: fifteen values behind its headers.
TableDraft read_table4_by_anchors(const TokenList& list);

}  // namespace gouji::parser
