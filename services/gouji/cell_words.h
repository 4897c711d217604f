// A cell of a checked document in the form's own wording, and its values as an office writes them.
#pragma once

#include <string>
#include <string_view>

#include "services/gouji/language.h"
#include "services/gouji/report_json.h"

namespace gouji::command {

// "表三 依申请公开：一、本年新收政府信息公开申请数量 × 自然人"; a year in front of the id ("2019:t3.…")
// stays in front. An id that no table of the document has comes back as it is.
std::string cell_words(const CheckedDocument& document, std::string_view cell_id, Language language);
// The same without the table.
std::string cell_wording(const CheckedDocument& document, std::string_view cell_id);
// A reported value: the figure, or what stands there instead: 空白.
std::string value_words(const Cell& cell, Language language);
// Where a cell stands in the source, for people; empty where that is not known.
std::string place_words(const Where& where, Language language);
// The cell's place in the tables of the document; nullptr and 0 where there is none.
struct CellPlace {
  const TableReading* table = nullptr;
  std::uint16_t cell = 0;
};
CellPlace find_cell(const Reading& reading, std::string_view cell_id);

}  // namespace gouji::command
