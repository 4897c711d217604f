// Pictures to Documents: what gouji-ocr printed, laid out.
#pragma once

#include "services/parser/core/extract.h"

namespace gouji::parser {

// PNG, JPEG, TIFF, GIF, BMP. Needs OCR; where that failed the document is empty.
ExtractOutcome extract_picture(const Source& source);

}  // namespace gouji::parser
