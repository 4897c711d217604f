// Bytes of a document to the one intermediate that the interpreter reads. Every format stands in
// one table in extract.cpp; a format that has no reader there is refused by name.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "common/markup/document.h"
#include "common/report/reading.h"
#include "services/parser/core/sniff.h"

namespace gouji::parser {

struct Source {
  std::string_view bytes;          // owned by the caller, alive during the call
  std::string_view media_type;     // declared; a hint, and empty where nothing is declared. May
                                   // carry the charset: "text/html; charset=gbk"
  std::string_view charset_label;  // declared elsewhere; a hint
};

// Codes of the Reason, which is a refusal (REJECTED):
//   EMPTY                  no bytes, or only white space
//   NOT_TEXT_BINARY        neither a known format nor text
//   CHARSET_UNDECIDED      text in an encoding that is not read
//   FORMAT_NOT_SUPPORTED   a format known by name and without a reader: PDF, DOC, DOCX, images
//   TOO_LARGE              more than kInputBytesMax
//   MALFORMED_JSON         a JSON document that does not parse
//   JSON_WITHOUT_DOCUMENT  JSON in which no string holds a document
//   SCRIPT_WITHOUT_DOCUMENT  likewise, of JavaScript
using ExtractOutcome = std::variant<Document, Reason>;

// Never throws. Provenance is in the original bytes; for a document inside JSON every place is the
// whole string that holds it.
ExtractOutcome extract(const Source& source);

}  // namespace gouji::parser
