// Pictures to Documents: what gouji-ocr printed, laid out.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "services/parser/core/extract.h"
#include "services/parser/core/layout/page.h"

namespace gouji::parser {

// PNG, JPEG, TIFF, GIF, BMP. Needs OCR; where that failed the document is empty.
ExtractOutcome extract_picture(const Source& source);

// Puts the pages of the output, which are those numbered `numbers` in that order, in the place of the
// document's own. Pages that the output lacks stay as they are, and so do all where it is no output.
void put_recognised(std::string_view output, OcrReader reader, const std::vector<std::int32_t>& numbers,
                    std::vector<Page>& pages);

}  // namespace gouji::parser
