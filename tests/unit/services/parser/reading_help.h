// Short ways to read a text and to ask for its cells.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "common/report/organs.h"
#include "services/parser/core/read.h"

namespace gouji::parser {

inline ReadOutcome outcome_of(std::string_view text, std::vector<Hint> hints = {}) {
  Input input;
  input.bytes = text;
  input.location_id = "0123";
  input.hints = std::move(hints);
  return read(input, OrganDirectory::empty());
}

// Of a text that is a report; an empty reading, and a failed expectation, when it is refused.
inline Reading reading_of(std::string_view text, std::vector<Hint> hints = {}) {
  ReadOutcome outcome = outcome_of(text, std::move(hints));
  if (auto* reading = std::get_if<Reading>(&outcome)) return std::move(*reading);
  ADD_FAILURE() << "refused: " << std::get<Refusal>(outcome).reason.code;
  Reading none;
  none.tables.resize(3);
  return none;
}

inline std::string refusal_of(std::string_view text) {
  const ReadOutcome outcome = outcome_of(text);
  const auto* refusal = std::get_if<Refusal>(&outcome);
  if (refusal == nullptr) return "read";
  return (refusal->refusal_class == RefusalClass::kPoison ? "poison " : "not_a_report ") + refusal->reason.code;
}

// "690", "BLANK", "UNREADABLE", ...: the cell `id` ("t3.new.total") in the reading.
inline std::string cell(const Reading& reading, std::string_view id) {
  for (const TableReading& table : reading.tables) {
    const Form& form = gouji::form(table.table, table.edition);
    const auto at = form.find(id);
    if (!at || !id.starts_with(to_string(table.table)) || *at >= table.cells.size()) continue;
    const Cell& found = table.cells[*at];
    return found.is_number() ? std::to_string(found.value) : std::string(to_string(found.state));
  }
  return "no such cell";
}

inline bool has_note(const TableReading& table, std::string_view code) {
  for (const ReadingNote& note : table.notes) {
    if (note.code == code) return true;
  }
  return false;
}

}  // namespace gouji::parser
