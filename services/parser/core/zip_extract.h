// A ZIP that holds a report among its files, as portals attach them: the one document in it is read.
// One level deep; nothing in it is read by a program from outside. Provenance is the whole packed file.
#pragma once

#include "services/parser/core/extract.h"

namespace gouji::parser {

// Reasons: those of office/zip.h; of the only document in it; and
//   ZIP_WITHOUT_DOCUMENT  no file in it can be read here: pictures, archives, other formats
//   ZIP_OF_DOCUMENTS      several of its files are reports, or there are too many to look into
ExtractOutcome extract_zip(const Source& source);

}  // namespace gouji::parser
