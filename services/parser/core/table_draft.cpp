#include "services/parser/core/table_draft.h"

#include <algorithm>
#include <utility>

#include "services/parser/core/row_names.h"

namespace gouji::parser {

std::size_t TableDraft::rows_read() const {
  return static_cast<std::size_t>(std::count(rows.begin(), rows.end(), RowState::kRead));
}

void add_note(TableDraft& draft, std::string code, std::size_t row, TextRange text) {
  if (draft.notes.size() < kNotesMax) draft.notes.push_back({std::move(code), row, text});
}

std::size_t draft_width(TableId table) {
  switch (table) {
    case TableId::kT2: return 3;
    case TableId::kT3: return 7;
    case TableId::kT4: return 15;
  }
  return 0;
}

TableDraft empty_draft(TableId table) {
  const std::size_t rows = table == TableId::kT4 ? 1 : RowNames::of(table).size();
  return TableDraft(rows, draft_width(table));
}

}  // namespace gouji::parser
