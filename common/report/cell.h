// A cell of an official table: what the document says there, and nothing else.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/result.h"

namespace gouji {

// Blank is not zero, and neither is a dash: a rule decides what it can do with each state.
enum class CellState : std::uint8_t {
  kAbsent,      // the document has no such cell (row or column missing, text cut off)
  kNumber,      // a figure
  kBlank,       // an empty cell
  kNil,         // a mark for "none": - — / 无
  kText,        // words where a figure belongs
  kUnreadable,  // something is there; readers fail or disagree
};

std::string_view to_string(CellState state);  // "NUMBER", ...
Result<CellState> cell_state_from(std::string_view name);

// `value` counts for counts. For money it is the figure times 10^6: 分 where the document states a
// unit (after conversion to 万元), otherwise millionths of the figure as printed; see MoneyUnit.
// It is zero and without meaning unless `state` is kNumber.
struct Cell {
  CellState state = CellState::kAbsent;
  std::int64_t value = 0;

  static Cell number(std::int64_t value) { return {CellState::kNumber, value}; }
  bool is_number() const { return state == CellState::kNumber; }
  friend bool operator==(const Cell&, const Cell&) = default;
};

// Of the one money cell a table 2 has.
enum class MoneyUnit : std::uint8_t { kNotStated, kWanYuan };

// Where something stands in the source. Bytes [begin, end) of the part for HTML and text (offsets
// into the original bytes, before decoding), of the unpacked part or stream with the text for office
// files; page (from 1) and box in 1/100 pt, top left origin, for PDF and scans; page is the sheet of
// a workbook.
struct Where {
  std::int32_t part = 0;  // 0 = the document itself, n = its n-th attachment
  std::int32_t page = 0;  // 0 = not paged
  std::int64_t begin = 0;
  std::int64_t end = 0;
  std::int32_t left = 0, top = 0, right = 0, bottom = 0;
  friend bool operator==(const Where&, const Where&) = default;
};

}  // namespace gouji
