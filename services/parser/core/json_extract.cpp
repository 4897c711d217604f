#include "services/parser/core/json_extract.h"

#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/text/charset.h"
#include "services/parser/core/html_extract.h"
#include "services/parser/core/script_text.h"
#include "services/parser/core/text_extract.h"

namespace gouji::parser {
namespace {

// Deeper values are not looked into; simdjson's own limit is 1024.
constexpr std::size_t kDepthMax = 64;
constexpr std::size_t kValuesMax = 1U << 20;
// To check it takes fourteen times as much memory.
constexpr std::size_t kJsonBytesMax = 8U << 20;

// A string of the document as it is written, without its quotes, in the bytes that were parsed.
struct RawString {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::size_t size() const { return end - begin; }
};

// End of the JSON string whose first byte is at `at`; npos where it does not end.
std::size_t end_of_string(std::string_view json, std::size_t at) {
  while (at < json.size()) {
    const std::size_t quote = json.find('"', at);
    if (quote == std::string_view::npos) return quote;
    std::size_t slashes = 0;
    while (slashes < quote - at && json[quote - 1 - slashes] == '\\') ++slashes;
    if (slashes % 2 == 0) return quote;
    at = quote + 1;
  }
  return std::string_view::npos;
}

// Every string stands between two quotes, so the strings can be found without the values around
// them; whether the whole is JSON, simdjson says afterwards.
std::optional<RawString> longest_document(std::string_view json) {
  std::optional<RawString> longest;
  std::size_t seen = 0;
  for (std::size_t quote = json.find('"'); quote != std::string_view::npos && seen < kValuesMax;
       ++seen) {
    const std::size_t end = end_of_string(json, quote + 1);
    if (end == std::string_view::npos) break;
    const RawString found{quote + 1, end};
    const bool is_longer = !longest || found.size() > longest->size();
    if (is_longer && is_likely_document(json.substr(found.begin, found.size()))) longest = found;
    quote = json.find('"', end + 1);
  }
  return longest;
}

// The text that a JSON string stands for.
std::optional<std::string> unescaped(std::string_view raw) {
  std::string quoted;
  quoted.reserve(raw.size() + 2);
  quoted.append("\"").append(raw).append("\"");
  const simdjson::padded_string padded(quoted);
  simdjson::dom::parser parser;
  std::string_view text;
  if (parser.parse(padded).get_string().get(text) != simdjson::SUCCESS) return std::nullopt;
  return std::string(text);
}

// The first short string that can be the title of a report: portals keep it in a field of its own.
std::string title_in(std::string_view json) {
  constexpr std::size_t kTitleBytesMax = 600;
  std::size_t seen = 0;
  for (std::size_t quote = json.find('"'); quote != json.npos && seen < kValuesMax; ++seen) {
    const std::size_t end = end_of_string(json, quote + 1);
    if (end == json.npos) break;
    const std::string_view raw = json.substr(quote + 1, end - quote - 1);
    if (raw.size() <= kTitleBytesMax && (raw.find("\\u62a5") != raw.npos || raw.find("报") != raw.npos)) {
      const auto text = unescaped(raw);
      const bool is_title = text && text->find("公开") != text->npos && text->find("<") == text->npos &&
                            (text->find("年度报告") != text->npos || text->find("年报") != text->npos);
      if (is_title) return *text;
    }
    quote = json.find('"', end + 1);
  }
  return {};
}

// Walks the whole document once, so that half a file is not taken for JSON.
bool is_well_formed(const simdjson::padded_string& json) {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  return parser.allocate(json.size(), kDepthMax) == simdjson::SUCCESS &&
         parser.parse(json).get(root) == simdjson::SUCCESS;
}

}  // namespace

ExtractOutcome extract_json(const Source& source) {
  if (source.bytes.size() > kJsonBytesMax) return Reason{"TOO_LARGE", "JSON 文件超过 8 MiB / the JSON document is larger than 8 MiB"};
  const auto decision = decide_charset(source.bytes, {source.charset_label});
  if (!decision) return Reason{"CHARSET_UNDECIDED", decision.error().message};
  const simdjson::padded_string json(decode_text(source.bytes, *decision));
  if (!is_well_formed(json)) {
    return Reason{"MALFORMED_JSON",
                  "JSON 不完整或有语法错误 / the JSON document is cut off or malformed"};
  }
  const std::string_view text(json.data(), json.size());
  const std::optional<RawString> found = longest_document(text);
  std::optional<std::string> inner =
      found ? unescaped(text.substr(found->begin, found->size())) : std::nullopt;
  if (!inner) {
    return Reason{"JSON_WITHOUT_DOCUMENT",
                  "JSON 中没有报告正文 / no string of the JSON document holds a report"};
  }
  const Source part{*inner, {}, "utf-8"};
  ExtractOutcome outcome = sniff(*inner) == Format::kHtml ? extract_html(part) : extract_text(part);
  if (auto* document = std::get_if<Document>(&outcome)) {
    SourceCursor cursor(source.bytes, *decision);
    SourceRun whole;
    whole.text.end = static_cast<std::uint32_t>(document->text.size());
    whole.where.begin = static_cast<std::int64_t>(cursor.source_offset(found->begin));
    whole.where.end = static_cast<std::int64_t>(cursor.source_offset(found->end));
    document->runs = {whole};
    document->charset = to_string(decision->charset);
    document->charset_conflict = decision->is_conflict;
    if (document->title.empty()) document->title = title_in(text);
  }
  return outcome;
}

}  // namespace gouji::parser
