// OFD (GB/T 33190-2016) to a Document: what its pages draw, text and lines, is laid out as that of a
// PDF is. Provenance: page and box.
#pragma once

#include <vector>

#include "services/parser/core/extract.h"
#include "services/parser/core/layout/page.h"

namespace gouji::parser {

// Reasons: those of ZipArchive, and MALFORMED_OFD: a part is missing or cut off.
ExtractOutcome extract_ofd(const Source& source);

// What the content of one page (the XML of its part) draws, added to `page`; false where the XML is
// cut off.
bool read_ofd_content(std::string_view xml, Page& page);

}  // namespace gouji::parser
