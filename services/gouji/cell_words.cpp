#include "services/gouji/cell_words.h"

#include <fmt/format.h>

#include "services/gouji/report_words.h"

namespace gouji::command {
namespace {

struct YearAndCell {
  std::string_view year;  // empty for the document's own
  std::string_view cell;
};

YearAndCell split(std::string_view cell_id) {
  const std::size_t colon = cell_id.find(':');
  if (colon == std::string_view::npos) return {{}, cell_id};
  return {cell_id.substr(0, colon), cell_id.substr(colon + 1)};
}

// The cell in the document's own edition, else in any edition that has it.
const Form* form_of(const CheckedDocument& document, std::string_view cell) {
  if (const auto* reading = std::get_if<Reading>(&document.outcome))
    for (const TableReading& table : reading->tables)
      if (const Form& own = form(table.table, table.edition); own.find(cell) && cell.starts_with(to_string(table.table)))
        return &own;
  for (const Form& any : all_forms())
    if (cell.starts_with(to_string(any.table())) && any.find(cell)) return &any;
  return nullptr;
}

std::string with_year(std::string_view year, std::string words) {
  return year.empty() ? words : fmt::format("{}：{}", year, words);
}

}  // namespace

std::string cell_wording(const CheckedDocument& document, std::string_view cell_id) {
  const auto [year, cell] = split(cell_id);
  const Form* known = form_of(document, cell);
  if (known == nullptr) return std::string(cell_id);
  return with_year(year, known->wording(*known->find(cell)));
}

std::string cell_words(const CheckedDocument& document, std::string_view cell_id, Language language) {
  const auto [year, cell] = split(cell_id);
  const Form* known = form_of(document, cell);
  if (known == nullptr) return std::string(cell_id);
  return with_year(year, fmt::format("{}：{}", table_word(known->table(), language), known->wording(*known->find(cell))));
}

std::string value_words(const Cell& cell, Language language) {
  if (cell.is_number()) return std::to_string(cell.value);
  return std::string(state_word(cell.state, language));
}

std::string place_words(const Where& where, Language language) {
  std::string out;
  if (where.part != 0) out = fmt::format(fmt::runtime(in(language, "附件 {} ", "attachment {}, ")), where.part);
  if (where.page != 0) return out + fmt::format(fmt::runtime(in(language, "第 {} 页", "page {}")), where.page);
  if (where.end > where.begin)
    return out + fmt::format(fmt::runtime(in(language, "第 {}–{} 字节", "bytes {}–{}")), where.begin, where.end);
  return out;
}

CellPlace find_cell(const Reading& reading, std::string_view cell_id) {
  for (const TableReading& table : reading.tables) {
    if (!cell_id.starts_with(to_string(table.table))) continue;
    const auto cell = form(table.table, table.edition).find(cell_id);
    if (cell && *cell < table.cells.size()) return {&table, *cell};
  }
  return {};
}

}  // namespace gouji::command
