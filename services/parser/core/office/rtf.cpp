#include "services/parser/core/office/rtf.h"

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "common/text/ascii.h"
#include "common/text/utf8.h"
#include "services/parser/core/office/code_page.h"
#include "services/parser/core/office/flow_builder.h"
#include "services/parser/core/office/flow_tables.h"
#include "services/parser/core/office/rtf_words.h"
#include "services/parser/core/office/style_names.h"

namespace gouji::parser {
namespace {

// Deeper groups share the state of this depth.
constexpr std::size_t kGroupDepthMax = 1'000;
constexpr std::size_t kFontsMax = 4'096;
constexpr std::size_t kCellsMax = 256;
constexpr std::size_t kWordBytesMax = 32;
constexpr std::size_t kStyleNameBytes = 64;
constexpr std::int64_t kParameterMax = 100'000'000;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// What a group inherits and gives back at its end.
struct Group {
  // kReplaced: skipped but for the group in it that is meant to be read instead.
  enum class Kind : std::uint8_t { kText, kSkipped, kReplaced, kFonts, kStyles };
  Kind kind = Kind::kText;
  CodePage page = CodePage::kWestern;
  std::uint8_t unicode_skip = 1;
  bool is_hidden = false;
  bool is_deleted = false;
  bool is_raised = false;
};

struct Row {
  std::vector<CellPlace> places;
  CellPlace next;
  std::int32_t edge = 0;
};

class RtfReader {
 public:
  explicit RtfReader(std::string_view rtf) : rtf_(rtf), builder_("rtf", EdgeUnit::kTwip), tables_(builder_) {}

  ExtractOutcome read() {
    while (at_ < rtf_.size() && !is_over_) step();
    flush();
    if (!is_over_)
      return Reason{"MALFORMED_RTF", "RTF 不完整，有组没有结束 / the RTF is cut off: a group is not closed"};
    builder_.end_block();
    return builder_.finish();
  }

 private:
  struct Font {
    CodePage page = CodePage::kWestern;
  };

  void step() {
    const char c = rtf_[at_];
    if (c == '{') {
      flush();
      open_group();
      ++at_;
    } else if (c == '}') {
      flush();
      close_group();
      ++at_;
    } else if (c == '\\') {
      read_control();
    } else if (c == '\r' || c == '\n' || c == '\0') {
      ++at_;
    } else {
      read_text();
    }
  }

  void open_group() {
    is_star_ = false;
    unicode_left_ = 0;
    if (groups_.size() < kGroupDepthMax) {
      groups_.push_back(group_);
    } else {
      ++groups_ignored_;
    }
  }

  void close_group() {
    is_star_ = false;
    unicode_left_ = 0;
    if (groups_ignored_ > 0) {
      --groups_ignored_;
      return;
    }
    if (groups_.empty()) return;
    if (group_.kind == Group::Kind::kStyles) keep_style();
    group_ = groups_.back();
    groups_.pop_back();
    is_over_ = groups_.empty();
  }

  void read_text() {
    std::size_t end = at_;
    while (end < rtf_.size() && rtf_[end] != '{' && rtf_[end] != '}' && rtf_[end] != '\\' && rtf_[end] != '\r' &&
           rtf_[end] != '\n' && rtf_[end] != '\0')
      ++end;
    const std::size_t left_out = std::min<std::size_t>(unicode_left_, end - at_);
    unicode_left_ -= static_cast<std::uint8_t>(left_out);
    if (group_.kind == Group::Kind::kStyles && style_name_.size() < kStyleNameBytes)
      style_name_.append(rtf_, at_, std::min(end - at_, kStyleNameBytes));
    add_bytes(rtf_.substr(at_ + left_out, end - at_ - left_out), at_ + left_out, end);
    at_ = end;
  }

  // Bytes wait until all of a character, and of what follows in the same way, is there.
  void add_bytes(std::string_view bytes, std::size_t begin, std::size_t end) {
    if (bytes.empty() || !is_shown()) return;
    if (waiting_.empty()) waiting_begin_ = begin;
    waiting_.append(bytes);
    waiting_end_ = end;
  }

  void flush() {
    if (waiting_.empty()) return;
    enter_paragraph(waiting_begin_);
    builder_.set_raised(group_.is_raised);
    builder_.put(utf8_from(waiting_, group_.page), {waiting_begin_, waiting_end_});
    waiting_.clear();
  }

  bool is_shown() const {
    return group_.kind == Group::Kind::kText && !group_.is_hidden && !group_.is_deleted && !groups_.empty();
  }

  void enter_paragraph(std::size_t at) { tables_.enter(depth(), at); }
  std::size_t depth() const { return is_in_table_ ? std::max<std::size_t>(table_depth_, 1) : 0; }

  void read_control() {
    const std::size_t begin = at_++;
    if (at_ >= rtf_.size()) return;
    const char c = rtf_[at_];
    if (c == '\'') return read_hex(begin);
    flush();
    if (!is_letter(c)) return read_symbol(begin, c);
    const std::size_t name_begin = at_;
    while (at_ < rtf_.size() && is_letter(rtf_[at_])) ++at_;
    const std::string_view name = rtf_.substr(name_begin, std::min(at_ - name_begin, kWordBytesMax));
    const std::optional<std::int64_t> parameter = read_parameter();
    if (at_ < rtf_.size() && rtf_[at_] == ' ') ++at_;
    const bool had_star = std::exchange(is_star_, false);
    const RtfMeaning meaning = rtf_meaning(name);
    if (had_star && meaning.word != RtfWord::kReadGroup) {
      group_.kind = Group::Kind::kSkipped;
      if (meaning.word != RtfWord::kBinary) return;
    }
    act(meaning, parameter, begin);
  }

  std::optional<std::int64_t> read_parameter() {
    const bool is_negative = at_ + 1 < rtf_.size() && rtf_[at_] == '-' && is_digit(rtf_[at_ + 1]);
    if (is_negative) ++at_;
    if (at_ >= rtf_.size() || !is_digit(rtf_[at_])) return std::nullopt;
    std::int64_t value = 0;
    for (; at_ < rtf_.size() && is_digit(rtf_[at_]); ++at_) value = std::min(value * 10 + (rtf_[at_] - '0'), kParameterMax);
    return is_negative ? -value : value;
  }

  void read_hex(std::size_t begin) {
    const int high = at_ + 1 < rtf_.size() ? hex_digit(rtf_[at_ + 1]) : -1;
    const int low = at_ + 2 < rtf_.size() ? hex_digit(rtf_[at_ + 2]) : -1;
    const bool is_byte = high >= 0 && low >= 0;
    at_ = std::min(at_ + (is_byte ? 3 : 1), rtf_.size());
    if (!is_byte) return;
    if (unicode_left_ > 0) return void(--unicode_left_);
    const char byte = static_cast<char>(high * 16 + low);
    add_bytes({&byte, 1}, begin, at_);
  }

  void read_symbol(std::size_t begin, char c) {
    ++at_;
    if (c == '*') return void(is_star_ = true);
    if (unicode_left_ > 0) return void(--unicode_left_);
    if (c == '\\' || c == '{' || c == '}') return put_character(static_cast<char32_t>(c), begin);
    if (c == '~') return put_character(U'\u00A0', begin);
    if (c == '_') return put_character(U'-', begin);
    if (c == '\n' || c == '\r') end_paragraph(begin);
  }

  void put_character(char32_t character, std::size_t begin) {
    if (!is_shown()) return;
    enter_paragraph(begin);
    builder_.put_character(character, {begin, at_});
  }

  void act(const RtfMeaning& meaning, std::optional<std::int64_t> parameter, std::size_t begin) {
    const std::int64_t value = parameter.value_or(1);
    switch (meaning.word) {
      case RtfWord::kOther: return;
      case RtfWord::kSkippedGroup: group_.kind = Group::Kind::kSkipped; return;
      case RtfWord::kReplacedGroup: if (group_.kind == Group::Kind::kText) group_.kind = Group::Kind::kReplaced; return;
      case RtfWord::kReadGroup: if (can_be_read()) group_.kind = Group::Kind::kText; return;
      case RtfWord::kFontTable: group_.kind = Group::Kind::kFonts; return;
      case RtfWord::kStyleSheet: group_.kind = Group::Kind::kStyles; return;
      case RtfWord::kBinary: at_ = std::min(at_ + static_cast<std::size_t>(std::max<std::int64_t>(parameter.value_or(0), 0)), rtf_.size()); return;
      case RtfWord::kUnicode: return take_unicode(parameter.value_or(0), begin);
      case RtfWord::kUnicodeSkip: group_.unicode_skip = static_cast<std::uint8_t>(std::clamp<std::int64_t>(value, 0, 16)); return;
      case RtfWord::kCodePage: return take_code_page(value);
      case RtfWord::kFont: return take_font(parameter.value_or(0));
      case RtfWord::kFontCharset: return set_font_page(code_page_of_charset(value, own_page_));
      case RtfWord::kFontCodePage: return set_font_page(code_page_of(value));
      case RtfWord::kStyle: return take_style(parameter.value_or(0));
      case RtfWord::kOutlineLevel: return take_outline(parameter.value_or(9));
      default: break;
    }
    if (group_.kind == Group::Kind::kText) act_on_text(meaning, parameter, begin);
  }

  void act_on_text(const RtfMeaning& meaning, std::optional<std::int64_t> parameter, std::size_t begin) {
    const bool is_on = parameter.value_or(1) != 0;
    switch (meaning.word) {
      case RtfWord::kPlain: group_.is_hidden = group_.is_deleted = group_.is_raised = false; return;
      case RtfWord::kHidden: group_.is_hidden = is_on; return;
      case RtfWord::kRaised: group_.is_raised = is_on; return;
      case RtfWord::kNotRaised: group_.is_raised = false; return;
      case RtfWord::kDeleted: group_.is_deleted = is_on; return;
      case RtfWord::kParagraphReset: heading_ = 0; is_in_table_ = false; table_depth_ = 1; return;
      case RtfWord::kInTable: is_in_table_ = is_on; return;
      case RtfWord::kTableDepth: return take_depth(parameter.value_or(1));
      case RtfWord::kParagraphEnd: if (!group_.is_deleted) end_paragraph(begin); return;
      case RtfWord::kLineEnd: if (is_shown()) builder_.end_block(heading_); return;
      case RtfWord::kTab: if (is_shown()) { enter_paragraph(begin); builder_.put_tab({begin, at_}); } return;
      case RtfWord::kCharacter: return put_character(meaning.character, begin);
      default: return act_on_table(meaning.word, parameter.value_or(0), begin);
    }
  }

  void act_on_table(RtfWord word, std::int64_t value, std::size_t begin) {
    switch (word) {
      case RtfWord::kRowReset: row_ = {}; return;
      case RtfWord::kRowLeft: row_.edge = row_.places.empty() ? static_cast<std::int32_t>(value) : row_.edge; return;
      case RtfWord::kCellEdge: return take_edge(static_cast<std::int32_t>(value));
      case RtfWord::kMergeNext: row_.next.continues_left = true; return;
      case RtfWord::kMergeDownFirst: row_.next.merge = VerticalMerge::kFirst; return;
      case RtfWord::kMergeDownNext: row_.next.merge = VerticalMerge::kContinued; return;
      case RtfWord::kCellEnd: return tables_.end_cell(1, begin);
      case RtfWord::kRowEnd: return tables_.end_row(1, row_.places);
      case RtfWord::kNestedCellEnd: return tables_.end_cell(std::max<std::size_t>(depth(), 2), begin);
      case RtfWord::kNestedRowEnd: return tables_.end_row(std::max<std::size_t>(depth(), 2), row_.places);
      default: return;
    }
  }

  bool can_be_read() const {
    return group_.kind == Group::Kind::kText || group_.kind == Group::Kind::kReplaced;
  }

  void take_edge(std::int32_t edge) {
    if (row_.places.size() >= kCellsMax) return builder_.add_limit("GRID_COLUMNS");
    if (row_.places.empty() && edge <= row_.edge) row_.edge = edge - 1;
    row_.next.left = row_.edge;
    row_.next.right = row_.edge = edge;
    row_.places.push_back(std::exchange(row_.next, {}));
  }

  void take_depth(std::int64_t depth) {
    table_depth_ = static_cast<std::size_t>(std::clamp<std::int64_t>(depth, 0, 64));
    if (depth == 0) is_in_table_ = false;
    if (depth > 0) is_in_table_ = true;
  }

  void end_paragraph(std::size_t at) {
    if (group_.kind != Group::Kind::kText) return;
    if (depth() == 0 || builder_.has_text()) enter_paragraph(at);
    builder_.end_block(heading_);
  }

  void take_unicode(std::int64_t value, std::size_t begin) {
    unicode_left_ = group_.unicode_skip;
    const auto unit = static_cast<std::uint32_t>(value < 0 ? value + 0x10000 : value);
    const bool is_high = unit >= 0xD800 && unit < 0xDC00, is_low = unit >= 0xDC00 && unit < 0xE000;
    if (is_high) {
      high_surrogate_ = unit;
      high_begin_ = begin;
      return;
    }
    const std::uint32_t high = std::exchange(high_surrogate_, 0);
    if (is_low && high != 0) return put_character(0x10000 + ((high - 0xD800) << 10) + (unit - 0xDC00), high_begin_);
    const bool is_symbol = unit >= 0xF000 && unit <= 0xF0FF;
    if (unit < 0x20 || unit > 0x10FFFF || is_low) return;
    put_character(is_symbol ? kReplacementCharacter : char32_t{unit}, begin);
  }

  void take_code_page(std::int64_t number) {
    own_page_ = group_.page = code_page_of(number);
    for (Group& group : groups_) group.page = own_page_;
  }

  void take_font(std::int64_t number) {
    if (group_.kind == Group::Kind::kFonts) {
      font_ = fonts_.size() < kFontsMax ? &fonts_[number] : nullptr;
      if (font_ != nullptr) font_->page = own_page_;
      return;
    }
    const auto found = fonts_.find(number);
    group_.page = found == fonts_.end() ? own_page_ : found->second.page;
  }

  void set_font_page(CodePage page) {
    if (group_.kind == Group::Kind::kFonts && font_ != nullptr) font_->page = page;
  }

  void take_style(std::int64_t number) {
    if (group_.kind == Group::Kind::kStyles) {
      style_ = number;
      style_heading_ = 0;
      style_name_.clear();
      return;
    }
    const auto found = style_headings_.find(number);
    heading_ = found == style_headings_.end() ? std::uint8_t{0} : found->second;
  }

  void take_outline(std::int64_t level) {
    const auto heading = static_cast<std::uint8_t>(level >= 0 && level < 9 ? level + 1 : 0);
    (group_.kind == Group::Kind::kStyles ? style_heading_ : heading_) = heading;
  }

  void keep_style() {
    const std::string_view name = std::string_view(style_name_).substr(0, style_name_.find(';'));
    if (style_heading_ == 0) style_heading_ = heading_of_style(name).value_or(0);
    style_name_.clear();
    if (style_heading_ > 0 && style_headings_.size() < kFontsMax) style_headings_[style_] = style_heading_;
    style_heading_ = 0;
  }

  std::string_view rtf_;
  std::size_t at_ = 0;
  FlowBuilder builder_;
  FlowTables tables_;
  Group group_;
  std::vector<Group> groups_;
  std::size_t groups_ignored_ = 0;
  std::string waiting_;
  std::size_t waiting_begin_ = 0, waiting_end_ = 0;
  std::uint8_t unicode_left_ = 0;  // characters to leave out behind a \u
  std::uint32_t high_surrogate_ = 0;
  std::size_t high_begin_ = 0;
  CodePage own_page_ = CodePage::kWestern;
  std::unordered_map<std::int64_t, Font> fonts_;
  Font* font_ = nullptr;
  std::unordered_map<std::int64_t, std::uint8_t> style_headings_;
  std::int64_t style_ = 0;
  std::string style_name_;
  std::uint8_t style_heading_ = 0;
  std::uint8_t heading_ = 0;
  std::size_t table_depth_ = 1;
  Row row_;
  bool is_in_table_ = false;
  bool is_star_ = false;
  bool is_over_ = false;
};

}  // namespace

ExtractOutcome extract_rtf(const Source& source) { return RtfReader(source.bytes).read(); }

}  // namespace gouji::parser
