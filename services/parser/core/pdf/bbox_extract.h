// What `pdftotext -bbox` prints, to a Document: words with their boxes, laid out. For PDFs that our own
// reader cannot open.
#pragma once

#include <string_view>

#include "services/parser/core/extract.h"

namespace gouji::parser {

// Untrusted XHTML: <page width height> and <word xMin yMin xMax yMax>text</word>, nothing else of it is
// looked at. MALFORMED_PDF when there is no word in it.
ExtractOutcome extract_bbox(std::string_view xhtml);

}  // namespace gouji::parser
