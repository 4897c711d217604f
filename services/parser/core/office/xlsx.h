// Excel's XLSX (ECMA-376) to a Document: every sheet that is shown is a grid, its numbers as they
// are meant; dates stay the numbers that the file holds. Provenance: `page` is the number of the
// sheet, bytes are those of its part, unpacked and in UTF-8.
#pragma once

#include "services/parser/core/extract.h"

namespace gouji::parser {

// Reasons: those of ZipArchive, and MALFORMED_XLSX.
ExtractOutcome extract_xlsx(const Source& source);

}  // namespace gouji::parser
