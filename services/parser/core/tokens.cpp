#include "services/parser/core/tokens.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "common/text/byte_scan.h"
#include "common/text/fold.h"
#include "common/text/utf8.h"
#include "services/parser/core/letters.h"

namespace gouji::parser {
namespace {

struct Separator {
  std::size_t at = std::string_view::npos;
  std::size_t length = 0;
  bool is_pipe = false;
  explicit operator bool() const { return length > 0; }
};

// The next | or tab at or behind `from`, also a pipe that is drawn or wide: │ ┃ ║ ｜ ¦
Separator next_separator(std::string_view text, std::size_t from) {
  constexpr auto next = find_any<'|', '\t', '\xE2', '\xEF', '\xC2'>;
  for (std::size_t at = next(text, std::min(from, text.size()), text.size()); at < text.size();
       at = next(text, at + 1, text.size())) {
    if (text[at] == '|' || text[at] == '\t') return {at, 1, text[at] == '|'};
    for (const std::string_view pipe : {"│", "┃", "║", "｜", "¦"}) {
      if (text.substr(at, pipe.size()) == pipe) return {at, pipe.size(), true};
    }
  }
  return {};
}

// "|---|:--:|" below the head of a markdown table, "├──┼──┤" and "+---+" between drawn cells.
bool is_rule(std::string_view line) {
  const std::string_view core = trim_spaces(line);
  if (core.find("--") == core.npos && core.find("──") == core.npos && core.find("━━") == core.npos &&
      core.find("══") == core.npos) {
    return false;
  }
  bool has_joint = false;
  for (std::size_t at = 0; at < core.size();) {
    const CodePoint point = code_point_at(core, at);
    const bool is_box = point.value >= 0x2500 && point.value <= 0x257F;
    has_joint = has_joint || is_box || point.value == U'|' || point.value == U'+';
    if (!is_box && (point.value >= 0x80 || std::string_view("|-: +").find(core[at]) == std::string_view::npos)) return false;
    at += point.length;
  }
  return has_joint;
}

bool is_number(std::string_view text) {
  return !text.empty() && text.size() <= 3 && text[0] != '0' && text.find_first_not_of("0123456789") == text.npos;
}

// "3 / 9"
bool is_page_of_pages(std::string_view line) {
  const std::size_t slash = line.find('/');
  return slash != line.npos && is_number(trim_spaces(line.substr(0, slash))) && is_number(trim_spaces(line.substr(slash + 1)));
}

// "- 3 -", "第 3 页 共 9 页", "3 / 9": furniture of a printed page.
bool is_page_number(std::string_view line) {
  constexpr std::size_t kLineBytesMax = 40;
  if (line.size() > kLineBytesMax || line.find_first_of("0123456789") == line.npos) return false;
  const std::string folded = fold_label(line);
  std::string_view rest = folded;
  const bool has_marks = rest.starts_with("-") || rest.starts_with("第") || rest.starts_with("共");
  for (const std::string_view word : {"第", "-"}) {
    if (rest.starts_with(word)) rest.remove_prefix(word.size());
  }
  const std::size_t digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
  if (digits == 0 || digits > 3) return false;
  rest.remove_prefix(digits);
  if (rest == "-") return has_marks;
  if (rest.starts_with("页")) return rest.find_first_not_of("0123456789/-,页共第") == rest.npos;
  return is_page_of_pages(line);
}

// How the lines of a table with pipes begin and end, as far as all of them agree.
struct PipeFrame {
  std::size_t lines = 0;   // with two pipes or more
  bool is_opened = true;   // each begins with a pipe: it opens the first cell
  bool is_closed = true;   // none ends in a figure: a pipe behind the last cell closes it
  std::size_t fronts = 0;  // lines of one pipe and a cell behind it
  bool is_front_only = true;
  std::size_t with_pipe = 0;
  bool is_indented = true;  // tabs stand in front of lines only

  void look_at(std::string_view line) {
    const std::string_view core = trim_spaces(line);
    const Separator first = next_separator(core, 0);
    is_indented = is_indented && core.find('\t') == core.npos;
    with_pipe += first.is_pipe ? 1 : 0;
    if (!first.is_pipe) return;
    Separator last = first;
    bool has_content = first.at > 0;
    std::size_t pipes = 1;
    for (Separator next = next_separator(core, last.at + last.length); next; next = next_separator(core, last.at + last.length)) {
      if (!next.is_pipe) return;
      has_content = has_content || !trim_spaces(core.substr(last.at + last.length, next.at - last.at - last.length)).empty();
      last = next;
      ++pipes;
    }
    const bool has_one_in_front = pipes == 1 && first.at == 0 && core.size() > first.length;
    fronts += has_one_in_front ? 1 : 0;
    is_front_only = is_front_only && (has_one_in_front || core.size() == first.length);
    if (pipes < 2 || !has_content || is_rule(line)) return;
    ++lines;
    is_opened = is_opened && first.at == 0;
    const std::string_view rest = trim_spaces(core.substr(last.at + last.length));
    is_closed = is_closed && (rest.empty() || !parse_figure(rest).has_value());
  }
  // Tabs in front of the lines are layout of the source, as pipes separate the cells.
  bool has_indents() const { return with_pipe >= kLinesMin && is_indented; }

  bool opens_lines() const { return lines >= kLinesMin && is_opened; }
  bool leaves_lines_open() const { return lines >= kLinesMin && !is_closed; }

  // Every cell is a line with a pipe in front.
  bool opens_cells() const { return fronts >= kLinesMin && is_front_only; }

  static constexpr std::size_t kLinesMin = 3;
};

class Tokenizer {
 public:
  Tokenizer(const Document& document, TextRange range) : document_(document), range_(range) {}

  TokenList run() {
    const auto first = std::lower_bound(
        document_.blocks.begin(), document_.blocks.end(), range_.begin,
        [](const Block& block, std::uint32_t at) { return block.text.end < at; });
    for (auto block = first; block != document_.blocks.end() && block->text.begin < range_.end; ++block) {
      if (block->kind != BlockKind::kGrid) frame_.look_at(document_.view(block->text));
    }
    for (auto block = first; block != document_.blocks.end() && block->text.begin < range_.end;
         ++block) {
      if (list_.tokens.size() >= kTokensMax) break;
      if (block->kind == BlockKind::kGrid) {
        add_grid(document_.grids[block->grid]);
      } else {
        add_line({std::max(block->text.begin, range_.begin), std::min(block->text.end, range_.end)});
      }
    }
    return std::move(list_);
  }

 private:
  bool is_full() const { return list_.tokens.size() >= kTokensMax; }

  void add_grid(const Grid& grid) {
    std::uint32_t row = 0;
    after_soft_end_ = false;
    list_.has_separators = true;
    for (const GridCell& cell : grid.cells) {
      if (is_full()) return;
      if (cell.row != row) start_line();
      row = cell.row;
      add_field(cell.text);
    }
    start_line();
  }

  void start_line() {
    ++line_;
    field_ = 0;
  }

  // A line of text: fields between pipes and tabs. A field that a line end closes is closed again
  // by a pipe in front of the next line ("0⏎|"), which then makes no blank.
  void add_line(TextRange line) {
    const std::string_view text = document_.view(line);
    if (is_rule(text) || is_page_number(text)) return start_line();
    std::size_t begin = frame_.has_indents() ? indent_of(text) : 0;
    if (begin > 0 && begin == text.size()) return;  // an empty line
    Separator last;
    std::size_t pipes = 0;
    if (const Separator front = next_separator(text, 0); frame_.opens_cells() && front.is_pipe) {
      add_field(part(line, front.at + front.length, text.size()));
      list_.has_separators = true;
      return start_line();
    }
    // A pipe alone on its line closes the field of the line before.
    const bool closes = after_soft_end_ && holds_pipes_only(text);
    for (Separator next = next_separator(text, begin); next && !is_full(); next = next_separator(text, begin)) {
      const bool is_empty = trim_spaces(text.substr(begin, next.at - begin)).empty();
      const bool is_frame = is_empty && next.is_pipe && !last && (closes || frame_.opens_lines());
      if (!is_frame) add_field(part(line, begin, next.at));
      after_soft_end_ = false;
      pipes += next.is_pipe ? 1 : 0;
      list_.has_separators = true;
      last = next;
      begin = next.at + next.length;
    }
    const bool has_rest = !trim_spaces(text.substr(begin)).empty();
    // Nothing behind the last pipe, where other lines end behind their last cell: that cell is empty.
    const bool is_open = last && (!last.is_pipe || (frame_.leaves_lines_open() && pipes >= 2));
    if (has_rest || is_open) add_field(part(line, begin, text.size()), begin > 0);
    if (has_rest) after_soft_end_ = true;
    start_line();
  }

  // Bytes of the spaces in front, where a tab is among them.
  static std::size_t indent_of(std::string_view text) {
    const std::string_view core = trim_spaces(text);
    const std::size_t indent = core.empty() ? text.size() : static_cast<std::size_t>(core.data() - text.data());
    return text.substr(0, indent).find('\t') == text.npos ? 0 : indent;
  }

  static bool holds_pipes_only(std::string_view text) {
    std::size_t begin = 0;
    for (Separator next = next_separator(text, 0); next; next = next_separator(text, begin)) {
      if (!trim_spaces(text.substr(begin, next.at - begin)).empty()) return false;
      begin = next.at + next.length;
    }
    return begin > 0 && trim_spaces(text.substr(begin)).empty();
  }

  static TextRange part(TextRange line, std::size_t begin, std::size_t end) {
    return {line.begin + static_cast<std::uint32_t>(begin),
            line.begin + static_cast<std::uint32_t>(end)};
  }

  TextRange trimmed(TextRange range) const {
    const std::string_view all = document_.view(range);
    const std::string_view core = trim_spaces(all);
    if (core.empty()) return {range.begin, range.begin};
    const auto skipped = static_cast<std::uint32_t>(core.data() - all.data());
    return {range.begin + skipped,
            range.begin + skipped + static_cast<std::uint32_t>(core.size())};
  }

  // "8 249" between two pipes: one figure that a space broke, and nobody knows which.
  static bool holds_broken_figure(std::string_view text) {
    constexpr std::size_t kWordsMax = 3;
    std::size_t words = 0;
    for (std::size_t begin = 0; begin < text.size(); ++words) {
      const std::size_t end = word_end(text, begin);
      if (!parse_figure(text.substr(begin, end - begin))) return false;
      begin = skip_spaces(text, end);
    }
    return words > 1 && words <= kWordsMax;
  }

  // `is_closed`: a separator stands behind the field, or in front of it.
  void add_field(TextRange field, bool is_closed = true) {
    const TextRange range = trimmed(field);
    if (range.empty()) {
      push({TokenKind::kBlank, field, line_, field_++, 0, 0, {}});
      return;
    }
    if (const auto figure = parse_figure(document_.view(range))) {
      push({TokenKind::kFigure, range, line_, field_++, 0, 0, *figure});
    } else if (is_closed && holds_broken_figure(document_.view(range))) {
      add_text(range);
      ++field_;
    } else {
      add_words(range);
      ++field_;
    }
  }

  // Words between spaces. A figure in front of words is their enumerator ("1 属于国家秘密").
  void add_words(TextRange field) {
    const std::string_view text = document_.view(field);
    for (std::size_t begin = 0; begin < text.size() && !is_full();) {
      const std::size_t end = word_end(text, begin);
      const std::size_t next = skip_spaces(text, end);
      const TextRange word = part(field, begin, end);
      const auto figure = parse_figure(text.substr(begin, end - begin));
      if (figure && (begin > 0 || starts_with_figure(text, next))) {
        push({TokenKind::kFigure, word, line_, field_++, 0, 0, *figure});
      } else {
        add_text(word);
      }
      begin = next;
    }
  }

  static bool starts_with_figure(std::string_view text, std::size_t at) {
    return at < text.size() && parse_figure(text.substr(at, word_end(text, at) - at)).has_value();
  }

  // A bracket that is closed again holds its words together: "(区分处理的, 只计这一情形)".
  static std::size_t word_end(std::string_view text, std::size_t at) {
    while (at < text.size()) {
      const CodePoint point = code_point_at(text, at);
      if (is_space(point.value)) break;
      at += point.length;
      if (point.value != U'(' && point.value != U'（') continue;
      const std::size_t closing = closing_bracket(text, at);
      if (closing != text.npos) at = closing;
    }
    return at;
  }

  static std::size_t closing_bracket(std::string_view text, std::size_t at) {
    constexpr std::size_t kNoteBytesMax = 400;
    const std::size_t end = std::min(text.size(), at + kNoteBytesMax);
    while (at < end) {
      const CodePoint point = code_point_at(text, at);
      at += point.length;
      if (point.value == U')' || point.value == U'）') return at;
    }
    return text.npos;
  }

  static std::size_t skip_spaces(std::string_view text, std::size_t at) {
    while (at < text.size()) {
      const CodePoint point = code_point_at(text, at);
      if (!is_space(point.value)) break;
      at += point.length;
    }
    return at;
  }

  void add_text(TextRange range) {
    const auto begin = static_cast<std::uint32_t>(list_.letters.size());
    append_letters(list_.letters, document_.view(range));
    push({TokenKind::kText, range, line_, field_, begin, static_cast<std::uint32_t>(list_.letters.size()),
          {}});
  }

  void push(const Token& token) { list_.tokens.push_back(token); }

  const Document& document_;
  TextRange range_;
  TokenList list_;
  PipeFrame frame_;
  std::uint32_t line_ = 0;
  std::uint32_t field_ = 0;
  bool after_soft_end_ = false;
};

}  // namespace

namespace {

// What stands under 备注 is a remark and no value: 无 there would pass for the last cell of a row with
// a blank one. Where rows are lines the header shows its field.
void blank_remarks(TokenList& list) {
  std::optional<std::uint32_t> field;
  for (std::size_t i = 0; i < list.tokens.size() && !field; ++i) {
    const Token& token = list.tokens[i];
    const bool is_last = i + 1 == list.tokens.size() || list.tokens[i + 1].line != token.line;
    if (token.kind == TokenKind::kText && is_last && token.field > 0 && list.letters_of(token) == U"备注") field = token.field;
  }
  if (!field) return;
  for (Token& token : list.tokens) {
    if (token.kind == TokenKind::kFigure && token.field == *field) token.kind = TokenKind::kBlank;
  }
}

}  // namespace

TokenList tokenize(const Document& document, TextRange range) {
  TokenList list = Tokenizer(document, range).run();
  const auto is_grid = [&](const Block& block) {
    return block.kind == BlockKind::kGrid && block.text.begin < range.end && block.text.end > range.begin;
  };
  if (std::none_of(document.blocks.begin(), document.blocks.end(), is_grid)) blank_remarks(list);
  return list;
}

}  // namespace gouji::parser
