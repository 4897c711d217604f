#include "services/parser/core/html_extract.h"

#include <string>
#include <utility>

#include "common/markup/html.h"
#include "common/text/charset.h"

namespace gouji::parser {

ExtractOutcome extract_html(const Source& source) {
  const auto decision =
      decide_charset(source.bytes, {source.charset_label, html_charset_label(source.bytes)});
  if (!decision) return Reason{"CHARSET_UNDECIDED", decision.error().message};
  Document document;
  if (is_verbatim(*decision)) {
    document = scan_html(source.bytes.substr(decision->mark_bytes));
  } else {
    document = scan_html(decode_text(source.bytes, *decision));
  }
  trace_to_source(document, source.bytes, *decision);
  document.charset = to_string(decision->charset);
  document.charset_conflict = decision->is_conflict;
  return document;
}

}  // namespace gouji::parser
