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

// How sure a reader is of a cell, in 1/1000. Two readers that agree raise it to kTwoReaders.
inline constexpr std::uint16_t kTwoReaders = 1000;      // grid and anchors say the same
inline constexpr std::uint16_t kOneReader = 950;        // label as in the form, all values there
inline constexpr std::uint16_t kMisspeltLabel = 900;    // label recognised by distance or in halves
inline constexpr std::uint16_t kBlankByPosition = 850;  // which cell is blank follows from its neighbours
inline constexpr std::uint16_t kSurplusDropped = 700;   // a surplus of zeros was left out

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
