// What one reader makes of one table, before readers are compared and cells get their types.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "common/markup/document.h"
#include "common/report/form.h"
#include "services/parser/core/figure.h"

namespace gouji::parser {

// How sure a cell is, in 1/1000: the share of cells of its class that were right in renderings with
// injected damage, rounded down (docs/parser.md says how it is measured, and a test repeats it). The
// classes from kMisspeltLabel down are what one reader alone makes of a cell.
inline constexpr std::uint16_t kTwoReaders = 999;       // two readers say the same
inline constexpr std::uint16_t kIdentitiesHold = 998;   // one reader, and every sum with the cell is right
inline constexpr std::uint16_t kOneReader = 995;        // label as in the form, all values there
inline constexpr std::uint16_t kMisspeltLabel = 990;    // label recognised by distance or in halves
inline constexpr std::uint16_t kSurplusDropped = 975;   // a surplus of zeros was left out
inline constexpr std::uint16_t kBlankByPosition = 970;  // which cell is blank follows from its neighbours

struct DraftCell {
  CellState state = CellState::kAbsent;
  Figure figure;   // of kNumber
  TextRange text;
  std::uint16_t confidence = 0;
};

struct DraftNote {
  std::string code;
  std::size_t row = 0;
  TextRange text;
};

enum class RowState : std::uint8_t {
  kUnseen,      // its label does not stand there
  kSeen,        // its label does, without values that can be told apart
  kDoubted,     // its values stand at another place than those of the other rows
  kRead,
};

// Rows as in RowNames (tables 2 and 3), one row of 15 in table 4.
struct TableDraft {
  std::size_t width = 0;
  std::vector<RowState> rows;
  std::vector<DraftCell> cells;  // rows * width
  std::vector<DraftNote> notes;
  std::size_t glued_rows = 0;    // labels with digits run onto them

  TableDraft(std::size_t row_count, std::size_t columns)
      : width(columns), rows(row_count, RowState::kUnseen), cells(row_count * columns) {}
  std::span<DraftCell> row_cells(std::size_t row) {
    return std::span(cells).subspan(row * width, width);
  }
  std::span<const DraftCell> row_cells(std::size_t row) const {
    return std::span(cells).subspan(row * width, width);
  }
  std::size_t rows_read() const;
};

inline constexpr std::size_t kNotesMax = 64;
void add_note(TableDraft& draft, std::string code, std::size_t row, TextRange text);

// Values of a row in the widest edition.
std::size_t draft_width(TableId table);
TableDraft empty_draft(TableId table);

}  // namespace gouji::parser
