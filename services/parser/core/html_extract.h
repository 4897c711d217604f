// An HTML page in any encoding to a Document.
#pragma once

#include "services/parser/core/extract.h"

namespace gouji::parser {

ExtractOutcome extract_html(const Source& source);

}  // namespace gouji::parser
