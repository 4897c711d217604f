#include "services/validator/core/fault.h"

#include <algorithm>
#include <cstdlib>
#include <set>
#include <string_view>

namespace gouji::validator {
namespace {

// Under this a reader has placed the cell by its neighbours; in 1/1000. A label that is misspelt leaves
// 990, so it is no doubt of the values (docs/scoreboard.md has the classes).
constexpr std::uint16_t kDoubtful = 985;
// A table of which so many equations fail without an explanation was not read as it stands.
constexpr std::size_t kManyDivisor = 4;
constexpr std::size_t kManyMin = 6;

bool has_note(const TableReading& reading, std::initializer_list<std::string_view> codes, std::string_view row = "") {
  return std::any_of(reading.notes.begin(), reading.notes.end(), [&](const ReadingNote& note) {
    return std::find(codes.begin(), codes.end(), note.code) != codes.end() && (row.empty() || note.row == row);
  });
}

std::string_view row_of(const Form& form, std::uint16_t cell) {
  const FormCell& place = form.cells()[cell];
  return form.blocks()[place.block].rows[place.row].key;
}

bool any_reader_saw(const TableReading& reading, std::uint16_t cell, std::int64_t value) {
  return std::any_of(reading.alternatives.begin(), reading.alternatives.end(), [&](const AlternativeReading& other) {
    return other.cell == cell && other.value == value;
  });
}

// The cells of its row were not simply read one after the other.
bool is_doubtful(const TableReading& reading, const Form& form, std::uint16_t cell) {
  const std::string_view row = row_of(form, cell);
  if (has_note(reading, {"ROW_SHORT", "ROW_COLLAPSED", "CELLS_RUN_TOGETHER", "DIRTY_NUMBER"}, row)) return true;
  for (std::uint16_t i = 0; i < form.size(); ++i) {
    const bool is_in_row = row_of(form, i) == row && form.cells()[i].block == form.cells()[cell].block;
    if (is_in_row && i < reading.confidence.size() && reading.confidence[i] > 0 && reading.confidence[i] < kDoubtful) return true;
  }
  return false;
}

bool is_witnessed(const TableReading& reading, std::uint16_t cell) {
  return cell < reading.witnesses.size() && reading.witnesses[cell] >= 2;
}

bool is_reading_error(Mechanism mechanism) {
  return mechanism == Mechanism::kDigitsSplitOrMerged || mechanism == Mechanism::kRowShifted || mechanism == Mechanism::kColumnShifted;
}

// Numbers of a note's text.
std::set<std::int64_t> numbers_in(std::string_view text) {
  std::set<std::int64_t> numbers;
  std::int64_t value = 0;
  bool is_open = false;
  for (const char c : text) {
    const bool is_digit = c >= '0' && c <= '9';
    if (is_digit && value < 1'000'000'000'000) value = value * 10 + (c - '0');
    if (!is_digit && is_open) numbers.insert(value);
    if (!is_digit) value = 0;
    is_open = is_digit;
  }
  if (is_open) numbers.insert(value);
  return numbers;
}

// Outcomes that stand in a row that the form does not have are missing from the sums.
bool is_of_extra_row(const Diagnosis& diagnosis, const DiagnosedTable& table) {
  const std::vector<Identity>& all = identities(*table.view.form);
  std::set<std::int64_t> extra;
  for (const ReadingNote& note : table.reading->notes)
    if (note.code == "EXTRA_ROW") extra.merge(numbers_in(note.text));
  return !extra.empty() && std::all_of(diagnosis.equations.begin(), diagnosis.equations.end(), [&](std::size_t place) {
    const auto difference = residual(all[place], table.view.cells);
    return all[place].rule == "T3.OUTCOME_SUM" && difference && *difference < 0 && *difference > INT64_MIN && extra.contains(-*difference);
  });
}

bool is_misread_as_a_whole(const Diagnosis& diagnosis, const DiagnosedTable& table) {
  const std::size_t many = std::max(kManyMin, identities(*table.view.form).size() / kManyDivisor);
  const std::vector<std::uint8_t>& witnesses = table.reading->witnesses;
  const bool has_one_reader = std::none_of(witnesses.begin(), witnesses.end(), [](std::uint8_t count) { return count >= 2; });
  return has_one_reader && diagnosis.equations.size() >= many;
}

}  // namespace

Fault fault_of(const Diagnosis& diagnosis, const DiagnosedTable& table) {
  if (table.reading == nullptr) return Fault::kUndecided;
  if (is_of_extra_row(diagnosis, table)) return Fault::kForm;
  if (diagnosis.explanations.empty()) return is_misread_as_a_whole(diagnosis, table) ? Fault::kExtraction : Fault::kUndecided;
  const TableReading& reading = *table.reading;
  bool all_witnessed = true;
  bool all_doubtful = true;
  for (const Explanation& explanation : diagnosis.explanations) {
    bool is_seen = false;
    bool is_in_doubt = false;
    for (const Change& change : explanation.changes) {
      const std::uint16_t cell = table.view.form->find(change.cell).value_or(0);
      is_seen = is_seen || any_reader_saw(reading, cell, change.proposed);
      all_witnessed = all_witnessed && is_witnessed(reading, cell);
      is_in_doubt = is_in_doubt || (!is_witnessed(reading, cell) && is_doubtful(reading, *table.view.form, cell));
    }
    if (is_seen) return Fault::kExtraction;
    all_doubtful = all_doubtful && is_in_doubt;
  }
  if (all_witnessed) return Fault::kPublisher;
  if (all_doubtful) return Fault::kExtraction;
  return diagnosis.unique && is_reading_error(diagnosis.explanations.front().mechanism) ? Fault::kExtraction : Fault::kUndecided;
}

Fault fault_of_shape(const DiagnosedTable& table) {
  if (table.reading == nullptr) return Fault::kUndecided;
  const bool has_extra_row = has_note(*table.reading, {"EXTRA_ROW"});
  const bool has_short_row = has_note(*table.reading, {"ROW_SHORT"});
  const bool has_long_row = has_note(*table.reading, {"ROW_OVERLONG"});
  if (has_extra_row && !has_short_row && !has_long_row) return Fault::kForm;
  const auto cells = table.view.cells;
  const bool has_unread = std::any_of(cells.begin(), cells.end(), [](const Cell& cell) { return cell.state == CellState::kUnreadable; });
  return has_short_row && (table.is_plain_text || has_unread) ? Fault::kExtraction : Fault::kUndecided;
}

}  // namespace gouji::validator
