// A report delivered inside JSON, as content services do: the longest string that holds tags or the
// words of a report is the document.
#pragma once

#include "services/parser/core/extract.h"

namespace gouji::parser {

ExtractOutcome extract_json(const Source& source);

}  // namespace gouji::parser
