// A web page that Word saved as one file (MIME multipart/related, RFC 2557), often named .doc: the
// page in it is read as HTML. Provenance is the whole part that holds the page.
#pragma once

#include "services/parser/core/extract.h"

namespace gouji::parser {

// Whether the head of a file is that of such a message.
bool is_mhtml(std::string_view head);

// Reasons: those of HTML, and MHTML_WITHOUT_HTML.
ExtractOutcome extract_mhtml(const Source& source);

}  // namespace gouji::parser
