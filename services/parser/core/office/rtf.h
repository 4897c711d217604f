// RTF (specification 1.9.1) to a Document: paragraphs and grids, automatic numbers as their program
// wrote them, results of fields. Headers, footers, notes and what is marked deleted or hidden are
// not part of the text. Provenance: bytes of the file.
#pragma once

#include "services/parser/core/extract.h"

namespace gouji::parser {

// Reasons: MALFORMED_RTF: a group is not closed, which is what a file that was cut off looks like.
ExtractOutcome extract_rtf(const Source& source);

}  // namespace gouji::parser
