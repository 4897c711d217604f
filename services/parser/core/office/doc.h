// Word's DOC of 1997 and later, and the WPS files of the same shape, to a Document: blocks and
// grids. Deleted and hidden text, codes of fields, headers, footers and notes are not part of it.
// Provenance: bytes of the stream WordDocument.
#pragma once

#include "services/parser/core/extract.h"

namespace gouji::parser {

// Of a compound file. Reasons: MALFORMED_OLE, MALFORMED_DOC, ENCRYPTED, DOC_VERSION_NOT_READ;
// XLS_NOT_READ of a workbook before 2007, OLE_KIND_NOT_READ of any other file in this container.
ExtractOutcome extract_ole(const Source& source);

}  // namespace gouji::parser
