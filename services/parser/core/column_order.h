// Some organs print table 3 with its columns in another order than the form's: 总计 first, or two
// kinds of applicants swapped. Readers that take a row's values one by one have to know.
#pragma once

#include <array>
#include <cstddef>
#include <optional>

#include "services/parser/core/table_draft.h"
#include "services/parser/core/tokens.h"

namespace gouji::parser {

// The form's column that stands at each place of a row.
using ColumnOrder = std::array<std::size_t, 7>;

// By the header in front of the first row, and for the side on which 总计 stands by the sums of the
// rows that `draft` has in the order of the text. nullopt for the form's own order.
std::optional<ColumnOrder> header_order(const TokenList& list, const TableDraft& draft);

// Gives each value that was read in the order of the text to its column.
void put_in_form_order(TableDraft& draft, const ColumnOrder& order);

}  // namespace gouji::parser
