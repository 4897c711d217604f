// One sheet of a workbook: its cells as they are shown, and how they are merged.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gouji::parser {

struct SheetCell {
  std::uint32_t row = 0;     // from 0
  std::uint32_t column = 0;  // from 0
  std::string text;
  std::size_t begin = 0;  // of its element in the sheet's XML
  std::size_t end = 0;
};

struct SheetMerge {
  std::uint32_t top = 0, left = 0, bottom = 0, right = 0;  // inclusive
};

struct Sheet {
  std::vector<SheetCell> cells;  // by row, then column; only those that are not empty
  std::vector<SheetMerge> merges;
  // By row: behind the last column that the file has a cell for, empty ones among them. What lies
  // behind is no blank cell of a table but no part of it.
  std::vector<std::uint32_t> row_ends;
  bool is_cut = false;     // more cells than are read, or out of order
  bool is_broken = false;  // the XML is cut off
};

// What is hidden, rows and columns, is not read. `shared` are the strings that cells refer to.
Sheet read_sheet(std::string_view xml, const std::vector<std::string>& shared);

std::vector<std::string> read_shared_strings(std::string_view xml);

// A stored number as Excel shows it, with fifteen digits: 12.0 is 12, and 2601.9538750000001 is
// 2601.953875, because the file holds the nearest binary fraction. What is no number, or needs
// more than thirty places, stays as it is.
std::string shown_number(std::string_view stored);

}  // namespace gouji::parser
