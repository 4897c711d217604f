// Short ways to look at what an office file was read as.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "services/parser/core/extract.h"

namespace gouji::parser {

inline std::string code_of(std::string_view bytes) {
  const ExtractOutcome outcome = extract({bytes, {}, {}});
  const auto* reason = std::get_if<Reason>(&outcome);
  return reason != nullptr ? reason->code : "read";
}

inline Document document_of(std::string_view bytes) {
  ExtractOutcome outcome = extract({bytes, {}, {}});
  if (auto* document = std::get_if<Document>(&outcome)) return std::move(*document);
  ADD_FAILURE() << "refused: " << std::get<Reason>(outcome).code << " " << std::get<Reason>(outcome).message;
  return {};
}

// The blocks in short: "h2 一、总体情况", "p 正文", and a grid as "[1x2@0,0 label|1x1@0,2 12]", where
// 1x2@0,0 is rows x columns @ row,column. Line feeds in cells are written as /.
inline std::string outline_of(const Document& document) {
  std::string outline;
  for (const Block& block : document.blocks) {
    if (!outline.empty()) outline += "\n";
    if (block.kind != BlockKind::kGrid) {
      const std::string kind = block.kind == BlockKind::kHeading ? "h" + std::to_string(block.level) : "p";
      outline += kind + " " + std::string(document.view(block.text));
      continue;
    }
    std::string cells;
    for (const GridCell& cell : document.grids[block.grid].cells) {
      std::string text(document.view(cell.text));
      for (char& c : text) c = c == '\n' ? '/' : c;
      cells += (cells.empty() ? "" : "|") + std::to_string(cell.row_span) + "x" + std::to_string(cell.column_span) +
               "@" + std::to_string(cell.row) + "," + std::to_string(cell.column) + " " + text;
    }
    outline += "[" + cells + "]";
  }
  return outline;
}

}  // namespace gouji::parser
