#include "common/markup/html.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <optional>
#include <string>
#include <utility>

#include "common/markup/document_builder.h"
#include "common/markup/entities.h"
#include "common/markup/html_elements.h"
#include "common/markup/html_tag_memo.h"
#include "common/text/ascii.h"
#include "common/text/byte_scan.h"
#include "common/text/utf8.h"

namespace gouji {
namespace {

bool is_letter(char c) { return static_cast<unsigned char>((c | 0x20) - 'a') < 26; }

std::string collapse_space(std::string_view text) {
  std::string collapsed;
  bool has_space = false;
  for (char c : text) {
    if (c == ' ' || (c >= '\t' && c <= '\r')) {
      has_space = true;
      continue;
    }
    if (has_space && !collapsed.empty()) collapsed.push_back(' ');
    has_space = false;
    collapsed.push_back(c);
  }
  return collapsed;
}

class HtmlScanner {
 public:
  HtmlScanner(std::string_view html, const HtmlLimits& limits, HiddenText hidden_text)
      : html_(html),
        limits_(limits),
        hidden_text_(hidden_text),
        tags_(html, limits.attributes),
        builder_(html, limits) {}

  Document scan() {
    while (at_ < html_.size()) {
      const char c = html_[at_];
      if (c == '<') {
        take_markup();
      } else if (c == '&') {
        take_entity();
      } else {
        take_text(at_);
      }
    }
    return builder_.finish();
  }

 private:
  // An element that is not shown, and how to tell where it ends.
  struct Hidden {
    std::string_view name;
    ElementKind kind = ElementKind::kInline;
    std::uint32_t depth = 0;   // elements of the same name inside
    std::uint32_t tables = 0;  // tables inside
  };

  std::string_view rest(std::size_t from) const {
    return html_.substr(std::min(from, html_.size()));
  }

  // Text from at_, whose first `sure` - at_ bytes are text whatever they look like.
  void take_text(std::size_t sure) {
    const std::size_t end = find_any<'<', '&'>(html_, sure, html_.size());
    if (!hidden_ && is_raised_) {
      add_raised(end);
    } else if (!hidden_) {
      builder_.add_text(at_, end);
    }
    at_ = end;
  }

  // 12<sup>1</sup> is 12 with a note, and 10<sup>8</sup> is not 108: digits stay raised.
  void add_raised(std::size_t end) {
    for (std::size_t at = at_; at < end; ++at) {
      const char c = html_[at];
      if (c >= '0' && c <= '9') {
        builder_.add_character(raised_digit(c), at, at + 1);
      } else {
        std::size_t last = at + 1;
        while (last < end && (html_[last] < '0' || html_[last] > '9')) ++last;
        builder_.add_text(at, last);
        at = last - 1;
      }
    }
  }

  void take_entity() {
    const Entity entity = read_entity(html_.substr(at_));
    if (entity.length == 0) return take_text(at_ + 1);
    if (!hidden_) builder_.add_character(entity.code_point, at_, at_ + entity.length);
    at_ += entity.length;
  }

  void take_markup() {
    const char next = at_ + 1 < html_.size() ? html_[at_ + 1] : '\0';
    if (next == '!') return take_declaration();
    if (next == '?') return skip_to_greater();
    const std::size_t name = next == '/' ? at_ + 2 : at_ + 1;
    if (name < html_.size() && is_letter(html_[name])) {
      if (!hidden_ && take_bare_tag(name)) return;
      return take_tag();
    }
    if (next == '/') return skip_to_greater();
    std::size_t sure = at_ + 1;  // of a run of <, only the last one can begin a tag
    while (sure + 1 < html_.size() && html_[sure] == '<' && html_[sure + 1] == '<') ++sure;
    take_text(sure);
  }

  // A comment that is not closed ends with its first >, so that it hides no table.
  void take_declaration() {
    const std::string_view text = html_.substr(at_);
    if (text.starts_with("<!--")) {
      const std::size_t end =
          is_comment_end_missing_ ? std::string_view::npos : html_.find("-->", at_ + 2);
      is_comment_end_missing_ = end == std::string_view::npos;
      if (!is_comment_end_missing_) {
        at_ = end + 3;
        return;
      }
    }
    if (text.starts_with("<![CDATA[")) return take_cdata();
    skip_to_greater();
  }

  void take_cdata() {
    constexpr std::size_t kOpening = 9;
    const std::size_t end =
        is_cdata_end_missing_ ? std::string_view::npos : html_.find("]]>", at_ + kOpening);
    is_cdata_end_missing_ = end == std::string_view::npos;
    if (is_cdata_end_missing_) return skip_to_greater();
    if (!hidden_) builder_.add_text(at_ + kOpening, end);
    at_ = end + 3;
  }

  void skip_to_greater() {
    const std::size_t end = html_.find('>', at_);
    at_ = end == std::string_view::npos ? html_.size() : end + 1;
  }

  // False, and nothing taken, for a tag that is more than its name.
  bool take_bare_tag(std::size_t name) {
    const BareTag* const bare = tags_.read_bare(name);
    if (bare == nullptr) return false;
    HtmlTag tag;
    tag.name = html_.substr(name, bare->name_bytes);
    tag.end = name + bare->name_bytes + 1;
    const std::size_t begin = std::exchange(at_, tag.end);
    if (html_[name - 1] == '/') {
      end_element(bare->kind, begin);
    } else {
      begin_element(tag, bare->kind);
    }
    return true;
  }

  void take_tag() {
    const std::size_t begin = at_;
    const auto& [tag, kind, is_hidden] = tags_.read(begin);
    at_ = tag.end;
    if (tag.has_too_many_attributes) builder_.add_limit("ATTRIBUTES");
    const bool is_skipped = !tag.is_end && (kind == ElementKind::kRawText || kind == ElementKind::kSkipped);
    if (hidden_ && !is_skipped && stays_hidden(tag, kind)) return;
    if (tag.is_end) return end_element(kind, begin);
    if (is_hidden && !is_skipped && hidden_text_ == HiddenText::kSkipped && hide(tag, kind)) return;
    begin_element(tag, kind);
  }

  // Elements without an end tag hide nothing but themselves.
  bool hide(const HtmlTag& tag, ElementKind kind) {
    switch (kind) {
      case ElementKind::kBreak:
      case ElementKind::kMeta:
      case ElementKind::kBase:
      case ElementKind::kTitle:
        return false;
      case ElementKind::kImage:
        return true;
      default:
        break;
    }
    if (kind == ElementKind::kInline &&
        (equals_ignoring_case(tag.name, "input") || equals_ignoring_case(tag.name, "col") ||
         equals_ignoring_case(tag.name, "link") || html_[tag.end - 2] == '/')) {
      return true;
    }
    if (kind != ElementKind::kInline && kind != ElementKind::kLink && kind != ElementKind::kRaised) builder_.end_block();
    if (kind == ElementKind::kTable) builder_.add_limit("HIDDEN_TABLE");
    hidden_ = Hidden{tag.name, kind};
    return true;
  }

  // Moves on inside a hidden element. False when the tag ended it and must be taken as shown.
  bool stays_hidden(const HtmlTag& tag, ElementKind kind) {
    Hidden& hidden = *hidden_;
    if (kind == ElementKind::kTable && !tag.is_end) builder_.add_limit("HIDDEN_TABLE");
    if (equals_ignoring_case(tag.name, hidden.name) && kind != ElementKind::kCell &&
        kind != ElementKind::kRow) {
      if (!tag.is_end) return ++hidden.depth, true;
      if (hidden.depth > 0) return --hidden.depth, true;
      hidden_.reset();
      return true;
    }
    if (kind == ElementKind::kTable) {
      if (!tag.is_end) return ++hidden.tables, true;
      if (hidden.tables > 0) return --hidden.tables, true;
    }
    if (hidden.tables > 0 || hidden.kind == ElementKind::kTable) return true;
    const bool is_end_of_cell = kind == ElementKind::kCell && hidden.kind != ElementKind::kRow;
    const bool is_end_of_row =
        kind == ElementKind::kRow || kind == ElementKind::kTable || kind == ElementKind::kRowGroup;
    if (hidden.kind == ElementKind::kRowGroup && kind != ElementKind::kTable &&
        kind != ElementKind::kRowGroup)
      return true;
    if (!is_end_of_cell && !is_end_of_row) return true;
    const bool is_own_end = tag.is_end && kind == hidden.kind;
    hidden_.reset();
    return is_own_end;
  }

  void begin_element(const HtmlTag& tag, ElementKind kind) {
    if (kind == ElementKind::kInline) return;
    if (kind != ElementKind::kLink) is_raised_ = kind == ElementKind::kRaised && builder_.ends_in_digit();
    switch (kind) {
      case ElementKind::kInline:
      case ElementKind::kRaised:
        return;
      case ElementKind::kRawText:
        if (!hidden_ && equals_ignoring_case(tag.name, "iframe")) begin_frame(tag);
        return skip_element(tag.name, kind);
      case ElementKind::kSkipped:
        return skip_element(tag.name, kind);
      case ElementKind::kBlock:
      case ElementKind::kBreak:
        return builder_.end_block();
      case ElementKind::kHeading:
        return builder_.begin_heading(static_cast<std::uint8_t>(tag.name[1] - '0'));
      case ElementKind::kPreformatted:
        return builder_.begin_preformatted();
      case ElementKind::kTable:
        return builder_.begin_table();
      case ElementKind::kRow:
        return builder_.begin_row();
      case ElementKind::kRowGroup:
        return builder_.end_row_group();
      case ElementKind::kCell:
        return begin_cell(tag);
      case ElementKind::kLink:
        return begin_link(tag);
      case ElementKind::kImage:
        return builder_.add_image(address(tag.address),
                                  decode_entities(utf8_prefix(tag.second, limits_.address_bytes)));
      case ElementKind::kFrame:
        return begin_frame(tag);
      case ElementKind::kMeta:
        return take_meta(tag);
      case ElementKind::kBase:
        if (!tag.address.empty()) builder_.add_meta("base", address(tag.address));
        return;
      case ElementKind::kTitle:
        return take_title();
    }
  }

  void end_element(ElementKind kind, std::size_t begin) {
    if (kind != ElementKind::kInline && kind != ElementKind::kLink) is_raised_ = false;
    switch (kind) {
      case ElementKind::kBlock:
      case ElementKind::kBreak:
        return builder_.end_block();
      case ElementKind::kHeading:
        return builder_.end_heading();
      case ElementKind::kPreformatted:
        return builder_.end_preformatted();
      case ElementKind::kTable:
        return builder_.end_table();
      case ElementKind::kRow:
        return builder_.end_row();
      case ElementKind::kRowGroup:
        return builder_.end_row_group();
      case ElementKind::kCell:
        return builder_.end_cell(begin);
      case ElementKind::kLink:
        return builder_.end_link();
      default:
        return;
    }
  }

  // A number of rows or columns; anything odd is 1.
  std::uint32_t span(std::string_view value, std::uint32_t most) {
    while (!value.empty() && value[0] == ' ') value.remove_prefix(1);
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (error == std::errc::result_out_of_range || (error == std::errc{} && number > most)) {
      builder_.add_limit("GRID_SPAN");
      return 1;
    }
    return error == std::errc{} && number > 0 ? number : 1;
  }

  void begin_cell(const HtmlTag& tag) {
    CellSpans spans;
    if (!tag.first.empty()) spans.columns = span(tag.first, limits_.column_span);
    if (!tag.second.empty()) spans.rows = span(tag.second, limits_.row_span);
    spans.is_header = ascii_lower(tag.name[1]) == 'h';
    builder_.begin_cell(spans, tag.end);
  }

  // Of an image that stands in the page itself only what it is.
  std::string address(std::string_view value) {
    if (value.starts_with("data:")) value = value.substr(0, value.find(','));
    if (value.size() <= limits_.address_bytes) return decode_entities(value);
    builder_.add_limit("ADDRESS");
    return {};
  }

  void begin_link(const HtmlTag& tag) {
    builder_.end_link();
    const bool is_plain = tag.address.size() <= limits_.address_bytes && tag.address.find('&') == tag.address.npos && !tag.address.starts_with("data:");
    if (!tag.address.empty()) is_plain ? builder_.begin_link(tag.address) : builder_.begin_link(address(tag.address));
  }

  void begin_frame(const HtmlTag& tag) {
    if (!tag.address.empty()) builder_.add_frame(address(tag.address));
  }

  void take_meta(const HtmlTag& tag) {
    if (tag.first.empty() || tag.second.empty()) return;
    builder_.add_meta(decode_entities(utf8_prefix(tag.first, limits_.address_bytes)),
                      decode_entities(utf8_prefix(tag.second, limits_.address_bytes)));
  }

  // A title that is not closed ends at the next tag.
  void take_title() {
    constexpr std::size_t kTitleBytesMax = 4096;
    const std::size_t end = std::min(html_.find('<', at_), html_.size());
    builder_.set_title(
        collapse_space(decode_entities(utf8_prefix(html_.substr(at_, end - at_), kTitleBytesMax))));
    at_ = end;
  }

  // Behind the end tag of an element that is not shown. A script or style without one goes to the
  // end of the page; of other elements only the tag is skipped.
  void skip_element(std::string_view name, ElementKind kind) {
    const std::size_t end = is_known_unclosed(name) ? std::string_view::npos : find_end_tag(name, at_);
    if (end != std::string_view::npos) {
      at_ = end;
      return;
    }
    if (!is_known_unclosed(name)) {
      unclosed_[unclosed_count_] = name;
      unclosed_count_ = std::min(unclosed_count_ + 1, unclosed_.size() - 1);
    }
    if (kind == ElementKind::kRawText) at_ = html_.size();
  }

  bool is_known_unclosed(std::string_view name) const {
    return std::any_of(unclosed_.begin(),
                       unclosed_.begin() + static_cast<std::ptrdiff_t>(unclosed_count_),
                       [&](std::string_view known) { return equals_ignoring_case(known, name); });
  }

  // Where the </name> after `from` starts.
  std::size_t find_end_tag(std::string_view name, std::size_t from) const {
    for (std::size_t at = html_.find("</", from); at != std::string_view::npos;
         at = html_.find("</", at + 2)) {
      if (equals_ignoring_case(html_.substr(at + 2, name.size()), name)) return at;
    }
    return std::string_view::npos;
  }

  std::string_view html_;
  const HtmlLimits& limits_;
  HiddenText hidden_text_;
  HtmlTagMemo tags_;
  DocumentBuilder builder_;
  std::size_t at_ = 0;
  std::optional<Hidden> hidden_;
  bool is_raised_ = false;  // in a sup behind a digit
  bool is_comment_end_missing_ = false;
  bool is_cdata_end_missing_ = false;
  // Names of skipped elements whose end tag does not come any more.
  std::array<std::string_view, 16> unclosed_{};
  std::size_t unclosed_count_ = 0;
};

}  // namespace

Document scan_html(std::string_view html, const HtmlLimits& limits, HiddenText hidden) {
  return HtmlScanner(html, limits, hidden).scan();
}

}  // namespace gouji
