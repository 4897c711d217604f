// Places the characters of strings on the page (ISO 32000-1, 9.4).
#pragma once

#include <string_view>

#include "services/parser/core/pdf/graphics_state.h"
#include "services/parser/core/pdf/page_builder.h"

namespace gouji::parser {

class TextPen {
 public:
  // BT
  void begin();
  // Tm
  void set_matrix(const PdfMatrix& matrix);
  // Td
  void next_line(double x, double y);
  // Moves by a number of a TJ array.
  void kern(double thousandths, const TextState& state);
  // Tj. With no page the string only advances.
  void show(std::string_view bytes, const GraphicsState& state, PageBuilder* page);

 private:
  PdfMatrix matrix_;
  PdfMatrix line_;
};

}  // namespace gouji::parser
