// Writes what layout found into a Document, with the place of every stretch of text.
#pragma once

#include <vector>

#include "common/markup/document.h"
#include "services/parser/core/layout/laid.h"

namespace gouji::parser {

class DocumentWriter {
 public:
  void add_text(BlockKind kind, std::uint8_t level, const std::vector<TextPiece>& pieces);
  void add_table(const LaidTable& table);
  void add_limit(const char* name);  // once, however often it is told
  Document take();

 private:
  TextRange append(const std::vector<TextPiece>& pieces);
  std::uint32_t size() const { return static_cast<std::uint32_t>(document_.text.size()); }

  Document document_;
};

}  // namespace gouji::parser
