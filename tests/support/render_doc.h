// Small Word files in the binary format of 1997, with known contents: paragraphs, rows of tables,
// and the formatting that a test asks for.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/support/render_html.h"

namespace gouji::testing {

// A property modifier with its operand, both as they stand in the file.
std::string sprm(std::uint32_t code, std::string_view operand);
// Little-endian.
std::string le(std::uint32_t value, int bytes);

struct DocPart {
  std::string text;  // UTF-8; control characters are the marks of the format
  char mark = '\r';  // what ends the paragraph: \r, or \a of a cell
  std::string formatting;
  std::uint32_t style = 0;
};

// Characters [begin, end) of the text with these modifiers.
struct DocRun {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string formatting;
};

struct DocOptions {
  bool is_narrow = false;  // the text in code page 1252
  std::size_t pieces = 1;
  std::uint32_t version = 0xC1;
  std::uint32_t flags = 0x0200;
  std::vector<DocRun> runs;
  // Further parts of the table stream by their number, and what follows each of them.
  struct TablePart {
    std::size_t number = 0;
    std::string bytes;
    std::string behind;
  };
  std::vector<TablePart> parts;
  std::string extra;  // the stream Data
};
std::string doc_of(const std::vector<DocPart>& parts, const DocOptions& options = {});

// A compound file with these streams, each of at least 4096 bytes after padding.
std::string ole_of(const std::vector<std::pair<std::string, std::string>>& streams);

// The modifiers of a cell's paragraph, and of the mark that ends a row with these edges and merge
// flags of cells.
std::string doc_cell_formatting();
std::string doc_row_formatting(const std::vector<std::int32_t>& edges, const std::vector<std::uint32_t>& flags);

std::string render_doc(const ReportFigures& figures, const DocOptions& options = {});

}  // namespace gouji::testing
