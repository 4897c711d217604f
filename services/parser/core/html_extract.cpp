#include "services/parser/core/html_extract.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "common/markup/html.h"
#include "common/text/byte_scan.h"
#include "common/text/charset.h"
#include "services/parser/core/script_text.h"

namespace gouji::parser {
namespace {

// Words of table 3, of every edition.
bool has_official_table(const Document& document) { return find_word(document.text, "新收政府信息公开申请") != std::string::npos; }

// A page whose tables a script writes, or keeps in a string, is read with that text in its place.
std::optional<Document> scan_written(std::string_view html, const Document& shown) {
  if (has_official_table(shown)) return std::nullopt;
  const auto page = splice_scripts(html);
  if (!page) return std::nullopt;
  Document document = scan_html(page->html);
  if (document.grids.size() <= shown.grids.size() && !has_official_table(document)) return std::nullopt;
  trace_to_page(document, *page);
  document.limits.emplace_back("SCRIPT_READ");
  return document;
}

// Some pages hide what their script then shows. Hidden text counts where a page shows no table and
// hides one.
Document scan(std::string_view html) {
  Document document = scan_html(html);
  if (auto written = scan_written(html, document)) return *std::move(written);
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

ExtractOutcome extract_script(const Source& source) {
  const auto decision = decide_charset(source.bytes, {source.charset_label});
  if (!decision) return Reason{"CHARSET_UNDECIDED", decision.error().message};
  const std::string text = decode_text(source.bytes, *decision);
  const auto page = splice_script_file(text);
  if (!page) return Reason{"SCRIPT_WITHOUT_DOCUMENT", "脚本中没有报告正文 / no string of the script holds a report"};
  Document document = scan_html(page->html);
  SourceRun whole;
  whole.text.end = static_cast<std::uint32_t>(document.text.size());
  whole.where.end = static_cast<std::int64_t>(source.bytes.size());
  document.runs = {whole};
  document.charset = to_string(decision->charset);
  document.charset_conflict = decision->is_conflict;
  return document;
}

}  // namespace gouji::parser
