// What q saves and Q brings back (ISO 32000-1, 8.4 and 9.3), as far as text and lines need it.
#pragma once

#include "services/parser/core/pdf/pdf_font.h"
#include "services/parser/core/pdf/pdf_matrix.h"

namespace gouji::parser {

struct TextState {
  const PdfFont* font = nullptr;
  double size = 0;
  double char_spacing = 0;
  double word_spacing = 0;
  double scale = 1;  // Tz / 100
  double leading = 0;
  double rise = 0;
  bool is_invisible = false;  // Tr 3, and 7 which only clips
};

struct GraphicsState {
  PdfMatrix ctm;  // to the page's coordinates
  double line_width = 1;
  TextState text;
};

}  // namespace gouji::parser
