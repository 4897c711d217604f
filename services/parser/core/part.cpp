#include "services/parser/core/part.h"

#include <algorithm>
#include <utility>

#include "services/parser/core/first_report.h"
#include "services/parser/core/ocr/merge_readings.h"
#include "services/parser/core/ocr/ocr_output.h"
#include "services/parser/core/tables.h"

namespace gouji::parser {
namespace {

Document with_part(Document document, std::int32_t number) {
  for (SourceRun& run : document.runs) run.where.part = number;
  return document;
}

// How much of a table a part has; the body's word counts as soon as it has cells.
int worth(const TableReading& table, bool is_body) {
  switch (table.status) {
    case TableStatus::kRead: return is_body ? 6 : 5;
    case TableStatus::kPartial: return is_body ? 6 : 4;
    case TableStatus::kUnreadable: return 3;
    case TableStatus::kNotInText: return 2;
    case TableStatus::kAbsent: return 1;
  }
  return 0;
}

}  // namespace

bool stands_in_text(const TableReading& table) { return has_cells(table) || table.status == TableStatus::kUnreadable; }

bool has_cells(const TableReading& table) {
  return table.status == TableStatus::kRead || table.status == TableStatus::kPartial;
}

Part::Part(Document from, std::int32_t part_number)
    : number(part_number), document(with_part(std::move(from), part_number)), next_report(keep_first_report(document)), sections(find_sections(document)),
      front(read_front_matter(document, sections)), prose(read_prose(document, sections)) {}

void Part::add_witness(Document from) {
  witness = with_part(std::move(from), number);
  keep_first_report(*witness);
}

void Part::read_tables(std::optional<std::int32_t> year) {
  tables = parser::read_tables(document, sections, year);
  if (!witness) return;
  const std::vector<TableReading> seen = parser::read_tables(*witness, find_sections(*witness), year);
  tables = merge_readings({tables, kOcrReaderNames[0]}, {seen, kOcrReaderNames[1]});
}

bool Part::has_table() const { return std::any_of(tables.begin(), tables.end(), stands_in_text); }

bool Part::has_whole_tables() const { return !tables.empty() && std::all_of(tables.begin(), tables.end(), has_cells); }

bool Part::has_figures() const {
  return std::any_of(tables.begin(), tables.end(), [](const TableReading& table) {
    return std::any_of(table.cells.begin(), table.cells.end(), [](const Cell& cell) { return cell.is_number(); });
  });
}

std::vector<TableReading> choose_tables(const std::vector<Part>& parts) {
  std::vector<TableReading> chosen = parts.front().tables;
  for (std::size_t table = 0; table < chosen.size(); ++table) {
    const Part* best = &parts.front();
    for (const Part& part : parts) {
      const bool is_better = worth(part.tables[table], part.number == 0) > worth(best->tables[table], best->number == 0);
      if (is_better) best = &part;
    }
    chosen[table] = best->tables[table];
  }
  return chosen;
}

}  // namespace gouji::parser
