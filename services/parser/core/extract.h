// Bytes of a document to the one intermediate that the interpreter reads. Every format stands in
// one table in extract.cpp; a format that has no reader there is refused by name.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "common/markup/document.h"
#include "common/report/aid.h"
#include "services/parser/core/ocr/ocr_output.h"
#include "services/parser/core/sniff.h"

namespace gouji::parser {

struct Source {
  std::string_view bytes;          // owned by the caller, alive during the call
  std::string_view media_type;     // declared; a hint, and empty where nothing is declared. May
                                   // carry the charset: "text/html; charset=gbk"
  std::string_view charset_label;  // declared elsewhere; a hint
  std::span<const Aid> aids = {};  // what outside programs made of these bytes; none at first

  // Of the two readers that recognise a picture, the one whose view is asked for.
  OcrReader ocr_reader = OcrReader::kChinese;

  // What `program` made of it, or nullptr when it has not been asked yet: then a reader that cannot
  // do without returns a Need. With an Aid that failed it reads what it can, or refuses.
  const Aid* aid(Program program) const;
};

// Codes of the Reason, which is a refusal (REJECTED):
//   EMPTY                  no bytes, or only white space
//   NOT_TEXT_BINARY        neither a known format nor text
//   CHARSET_UNDECIDED      text in an encoding that is not read
//   FORMAT_NOT_SUPPORTED   a format known by name and without a reader: GZIP, RAR
//   ODF_NOT_READ           OpenDocument, where no LibreOffice converts it
//   ZIP_WITHOUT_DOCUMENT, ZIP_OF_DOCUMENTS  see zip_extract.h
//   TOO_LARGE              more than kInputBytesMax; JSON of more than 8 MiB
//   PICTURE_MALFORMED      a picture whose header cannot be read
//   PICTURE_TOO_LARGE      a picture of more pixels than kPicturePixelsMax
//   MALFORMED_JSON         a JSON document that does not parse
//   JSON_WITHOUT_DOCUMENT  JSON in which no string holds a document
//   SCRIPT_WITHOUT_DOCUMENT  likewise, of JavaScript
//   ENCRYPTED, ZIP_TOO_LARGE, MALFORMED_ZIP, MALFORMED_DOCX, MALFORMED_OLE, DOC_VERSION_NOT_READ, …
//                          of office files, see the headers in office/
//   MALFORMED_PDF, ENCRYPTED, TOO_MANY_PAGES, TOO_LARGE  of a PDF, see pdf/pdf_reader.h
using ExtractOutcome = std::variant<Document, Reason, Need>;

// Never throws. Provenance is in the original bytes; for a document inside JSON every place is the
// whole string that holds it.
ExtractOutcome extract(const Source& source);

// The ladder: the program that looks at a document which our own reader refused for that reason;
// nullopt where none would help.
std::optional<Program> second_reader(Format format, const Reason& reason);

}  // namespace gouji::parser
