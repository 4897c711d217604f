// Word's DOCX (ECMA-376) to a Document: blocks and grids, what is inserted by a tracked change read
// and what is deleted left out, results of fields, text boxes behind their paragraph, automatic
// numbers of lists as text. Headers, footers, notes and comments are not part of the text.
//
// Provenance: bytes of the part that holds the body (word/document.xml), unpacked and in UTF-8.
#pragma once

#include "services/parser/core/extract.h"

namespace gouji::parser {

// Reasons: those of ZipArchive, and MALFORMED_DOCX: no body, or its XML is cut off.
ExtractOutcome extract_docx(const Source& source);

}  // namespace gouji::parser
