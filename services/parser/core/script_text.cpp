#include "services/parser/core/script_text.h"

#include <algorithm>
#include <utility>

#include "common/markup/entities.h"
#include "common/text/ascii.h"
#include "common/text/utf8.h"
#include "services/parser/core/script_strings.h"

namespace gouji::parser {
namespace {

// Shorter strings are titles and summaries.
constexpr std::size_t kDocumentBytesMin = 64;
constexpr std::size_t kPiecesMax = 4'096;

bool is_letter(char c) { return ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z'; }

bool starts_with_in_lower(std::string_view text, std::string_view word) {
  return text.size() >= word.size() && std::equal(word.begin(), word.end(), text.begin(), [](char a, char b) { return a == ascii_lower(b); });
}

bool has_markup(std::string_view text) {
  for (std::size_t at = text.find('<'); at != text.npos && at + 1 < text.size(); at = text.find('<', at + 1)) {
    if (is_letter(text[at + 1]) || text[at + 1] == '/') return true;
  }
  return false;
}

std::string without_entities(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const Entity entity = text[at] == '&' ? read_entity(text.substr(at)) : Entity{};
    if (entity.length == 0) {
      out.push_back(text[at++]);
      continue;
    }
    append_utf8(out, entity.code_point);
    at += entity.length;
  }
  return out;
}

// Markup may be escaped once more.
std::string as_markup(std::string text) {
  if (has_markup(text)) return text;
  if (text.find("%3C") != text.npos || text.find("%3c") != text.npos) return without_percents(text);
  if (text.find("&lt;") != text.npos) return without_entities(text);
  return text;
}

// What a script writes, or the document that one of its strings is. Empty when it is neither.
std::string text_of_script(std::string_view script) {
  const bool writes = script.find("document.write") != script.npos || script.find("+=") != script.npos;
  std::string written;
  const ScriptString* longest = nullptr;
  std::vector<ScriptString> strings = script_strings(script);
  for (ScriptString& string : strings) {
    string.text = as_markup(std::move(string.text));
    if (!has_markup(string.text)) continue;
    if (!string.is_whole) return {};  // a hole in a table would be a blank cell
    if (writes) written += string.text;
    if (longest == nullptr || string.text.size() > longest->text.size()) longest = &string;
  }
  if (writes && is_likely_document(written)) return written;
  return longest != nullptr && is_likely_document(longest->text) ? longest->text : std::string();
}

class Splicer {
 public:
  explicit Splicer(std::string_view html) : html_(html) {}

  std::optional<SplicedPage> run() {
    for (std::size_t at = html_.find('<'); at != html_.npos && page_.pieces.size() < kPiecesMax; at = html_.find('<', at)) {
      const std::string_view name = name_at(at + 1);
      at = name.empty() ? at + 1 : std::max(take_element(name, at), at + 1);
    }
    if (!has_text_) return std::nullopt;
    copy_until(html_.size());
    return std::move(page_);
  }

 private:
  // The elements that hold text for scripts; empty for any other.
  std::string_view name_at(std::size_t at) const {
    for (const std::string_view name : {"script", "textarea", "template", "xmp"}) {
      if (starts_with_in_lower(html_.substr(at, name.size()), name) && at + name.size() < html_.size() && !is_letter(html_[at + name.size()])) return name;
    }
    return {};
  }

  // Behind the element.
  std::size_t take_element(std::string_view name, std::size_t begin) {
    const std::size_t content = html_.find('>', begin);
    if (content == html_.npos) return html_.size();
    const std::size_t end = end_tag(name, content + 1);
    const std::string_view inside = html_.substr(content + 1, end - content - 1);
    std::string text = text_of(name, html_.substr(begin, content - begin), inside);
    if (!text.empty()) put(std::move(text), begin, end);
    return end;
  }

  static std::string text_of(std::string_view name, std::string_view tag, std::string_view inside) {
    if (inside.size() < kDocumentBytesMin) return {};
    const bool is_markup_type = tag.find("text/html") != tag.npos || tag.find("template") != tag.npos;
    if (name == "script" && !is_markup_type) return text_of_script(inside);
    std::string text = name == "textarea" ? without_entities(inside) : std::string(inside);
    if (name == "textarea" && !has_markup(text)) text = as_markup(std::move(text));
    return has_markup(text) && is_likely_document(text) ? text : std::string();
  }

  // Where the end tag of the element begins; the end of the page where there is none.
  std::size_t end_tag(std::string_view name, std::size_t from) const {
    for (std::size_t at = html_.find("</", from); at != html_.npos; at = html_.find("</", at + 2)) {
      if (starts_with_in_lower(html_.substr(at + 2, name.size()), name)) return at;
    }
    return html_.size();
  }

  void copy_until(std::size_t end) {
    if (end <= copied_) return;
    const std::size_t begin = page_.html.size();
    page_.html.append(html_, copied_, end - copied_);
    page_.pieces.push_back({begin, page_.html.size(), copied_, end, true});
    copied_ = end;
  }

  // Text in the place of [begin, end) of the page. A stray end tag is left behind it, and read over.
  void put(std::string text, std::size_t begin, std::size_t end) {
    copy_until(begin);
    const std::size_t at = page_.html.size();
    page_.html += "<div>" + text + "</div>";
    page_.pieces.push_back({at, page_.html.size(), begin, end, false});
    copied_ = end;
    has_text_ = true;
  }

  std::string_view html_;
  SplicedPage page_;
  std::size_t copied_ = 0;
  bool has_text_ = false;
};

// Everything that one script writes has one place: one run.
void join_runs_of_one_place(std::vector<SourceRun>& runs) {
  std::size_t kept = 0;
  for (std::size_t i = 1; i < runs.size(); ++i) {
    if (runs[i].where == runs[kept].where) {
      runs[kept].text.end = runs[i].text.end;
    } else {
      runs[++kept] = runs[i];
    }
  }
  if (!runs.empty()) runs.resize(kept + 1);
}

}  // namespace

bool is_likely_document(std::string_view raw) {
  constexpr std::string_view kMarks[] = {"<table",       "<TABLE",
                                         "<p",           "<P",
                                         "<div",         "<DIV",
                                         "\\u003c",      "\\u003C",
                                         "政府信息公开", "\\u653f\\u5e9c\\u4fe1\\u606f",
                                         "总体情况",     "\\u603b\\u4f53\\u60c5\\u51b5"};
  if (raw.size() < kDocumentBytesMin) return false;
  for (std::string_view mark : kMarks) {
    if (raw.find(mark) != std::string_view::npos) return true;
  }
  return false;
}

std::optional<SplicedPage> splice_scripts(std::string_view html) { return Splicer(html).run(); }

std::optional<SplicedPage> splice_script_file(std::string_view script) {
  std::string text = text_of_script(script);
  if (text.empty()) return std::nullopt;
  SplicedPage page;
  page.html = std::move(text);
  page.pieces.push_back({0, page.html.size(), 0, script.size(), false});
  return page;
}

void trace_to_page(Document& document, const SplicedPage& page) {
  const auto piece_at = [&](std::int64_t position) {
    const auto found = std::upper_bound(page.pieces.begin(), page.pieces.end(), static_cast<std::size_t>(position),
                                        [](std::size_t at, const SplicedPage::Piece& piece) { return at < piece.begin; });
    return found == page.pieces.begin() ? found : found - 1;
  };
  for (SourceRun& run : document.runs) {
    const auto first = piece_at(run.where.begin);
    const auto last = piece_at(std::max(run.where.begin, run.where.end - 1));
    const std::int64_t begin = first->is_verbatim ? run.where.begin + static_cast<std::int64_t>(first->source_begin) - static_cast<std::int64_t>(first->begin)
                                                  : static_cast<std::int64_t>(first->source_begin);
    const std::int64_t end = last->is_verbatim ? run.where.end + static_cast<std::int64_t>(last->source_begin) - static_cast<std::int64_t>(last->begin)
                                               : static_cast<std::int64_t>(last->source_end);
    run.where.begin = begin;
    run.where.end = end;
  }
  join_runs_of_one_place(document.runs);
}

}  // namespace gouji::parser
