// An HTML page in any encoding to a Document.
#pragma once

#include "services/parser/core/extract.h"

namespace gouji::parser {

ExtractOutcome extract_html(const Source& source);
// A file of JavaScript (JSONP, a variable, document.write): the markup in its strings.
ExtractOutcome extract_script(const Source& source);

}  // namespace gouji::parser
