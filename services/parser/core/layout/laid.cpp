#include "services/parser/core/layout/laid.h"

namespace gouji::parser {

std::string text_of(const std::vector<TextPiece>& pieces) {
  std::string text;
  for (const TextPiece& piece : pieces) text += piece.text;
  return text;
}

}  // namespace gouji::parser
