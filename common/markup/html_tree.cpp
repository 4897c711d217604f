#include "common/markup/html_tree.h"

#include <algorithm>
#include <array>

#include "common/markup/entities.h"
#include "common/markup/html_elements.h"
#include "common/markup/html_tag.h"
#include "common/text/ascii.h"
#include "common/text/utf8.h"

namespace gouji {

namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_white(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// A bounded text does not decode what it cannot hold, but for some white space.
constexpr std::size_t kSpacesRead = 4'096;
constexpr std::size_t kUnbounded = SIZE_MAX / 2;

template <std::size_t N>
bool is_among(std::string_view name, const std::array<std::string_view, N>& names) {
  return std::any_of(names.begin(), names.end(), [&](std::string_view other) { return equals_ignoring_case(name, other); });
}

constexpr std::array<std::string_view, 15> kVoid = {"area", "base", "br", "col", "embed", "hr", "img", "input",
                                                     "link", "meta", "param", "source", "track", "wbr", "frame"};
constexpr std::array<std::string_view, 5> kRaw = {"script", "style", "textarea", "noscript", "xmp"};
constexpr std::array<std::string_view, 6> kTableParts = {"table", "tr", "tbody", "thead", "tfoot", "body"};

// A start tag ends open elements of these names, up to the nearest of the others.
struct Implied {
  std::string_view name;
  std::array<std::string_view, 6> ends;
  std::array<std::string_view, 6> stops;
};
constexpr Implied kImplied[] = {
    {"li", {"li"}, {"ul", "ol", "menu", "dir", "table"}},
    {"dt", {"dt", "dd"}, {"dl", "table"}},
    {"dd", {"dt", "dd"}, {"dl", "table"}},
    {"td", {"td", "th"}, {"tr", "table"}},
    {"th", {"td", "th"}, {"tr", "table"}},
    {"tr", {"tr", "td", "th"}, {"table", "tbody", "thead", "tfoot"}},
    {"tbody", {"tbody", "thead", "tfoot", "tr", "td", "th"}, {"table"}},
    {"option", {"option"}, {"select"}},
    {"a", {"a"}, {"td", "th", "table", "li", "div"}},
    {"p", {"p"}, {"td", "th", "table", "li", "div", "body"}},
    {"div", {"p"}, {"td", "th", "table", "li", "div", "body"}},
    {"ul", {"p"}, {"td", "th", "table", "li", "div", "body"}},
    {"ol", {"p"}, {"td", "th", "table", "li", "div", "body"}},
    {"dl", {"p"}, {"td", "th", "table", "li", "div", "body"}},
    {"record", {"record"}, {"recordset"}},
};

bool has_name(const std::array<std::string_view, 6>& names, std::string_view name) {
  return std::any_of(names.begin(), names.end(), [&](std::string_view other) { return !other.empty() && equals_ignoring_case(name, other); });
}

struct Attribute {
  std::string_view name, value;
};

// Calls `take` with each attribute of a start tag until it says that it has enough.
template <typename Take>
void each_attribute(std::string_view tag, std::uint32_t limit, Take take) {
  std::size_t at = 1;
  while (at < tag.size() && !is_white(tag[at]) && tag[at] != '/' && tag[at] != '>') ++at;
  for (std::uint32_t count = 0; at < tag.size() && tag[at] != '>' && count < limit;) {
    if (is_white(tag[at]) || tag[at] == '/') {
      ++at;
      continue;
    }
    const std::size_t begin = at++;
    while (at < tag.size() && !is_white(tag[at]) && tag[at] != '/' && tag[at] != '>' && tag[at] != '=') ++at;
    Attribute attribute{tag.substr(begin, at - begin), {}};
    std::size_t value = at;
    while (value < tag.size() && is_white(tag[value])) ++value;
    if (value < tag.size() && tag[value] == '=') {
      ++value;
      while (value < tag.size() && is_white(tag[value])) ++value;
      const bool is_quoted = value < tag.size() && (tag[value] == '"' || tag[value] == '\'');
      const std::size_t quote = is_quoted ? tag.find(tag[value], value + 1) : std::string_view::npos;
      if (quote != std::string_view::npos) {
        attribute.value = tag.substr(value + 1, quote - value - 1);
        at = quote + 1;
      } else {
        at = value;
        while (at < tag.size() && tag[at] != '>' && !is_white(tag[at])) ++at;
        attribute.value = tag.substr(value, at - value);
      }
    }
    count += 1;
    if (take(attribute)) return;
  }
}

}  // namespace

class HtmlTree::Builder {
 public:
  Builder(HtmlTree& tree, const HtmlTreeLimits& limits) : tree_(tree), html_(tree.html_), limits_(limits), tags_(html_, limits.attributes) {}

  void run() {
    while (at_ < html_.size()) {
      const auto next = html_[at_] == '<' ? at_ : html_.find('<', at_);
      if (next != at_) {
        add_text(at_, next == std::string_view::npos ? html_.size() : next, false);
        at_ = next == std::string_view::npos ? html_.size() : next;
      } else if (!take_markup()) {
        add_text(at_, at_ + 1, false);
        at_ += 1;
      }
    }
    close_to(0, html_.size());
  }

 private:
  bool take_markup() {
    const std::string_view rest = html_.substr(at_);
    if (rest.starts_with("<!--")) return skip_to("-->", 3);
    if (rest.starts_with("<![CDATA[")) return take_cdata();
    if (rest.starts_with("<!") || rest.starts_with("<?")) return skip_to(">", 1);
    const bool is_end = rest.size() > 2 && rest[1] == '/' && is_letter(rest[2]);
    if (!is_end && !(rest.size() > 1 && is_letter(rest[1]))) return false;
    const HtmlTag tag = tags_.read(at_);
    const std::size_t begin = at_;
    at_ = tag.end;
    is_apart_ = is_apart_ || separates(tag.name);
    if (is_end) {
      end_element(tag.name, begin);
    } else {
      start_element(tag.name, begin);
    }
    return true;
  }

  // A comment without an end is none: the page goes on behind its mark.
  bool skip_to(std::string_view mark, std::size_t length) {
    bool& is_missing = is_mark_missing_[length == 3 ? 0 : 1];
    const auto found = is_missing ? std::string_view::npos : html_.find(mark, at_ + 2);
    is_missing = found == std::string_view::npos;
    at_ = found == std::string_view::npos ? std::min(at_ + 4, html_.size()) : found + length;
    return true;
  }

  bool take_cdata() {
    const auto end = html_.find("]]>", at_);
    const std::size_t begin = at_ + 9, stop = end == std::string_view::npos ? html_.size() : end;
    add_text(begin, std::max(begin, stop), true);
    at_ = std::min(stop + 3, html_.size());
    return true;
  }

  static bool separates(std::string_view name) {
    const ElementKind kind = element_kind(name);
    return kind != ElementKind::kInline && kind != ElementKind::kLink && kind != ElementKind::kRaised && kind != ElementKind::kImage &&
           kind != ElementKind::kMeta;
  }

  void add_text(std::size_t begin, std::size_t end, bool is_verbatim) {
    if (begin >= end || end > html_.size()) return;
    push_text({begin, end, is_apart_, is_verbatim, false, 0});
    is_apart_ = false;
  }

  void push_text(Text text) {
    if (!tree_.texts_.empty()) text.before = tree_.texts_.back().before + (tree_.texts_.back().end - tree_.texts_.back().begin);
    tree_.texts_.push_back(text);
  }

  void start_element(std::string_view name, std::size_t begin) {
    if (tree_.elements_.size() >= limits_.elements) {
      tree_.is_cut_ = true;
      return;
    }
    close_implied(name, begin);
    HtmlElement element;
    element.name = name;
    element.tag = html_.substr(begin, at_ - begin);
    element.parent = open_.empty() ? kNoElement : open_.back();
    element.ordinal = ++counts_.back();
    element.depth = static_cast<std::uint32_t>(open_.size());
    element.content = element.end = at_;
    const auto index = static_cast<std::uint32_t>(tree_.elements_.size());
    element.last = index;
    each_attribute(element.tag, limits_.attributes, [&](const Attribute& attribute) {
      if (element.id.data() == nullptr && equals_ignoring_case(attribute.name, "id")) element.id = attribute.value;
      if (element.classes.data() == nullptr && equals_ignoring_case(attribute.name, "class")) element.classes = attribute.value;
      return element.id.data() != nullptr && element.classes.data() != nullptr;
    });
    tree_.elements_.push_back(element);
    if (equals_ignoring_case(name, "td") || equals_ignoring_case(name, "th")) push_text({at_, at_, true, false, true, 0});
    const bool is_raw = is_among(name, kRaw);
    if (is_raw) skip_raw(name);
    tree_.elements_[index].end = at_;
    const bool is_closed = element.tag.ends_with("/>") || is_among(name, kVoid);
    if (is_raw || is_closed || open_.size() >= limits_.depth) return;
    open_.push_back(index);
    counts_.push_back(0);
  }

  // Up to its end tag; a script without one ends at once, so that it cannot hide the page.
  void skip_raw(std::string_view name) {
    const auto which = std::find_if(kRaw.begin(), kRaw.end(), [&](std::string_view raw) { return equals_ignoring_case(raw, name); });
    bool& is_missing = is_raw_end_missing_[static_cast<std::size_t>(which - kRaw.begin())];
    if (is_missing) return;
    for (auto at = html_.find("</", at_); at != std::string_view::npos; at = html_.find("</", at + 2)) {
      if (!equals_ignoring_case(html_.substr(at + 2, name.size()), name)) continue;
      at_ = at;
      return;
    }
    is_missing = true;
  }

  void close_implied(std::string_view name, std::size_t at) {
    const auto rule = std::find_if(std::begin(kImplied), std::end(kImplied), [&](const Implied& implied) { return equals_ignoring_case(implied.name, name); });
    if (rule == std::end(kImplied)) return;
    std::size_t keep = open_.size();
    for (std::size_t i = open_.size(); i > 0; --i) {
      const std::string_view open = tree_.elements_[open_[i - 1]].name;
      if (has_name(rule->stops, open)) break;
      if (has_name(rule->ends, open)) keep = i - 1;
    }
    close_to(keep, at);
  }

  void end_element(std::string_view name, std::size_t at) {
    const bool is_table_part = is_among(name, kTableParts);
    for (std::size_t i = open_.size(); i > 0; --i) {
      const std::string_view open = tree_.elements_[open_[i - 1]].name;
      if (equals_ignoring_case(open, name)) return close_to(i - 1, at);
      if (!is_table_part && (equals_ignoring_case(open, "td") || equals_ignoring_case(open, "th") || equals_ignoring_case(open, "table"))) return;
    }
  }

  void close_to(std::size_t depth, std::size_t at) {
    while (open_.size() > depth) {
      HtmlElement& element = tree_.elements_[open_.back()];
      element.end = std::max(element.content, at);
      element.last = static_cast<std::uint32_t>(tree_.elements_.size() - 1);
      open_.pop_back();
      counts_.pop_back();
    }
  }

  HtmlTree& tree_;
  const std::string_view html_;
  const HtmlTreeLimits limits_;
  HtmlTagReader tags_;
  std::size_t at_ = 0;
  bool is_apart_ = false;
  // From here on, so that nothing is searched for twice.
  std::array<bool, 2> is_mark_missing_{};
  std::array<bool, kRaw.size()> is_raw_end_missing_{};
  std::vector<std::uint32_t> open_;
  std::vector<std::uint32_t> counts_{0};  // children so far, of the page and of each open element
};

HtmlTree::HtmlTree(std::string_view html, const HtmlTreeLimits& limits) : html_(html) { Builder(*this, limits).run(); }

std::optional<std::string> HtmlTree::attribute(std::uint32_t element, std::string_view name) const {
  std::optional<std::string> found;
  each_attribute(elements_[element].tag, 256, [&](const Attribute& attribute) {
    if (!equals_ignoring_case(attribute.name, name)) return false;
    found = decode_entities(attribute.value);
    return true;
  });
  return found;
}

std::vector<HtmlTree::Text>::const_iterator HtmlTree::first_text(std::size_t begin) const {
  return std::lower_bound(texts_.begin(), texts_.end(), begin, [](const Text& text, std::size_t at) { return text.begin < at; });
}

std::string HtmlTree::text_between(std::size_t begin, std::size_t end, std::size_t bytes_max, Spaces spaces) const {
  const bool has_marks = spaces == Spaces::kMarks;
  std::string out;
  bool wants_space = false;
  for (auto text = first_text(begin); text != texts_.end() && text->begin < end && out.size() <= bytes_max; ++text) {
    const bool is_apart = text->is_apart && !out.empty();
    if (has_marks && is_apart && out.back() != '\n' && out.back() != '\t') out.push_back('\n');
    if (has_marks && text->is_cell) out.push_back('\t');
    wants_space = wants_space || is_apart;
    std::string_view raw = html_.substr(text->begin, std::min(text->end, end) - text->begin);
    if (bytes_max < kUnbounded) raw = raw.substr(0, bytes_max - out.size() + kSpacesRead);
    for (const char c : text->is_verbatim ? std::string(raw) : decode_entities(raw)) {
      if (is_white(c)) {
        wants_space = true;
        continue;
      }
      if (wants_space && !out.empty() && !has_marks) out.push_back(' ');
      wants_space = false;
      out.push_back(c);
    }
  }
  if (out.size() > bytes_max) out.resize(utf8_prefix(out, bytes_max).size());
  return out;
}

std::string HtmlTree::text(std::uint32_t element, std::size_t bytes_max) const {
  return text_between(elements_[element].content, elements_[element].end, bytes_max, Spaces::kCollapsed);
}

std::string HtmlTree::text(std::size_t bytes_max) const { return text_between(0, html_.size(), bytes_max, Spaces::kCollapsed); }

std::string HtmlTree::comparable_text(std::uint32_t element) const {
  if (element == kNoElement) return text_between(0, html_.size(), SIZE_MAX, Spaces::kMarks);
  return text_between(elements_[element].content, elements_[element].end, SIZE_MAX, Spaces::kMarks);
}

std::size_t HtmlTree::text_bytes(std::uint32_t element) const {
  const auto begin = first_text(elements_[element].content), end = first_text(elements_[element].end);
  if (begin == end) return 0;
  const std::size_t last = end == texts_.end() ? texts_.back().before + (texts_.back().end - texts_.back().begin) : end->before;
  return last - begin->before;
}

std::string_view HtmlTree::inner_html(std::uint32_t element) const {
  return html_.substr(elements_[element].content, elements_[element].end - elements_[element].content);
}

}  // namespace gouji
