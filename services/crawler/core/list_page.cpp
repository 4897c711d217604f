#include "services/crawler/core/list_page.h"

#include <algorithm>
#include <set>
#include <utility>

#include <simdjson.h>

#include "common/markup/html.h"
#include "common/text/charset.h"
#include "common/text/utf8.h"
#include "services/crawler/core/pattern.h"

namespace gouji::crawler {

namespace {

constexpr std::size_t kTitleBytesMax = 1'024;
constexpr std::size_t kDateBytesMax = 64;

std::string bounded(std::string_view text, std::size_t bytes_max) {
  std::string out;
  bool wants_space = false;
  for (const char c : text) {
    const bool is_space = static_cast<unsigned char>(c) <= 0x20 || c == 0x7f;
    if (!is_space && wants_space && !out.empty()) out.push_back(' ');
    if (!is_space) out.push_back(c);
    wants_space = is_space;
  }
  return std::string(utf8_prefix(out, bytes_max));
}

// Gathers rows: resolves, filters, keeps each address once, and counts.
class Rows {
 public:
  Rows(const Url& base, const ListRules& rules) : base_(base), rules_(rules) {}

  void add(std::string_view reference, std::string_view title, std::string_view date) {
    const auto url = resolve(base_, reference);
    if (!url) return;  // mailto:, javascript: and worse name no documents
    ListedDocument row{to_string(*url), bounded(title, kTitleBytesMax), bounded(date, kDateBytesMax)};
    if (!is_wanted(rules_, row.url, row.title) || !known_.insert(row.url).second) return;
    if (page_.documents.size() >= kListedMax) {
      page_.cut = true;
      return;
    }
    page_.documents.push_back(std::move(row));
  }
  ListPage take() { return std::move(page_); }

 private:
  const Url& base_;
  const ListRules& rules_;
  std::set<std::string> known_;
  ListPage page_;
};

std::string charset_of(std::string_view media_type) {
  const auto at = media_type.find("charset=");
  if (at == std::string_view::npos) return {};
  std::string_view value = media_type.substr(at + 8);
  value = value.substr(0, value.find(';'));
  value.remove_prefix(std::min(value.find_first_not_of("\" "), value.size()));
  return std::string(value.substr(0, value.find_first_of("\" ")));
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The first "2024-01-31", "2024/1/31", "2024.1.31" or "2024年1月31日" of a text.
std::string_view date_in(std::string_view text) {
  for (std::size_t at = 0; at + 8 <= text.size(); ++at) {
    if (!is_digit(text[at]) || (at > 0 && is_digit(text[at - 1]))) continue;
    std::size_t end = at;
    int digits = 0, parts = 0;
    std::size_t separators = 0;
    for (; end < text.size() && parts < 3; ++end) {
      if (is_digit(text[end])) {
        digits += 1;
        separators = 0;
        if (end + 1 == text.size() || !is_digit(text[end + 1])) {
          if (digits != (parts == 0 ? 4 : digits) || digits > (parts == 0 ? 4 : 2)) break;
          parts += 1;
          digits = 0;
        }
      } else if (++separators > 3 || text[end] == ' ') {
        break;
      }
    }
    if (parts == 3) return text.substr(at, end - at);
  }
  return {};
}

// The text of the block that holds the link, without the link's own: where lists print the date.
std::string_view date_beside(const Document& document, const Link& link) {
  if (link.block >= document.blocks.size()) return {};
  const TextRange block = document.blocks[link.block].text;
  const TextRange after{std::min(std::max(link.text.end, block.begin), block.end), block.end};
  const std::string_view found = date_in(document.view(after).substr(0, 200));
  if (!found.empty()) return found;
  const TextRange before{block.begin, std::min(std::max(link.text.begin, block.begin), block.end)};
  const std::string_view text = document.view(before);
  return date_in(text.substr(text.size() - std::min<std::size_t>(text.size(), 200)));
}

Result<ListPage> read_html_list(const std::string& text, const Url& base, const ListRules& rules) {
  const Document document = scan_html(text);
  Rows rows(base, rules);
  for (const Link& link : document.links) rows.add(document.address(link), document.view(link.text), date_beside(document, link));
  return rows.take();
}

using Element = simdjson::dom::element;

// The text of a row's field: strings and whole numbers; anything else is no text.
std::string field_of(Element row, const std::string& pointer) {
  Element value;
  if (pointer.empty() || row.at_pointer(pointer).get(value) != simdjson::SUCCESS) return {};
  std::string_view text;
  if (value.get(text) == simdjson::SUCCESS) return std::string(text);
  std::int64_t number = 0;
  if (value.get(number) == simdjson::SUCCESS) return std::to_string(number);
  return {};
}

// JSONP: the argument of the only call.
std::string_view without_call(std::string_view text) {
  const auto first = text.find_first_of("{[(\"");
  if (first == std::string_view::npos || text[first] != '(') return text;
  const auto last = text.rfind(')');
  return last == std::string_view::npos || last < first ? text : text.substr(first + 1, last - first - 1);
}

Result<ListPage> read_json_list(const std::string& text, const Url& base, const ListRules& rules) {
  simdjson::dom::parser parser;
  Element root, array;
  const std::string_view json = without_call(text);
  if (const auto error = parser.parse(json.data(), json.size()).get(root); error != simdjson::SUCCESS) {
    return invalid_input(ErrorCode::kMalformed, std::string("the list is not JSON: ") + simdjson::error_message(error));
  }
  simdjson::dom::array elements;
  const bool found = rules.rows_pointer.empty() ? root.get(elements) == simdjson::SUCCESS
                                                : root.at_pointer(rules.rows_pointer).get(array) == simdjson::SUCCESS &&
                                                      array.get(elements) == simdjson::SUCCESS;
  if (!found) return invalid_input(ErrorCode::kMalformed, "the list has no array at \"" + rules.rows_pointer + "\" (rows_pointer)");
  Rows rows(base, rules);
  for (const Element row : elements) {
    const std::string url = field_of(row, rules.url_field);
    if (!url.empty()) rows.add(url, field_of(row, rules.title_field), field_of(row, rules.date_field));
  }
  return rows.take();
}

bool matches_any(const std::vector<std::string>& patterns, std::string_view text) {
  return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) { return matches(pattern, text); });
}

}  // namespace

Result<std::string> page_text(std::string_view bytes, std::string_view media_type) {
  const std::string declared = charset_of(media_type);
  GOUJI_ASSIGN(const CharsetDecision decision, decide_charset(bytes, {declared, html_charset_label(bytes)}));
  return decode_text(bytes, decision);
}

bool matches(std::string_view pattern, std::string_view text) { return is_glob_match(pattern, text); }

bool is_wanted(const ListRules& rules, std::string_view url, std::string_view title) {
  return (rules.url_accept.empty() || matches_any(rules.url_accept, url)) &&
         (rules.title_accept.empty() || matches_any(rules.title_accept, title)) && !matches_any(rules.title_refuse, title);
}

Result<ListPage> read_list(std::string_view bytes, std::string_view media_type, const Url& base, const ListRules& rules) {
  GOUJI_ASSIGN(const std::string text, page_text(bytes, media_type));
  return rules.format == "json" ? read_json_list(text, base, rules) : read_html_list(text, base, rules);
}

}  // namespace gouji::crawler
