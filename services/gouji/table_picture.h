// A small picture of a table for a terminal: rows and columns that hold a figure, with the suspect cells
// marked. `[41→14]` is wrong and what it should be, `?41` one of several that may be wrong, `!41`
// a figure that a failed rule uses; `≠` stands beside a row and below a column that does not add up.
#pragma once

#include <map>
#include <string>

#include "services/gouji/language.h"
#include "services/gouji/suspects.h"

namespace gouji::command {

// Empty when no cell of the table is suspect. With colour: escape sequences of a terminal.
std::string table_picture(const TableReading& table, const CheckedDocument& document, Language language, bool colour);

// Columns of a terminal that UTF-8 text takes: two for East Asian wide characters.
std::size_t display_width(std::string_view text);

}  // namespace gouji::command
