#include "services/parser/core/office/docx_body.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include "common/text/byte_scan.h"
#include "common/text/utf8.h"
#include "services/parser/core/office/docx_names.h"
#include "services/parser/core/office/symbols.h"
#include "services/parser/core/office/xml.h"
#include "services/parser/core/words.h"

namespace gouji::parser {
namespace {

constexpr std::int64_t kSpanMax = 64;
constexpr std::int32_t kEdgeMax = 4'096;
constexpr int kTextBoxDepthMax = 4;
constexpr std::size_t kTextBoxesMax = 4'096;
constexpr std::size_t kFieldDepthMax = 64;

// The prefix that the root element gives to WordprocessingML, in its two editions.
std::string_view word_prefix(std::string_view xml) {
  constexpr std::string_view kSpaces[] = {"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
                                          "http://purl.oclc.org/ooxml/wordprocessingml/main"};
  XmlScanner scanner(xml);
  if (!scanner.next()) return "w";
  const std::string_view attributes = scanner.tag().attributes;
  for (const std::string_view space : kSpaces) {
    const std::size_t at = attributes.find(space);
    if (at == attributes.npos || at < 2) continue;
    const std::string_view before = attributes.substr(0, attributes.rfind('=', at));
    const std::size_t name = before.rfind("xmlns");
    if (name == before.npos) continue;
    return before.substr(std::min(name + 6, before.size()));
  }
  return "w";
}

bool is_on(const XmlTag& tag) {
  const std::string_view value = xml_attribute(tag.attributes, "val");
  return value != "0" && value != "false" && value != "off" && value != "none";
}

struct TableState {
  std::vector<CellPlace> places;
  std::int32_t edge = 0;
  CellPlace cell;
};

struct Paragraph {
  std::uint8_t heading = 0;
  std::optional<std::int64_t> list;
  std::optional<std::size_t> list_level;
  bool is_hidden = false;
  bool is_end_deleted = false;
  bool is_in_properties = false;
};

class BodyReader {
 public:
  BodyReader(std::string_view xml, DocxPackage& package, FlowBuilder& builder)
      : xml_(xml), prefix_(word_prefix(xml)), package_(package), builder_(builder) {}

  bool read() { return read_range(0, xml_.size()); }

 private:
  struct Range {
    std::size_t begin = 0;
    std::size_t end = 0;
  };

  bool read_range(std::size_t begin, std::size_t end) {
    XmlScanner scanner(xml_.substr(0, end), begin);
    const std::size_t tables = tables_.size();
    while (scanner.next()) {
      const XmlTag& tag = scanner.tag();
      const DocxElement element = docx_element(tag.name, is_word(tag));
      if (element == DocxElement::kOther) continue;
      if (tag.opens()) open(scanner, element);
      if (tag.kind != XmlTagKind::kOpen) close(scanner.tag(), element);
    }
    for (; tables_.size() > tables; tables_.pop_back()) builder_.end_table();
    return !scanner.is_broken() && scanner.depth() == 0;
  }

  bool is_word(const XmlTag& tag) const {
    const bool is_one_letter = prefix_.size() == 1 && tag.prefix.size() == 1;
    return is_one_letter ? prefix_[0] == tag.prefix[0] : tag.prefix == prefix_;
  }

  void open(XmlScanner& scanner, DocxElement element) {
    const XmlTag& tag = scanner.tag();
    switch (element) {
      case DocxElement::kParagraph: return begin_paragraph();
      case DocxElement::kParagraphProperties: return begin_paragraph_properties(scanner);
      case DocxElement::kRun: is_run_hidden_ = false; builder_.set_raised(false); return;
      case DocxElement::kRunProperties: return begin_run_properties(scanner);
      case DocxElement::kText: text_begin_ = tag.end; return;
      case DocxElement::kTable: return begin_table();
      case DocxElement::kRow: return begin_row(scanner.depth() - (tag.kind == XmlTagKind::kOpen ? 1 : 0));
      case DocxElement::kCell: return begin_cell(tag);
      case DocxElement::kHyperlink: return begin_link(tag);
      case DocxElement::kTextBox: return set_aside(scanner);
      case DocxElement::kDeleted: return take_deletion(scanner);
      case DocxElement::kSkipped: return scanner.skip_element();
      case DocxElement::kBorders: return scanner.skip_flat_element();
      default: return take_property(tag, element);
    }
  }

  // Most cells of a table have the same properties, an alignment and no more: what meant nothing once is
  // passed over where it comes again.
  void begin_paragraph_properties(XmlScanner& scanner) {
    paragraph_.is_in_properties = true;
    const XmlTag& tag = scanner.tag();
    const auto content = scanner.flat_content();
    if (!content) return;
    const std::size_t name_bytes = tag.name.size() + (tag.prefix.empty() ? 0 : tag.prefix.size() + 1);
    const std::string_view name = xml_.substr(tag.begin + 1, name_bytes);
    const std::string_view end_tag = xml_.substr(scanner.position() + content->size() + 2);
    if (!end_tag.starts_with(name) || !end_tag.substr(name_bytes).starts_with('>')) return;
    if (*content == idle_properties_) return scanner.leave_flat_element(*content);
    if (is_idle(*content)) idle_properties_ = *content;
  }

  // Nothing but empty elements without a meaning here.
  bool is_idle(std::string_view content) const {
    XmlScanner scanner(content);
    while (scanner.next()) {
      const XmlTag& tag = scanner.tag();
      if (tag.kind != XmlTagKind::kEmpty || docx_element(tag.name, is_word(tag)) != DocxElement::kOther) return false;
    }
    return !scanner.is_broken();
  }

  // Mostly fonts and sizes, which are passed over at once.
  void begin_run_properties(XmlScanner& scanner) {
    is_in_run_properties_ = true;
    const auto content = scanner.flat_content();
    if (!content) return;
    const bool has_meaning = paragraph_.is_in_properties ? has_word(*content, "del") : has_word(*content, "vanish") || has_word(*content, "vertAlign");
    if (!has_meaning) scanner.leave_flat_element(*content);
  }

  void take_property(const XmlTag& tag, DocxElement element) {
    const auto value = [&] { return xml_attribute(tag.attributes, "val"); };
    switch (element) {
      case DocxElement::kStyle: return take_style(value());
      case DocxElement::kListId: paragraph_.list = xml_number(value(), 0); return;
      case DocxElement::kListLevel: take_list_level(xml_number(value(), 0)); return;
      case DocxElement::kOutlineLevel: take_outline(xml_number(value(), 9)); return;
      case DocxElement::kHidden: if (!paragraph_.is_in_properties) is_run_hidden_ = is_on(tag); return;
      case DocxElement::kVerticalPlace: if (!paragraph_.is_in_properties) builder_.set_raised(value() == "superscript"); return;
      case DocxElement::kGridBefore: move_edge(xml_number(value(), 0)); return;
      case DocxElement::kGridSpan: take_span(xml_number(value(), 1)); return;
      case DocxElement::kVerticalMerge: take_vertical_merge(value()); return;
      case DocxElement::kHorizontalMerge: take_horizontal_merge(value()); return;
      default: return take_content(tag, element);
    }
  }

  void take_content(const XmlTag& tag, DocxElement element) {
    if (paragraph_.is_in_properties) return;
    if (element == DocxElement::kFieldMark) return take_field_mark(tag);
    if (element == DocxElement::kObjectProperties) {
      image_words_ = xml_text(utf8_prefix(xml_attribute(tag.attributes, "descr"), 4'096));
      return;
    }
    if (element == DocxElement::kImageData) return take_image(tag);
    if (!is_shown() || is_in_run_properties_) return;
    const SourceSpan source{tag.begin, tag.end};
    if (element == DocxElement::kTab || element == DocxElement::kPositionedTab) builder_.put_tab(source);
    if (element == DocxElement::kHyphen) builder_.put("-", source);
    if (element == DocxElement::kSymbol) take_symbol(tag);
    if (element == DocxElement::kBreak || element == DocxElement::kCarriageReturn)
      builder_.end_block(paragraph_.heading);
  }

  void close(const XmlTag& tag, DocxElement element) {
    switch (element) {
      case DocxElement::kParagraph: return end_paragraph();
      case DocxElement::kParagraphProperties: return end_properties(tag);
      case DocxElement::kRunProperties: is_in_run_properties_ = false; return;
      case DocxElement::kText: return put_text(text_begin_, tag.begin);
      case DocxElement::kHyperlink: return builder_.end_link();
      case DocxElement::kTable: return end_table();
      case DocxElement::kRow: return end_row();
      case DocxElement::kCell: return end_cell(tag);
      default: return;
    }
  }

  bool is_shown() const {
    return !is_run_hidden_ && !paragraph_.is_hidden && fields_in_code_ == 0;
  }

  void begin_paragraph() {
    if (std::exchange(keeps_block_open_, false)) {
      paragraph_ = {};
      return;
    }
    builder_.end_block(paragraph_.heading);
    paragraph_ = {};
  }

  // The number of a list stands in front, although no run holds it.
  void end_properties(const XmlTag& tag) {
    paragraph_.is_in_properties = false;
    if (paragraph_.list.value_or(0) <= 0 || paragraph_.is_hidden) return;
    const std::string number = package_.next_number(*paragraph_.list, paragraph_.list_level.value_or(0));
    builder_.put(number, {tag.begin, tag.end});
  }

  // Where the mark at the end is deleted, the next paragraph goes on in this one.
  void end_paragraph() {
    if (paragraph_.is_end_deleted) {
      keeps_block_open_ = true;
    } else {
      builder_.end_block(paragraph_.heading);
    }
    paragraph_ = {};
    is_run_hidden_ = false;
    builder_.set_raised(false);
    read_text_boxes();
  }

  void take_style(std::string_view id) {
    const ParagraphStyle& style = package_.style(id);
    paragraph_.heading = style.heading;
    paragraph_.is_hidden = style.is_hidden;
    if (!paragraph_.list) paragraph_.list = style.list;
    if (!paragraph_.list_level && style.list) paragraph_.list_level = style.list_level;
  }

  void take_list_level(std::int64_t level) {
    paragraph_.list_level = static_cast<std::size_t>(std::clamp<std::int64_t>(level, 0, kListLevels - 1));
  }

  void take_outline(std::int64_t level) {
    paragraph_.heading = static_cast<std::uint8_t>(level >= 0 && level < 9 ? level + 1 : 0);
  }

  void put_text(std::size_t begin, std::size_t end) {
    if (!is_shown() || paragraph_.is_in_properties || begin > end) return;
    while (begin < end) {
      const std::size_t special = find_any<'&', '<', '\t', '\n', '\r'>(xml_, begin, end);
      builder_.put(xml_.substr(begin, special - begin), {begin, special});
      begin = special < end ? put_special(special, end) : end;
    }
  }

  // One reference, one mark inside a text, or one white character; returns the place behind it.
  std::size_t put_special(std::size_t at, std::size_t end) {
    if (xml_[at] == '<') return behind_mark(at, end);
    const XmlReference reference = xml_[at] == '&' ? read_xml_reference(xml_.substr(at, end - at)) : XmlReference{U' ', 1};
    const std::size_t stop = at + std::max<std::size_t>(reference.length, 1);
    const char32_t found = reference.length == 0 ? U'&' : reference.code_point;
    if (found == U'\t') {
      builder_.put_tab({at, stop});
    } else if (found >= 0x20) {
      builder_.put_character(found, {at, stop});
    }
    return stop;
  }

  // A CDATA section is text as it stands; a comment is nothing.
  std::size_t behind_mark(std::size_t at, std::size_t end) {
    constexpr std::string_view kOpen = "<![CDATA[";
    const bool is_cdata = xml_.substr(at, end - at).starts_with(kOpen);
    const std::string_view close = is_cdata ? "]]>" : ">";
    const std::size_t stop = std::min(xml_.find(close, at), end);
    if (is_cdata && at + kOpen.size() < stop)
      builder_.put(xml_.substr(at + kOpen.size(), stop - at - kOpen.size()), {at + kOpen.size(), stop});
    return std::min(stop + close.size(), end);
  }

  void take_symbol(const XmlTag& tag) {
    const std::string_view written = xml_attribute(tag.attributes, "char");
    std::uint32_t code = 0;
    std::from_chars(written.data(), written.data() + written.size(), code, 16);
    builder_.put_character(symbol_character(code), {tag.begin, tag.end});
  }

  void take_field_mark(const XmlTag& tag) {
    const std::string_view type = xml_attribute(tag.attributes, "fldCharType");
    if (type == "begin") {
      if (fields_.size() >= kFieldDepthMax) return;
      fields_.push_back(true);
      ++fields_in_code_;
    } else if (type == "separate" && !fields_.empty() && fields_.back()) {
      fields_.back() = false;
      --fields_in_code_;
    } else if (type == "end" && !fields_.empty()) {
      if (fields_.back()) --fields_in_code_;
      fields_.pop_back();
    }
  }

  void begin_link(const XmlTag& tag) {
    const std::string_view id = xml_attribute_in_full(tag.attributes, "r:id");
    const Relationship* const relationship = id.empty() ? nullptr : package_.relationship(id);
    if (relationship != nullptr && relationship->is_external) builder_.begin_link(relationship->target);
  }

  void take_image(const XmlTag& tag) {
    std::string_view id = xml_attribute(tag.attributes, "embed");
    if (id.empty()) id = xml_attribute(tag.attributes, "id");
    if (id.empty()) id = xml_attribute(tag.attributes, "link");
    const Relationship* const relationship = package_.relationship(id);
    if (relationship != nullptr && relationship->type == "image")
      builder_.add_image(relationship->target, std::exchange(image_words_, {}));
  }

  void take_deletion(XmlScanner& scanner) {
    if (paragraph_.is_in_properties) {
      paragraph_.is_end_deleted = true;
    } else if (!tables_.empty() && is_before_cells_) {
      leave_row(scanner);
    } else {
      scanner.skip_element();
    }
  }

  // A mark before the first cell says that the row is deleted.
  void leave_row(XmlScanner& scanner) {
    while (scanner.depth() > row_depth_ && scanner.next()) {
    }
    end_row();
  }

  void begin_table() {
    builder_.begin_table();
    tables_.emplace_back();
    is_before_cells_ = false;
  }

  void end_table() {
    if (tables_.empty()) return;
    tables_.pop_back();
    builder_.end_table();
    is_before_cells_ = false;
    paragraph_ = {};
  }

  void begin_row(std::size_t depth_outside) {
    if (tables_.empty()) return;
    row_depth_ = depth_outside;
    builder_.begin_row();
    tables_.back().places.clear();
    tables_.back().edge = 0;
    is_before_cells_ = true;
  }

  void end_row() {
    if (tables_.empty()) return;
    builder_.end_row(tables_.back().places);
    tables_.back().places.clear();
  }

  void begin_cell(const XmlTag& tag) {
    if (tables_.empty()) return;
    is_before_cells_ = false;
    builder_.begin_cell(tag.end);
    TableState& table = tables_.back();
    table.cell = {table.edge, table.edge + 1, VerticalMerge::kNone, false};
  }

  void end_cell(const XmlTag& tag) {
    if (tables_.empty()) return;
    keeps_block_open_ = false;
    builder_.end_cell(tag.begin);
    TableState& table = tables_.back();
    table.places.push_back(table.cell);
    table.edge = table.cell.right;
  }

  void move_edge(std::int64_t columns) {
    if (tables_.empty() || columns < 0 || columns > kSpanMax) return;
    tables_.back().edge += static_cast<std::int32_t>(columns);
  }

  void take_span(std::int64_t columns) {
    if (tables_.empty()) return;
    if (columns < 1 || columns > kSpanMax) {
      builder_.add_limit("GRID_SPAN");
      columns = 1;
    }
    CellPlace& cell = tables_.back().cell;
    cell.left = std::min(cell.left, kEdgeMax);
    cell.right = cell.left + static_cast<std::int32_t>(columns);
  }

  void take_vertical_merge(std::string_view value) {
    if (tables_.empty()) return;
    tables_.back().cell.merge = value == "restart" ? VerticalMerge::kFirst : VerticalMerge::kContinued;
  }

  void take_horizontal_merge(std::string_view value) {
    if (!tables_.empty()) tables_.back().cell.continues_left = value != "restart";
  }

  // The text of a box is read behind the paragraph that it hangs on, not in the middle of it.
  void set_aside(XmlScanner& scanner) {
    const std::size_t begin = scanner.tag().end;
    if (scanner.tag().kind != XmlTagKind::kOpen) return;
    scanner.skip_element();
    const bool is_kept = box_depth_ < kTextBoxDepthMax && boxes_.size() < kTextBoxesMax;
    if (!is_kept) return builder_.add_limit("TEXT_BOXES");
    boxes_.push_back({begin, scanner.tag().begin});
  }

  void read_text_boxes() {
    if (boxes_.empty()) return;
    ++box_depth_;
    const std::vector<Range> boxes = std::exchange(boxes_, {});
    const std::vector<bool> fields = std::exchange(fields_, {});
    const int in_code = std::exchange(fields_in_code_, 0);
    for (const Range& box : boxes) {
      builder_.end_block();
      read_range(box.begin, box.end);
    }
    fields_ = fields;
    fields_in_code_ = in_code;
    --box_depth_;
  }

  std::string_view xml_;
  std::string_view prefix_;
  DocxPackage& package_;
  FlowBuilder& builder_;
  std::string_view idle_properties_;  // the last is_idle() content of paragraph properties; may be empty
  Paragraph paragraph_;
  std::vector<TableState> tables_;
  std::vector<bool> fields_;  // open fields; true while their code is read
  int fields_in_code_ = 0;
  std::vector<Range> boxes_;
  int box_depth_ = 0;
  std::size_t text_begin_ = 0;
  std::size_t row_depth_ = 0;
  std::string image_words_;
  bool is_run_hidden_ = false;
  bool is_in_run_properties_ = false;
  bool is_before_cells_ = false;
  bool keeps_block_open_ = false;
};

}  // namespace

bool read_docx_body(std::string_view xml, DocxPackage& package, FlowBuilder& builder) {
  return BodyReader(xml, package, builder).read();
}

}  // namespace gouji::parser
