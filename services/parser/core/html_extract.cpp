#include "services/parser/core/html_extract.h"

#include <algorithm>
#include <string>
#include <utility>

#include "common/markup/html.h"
#include "common/text/charset.h"

namespace gouji::parser {
namespace {

// Some pages hide what their script then shows. Hidden text counts where a page shows no table and
// hides one.
Document scan(std::string_view html) {
  Document document = scan_html(html);
  const auto& limits = document.limits;
  const bool has_hidden_table =
      std::find(limits.begin(), limits.end(), "HIDDEN_TABLE") != limits.end();
  if (!document.grids.empty() || !has_hidden_table) return document;
  document = scan_html(html, {}, HiddenText::kRead);
  document.limits.emplace_back("HIDDEN_READ");
  return document;
}

}  // namespace

ExtractOutcome extract_html(const Source& source) {
  const auto decision =
      decide_charset(source.bytes, {source.charset_label, html_charset_label(source.bytes)});
  if (!decision) return Reason{"CHARSET_UNDECIDED", decision.error().message};
  Document document = is_verbatim(*decision) ? scan(source.bytes.substr(decision->mark_bytes))
                                             : scan(decode_text(source.bytes, *decision));
  trace_to_source(document, source.bytes, *decision);
  document.charset = to_string(decision->charset);
  document.charset_conflict = decision->is_conflict;
  return document;
}

}  // namespace gouji::parser
