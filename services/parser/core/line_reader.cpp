#include "services/parser/core/line_reader.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "services/parser/core/anchor_reader.h"
#include "services/parser/core/row_names.h"
#include "services/parser/core/value_run.h"

namespace gouji::parser {
namespace {

constexpr std::size_t kLabelWordsMax = 8;
constexpr std::size_t kShortLabelReach = 6;
constexpr std::size_t kTable4Cells = 15;

// A line that holds values behind its words: token indexes.
struct Line {
  std::size_t row = 0;
  std::size_t columns = 0;
  std::size_t begin = 0;  // of the values
  std::size_t end = 0;
  bool is_exact = true;
  // Fields of the lines on which a label that is broken over several began; nullopt when words in
  // front of the line may be part of it.
  std::optional<std::size_t> fields_before = 0;
};

// Where the first cell of a line stands, counted in each of three ways. A table keeps at least one
// of them the same in all its full lines: fields from the left where merged cells are padded, cells
// behind the label where they are not. Cells from the right count only where both vary: what
// follows the last cell says little. A full line with a remark behind it may pass for one that
// stands elsewhere, so nine of ten decide.
class Frame {
 public:
  void add(std::size_t place) {
    ++total_;
    for (auto& [known, count] : places_) {
      if (known == place) {
        ++count;
        return;
      }
    }
    places_.emplace_back(place, 1);
  }
  std::optional<std::size_t> known() const {
    for (const auto& [place, count] : places_) {
      if (count * 10 >= total_ * 9) return place;
    }
    return std::nullopt;
  }
  std::size_t total() const { return total_; }

 private:
  std::vector<std::pair<std::size_t, std::size_t>> places_;
  std::size_t total_ = 0;
};

class LineTable {
 public:
  explicit LineTable(const TokenList& list) : list_(list) {}

  // `is_padded`: empty fields stand in front of the line's words, where merged cells reach.
  void add(const Line& line, bool is_padded) {
    is_padded_ = is_padded_ || is_padded;
    lines_.push_back(line);
    if (is_full(line)) learn(line);
  }

  const std::vector<Line>& lines() const { return lines_; }

  // Table 3 as it is copied out of Word: behind each label as many empty cells as its merged cell was
  // wider than the narrowest. `padding` of a row is that number; every line must have it.
  void learn_padding(const std::vector<std::size_t>& padding) {
    constexpr std::size_t kLinesMin = 5;
    bool has_some = false;
    for (const Line& line : lines_) {
      if (line.end - line.begin != line.columns + padding[line.row]) return;
      has_some = has_some || padding[line.row] > 0;
    }
    if (has_some && lines_.size() >= kLinesMin) by_label_ = padding;
  }

  // The field under the first column's header, where the header shows the fields of a whole row.
  void learn_header(std::size_t field) {
    if (!header_) header_ = field;
  }

  // The first of the line's cells; nullopt when it cannot be told.
  std::optional<std::size_t> first_cell(const Line& line) const {
    if (!by_label_.empty()) return line.begin + by_label_[line.row];
    const bool is_full_line = is_full(line);
    const auto left = place_in(line, kFromLeft), behind = place_in(line, kBehindLabel);
    if (is_full_line && !is_contradicted(line, left, behind)) return first_figure(line);
    if (left && behind && *left != *behind) return is_padded_ || header_ ? left : behind;
    if (left) return is_padded_ || header_ || agrees_from_right(line, *left) ? left : std::nullopt;
    if (behind) return agrees_from_right(line, *behind) ? behind : std::nullopt;
    if (known(kFromLeft) || known(kBehindLabel)) return std::nullopt;
    if (const auto known = right_[line.columns % kTable4Cells].known()) return place_from_right(line, *known);
    const bool is_only_choice = !has_full_ && line.end - line.begin == line.columns;
    return is_only_choice ? std::optional(line.begin) : std::nullopt;
  }

  // As many figures as cells, and not where the other lines have theirs.
  bool is_misplaced(const Line& line) const {
    if (!by_label_.empty()) return false;
    return is_full(line) && is_contradicted(line, place_in(line, kFromLeft), place_in(line, kBehindLabel));
  }

  // Figures outside [first, first + columns).
  std::size_t surplus(const Line& line, std::size_t first) const {
    std::size_t count = 0;
    for (std::size_t i = line.begin; i < line.end; ++i) {
      if (i >= first && i < first + line.columns) continue;
      count += is_figure(i) ? 1 : 0;
    }
    return count;
  }

  bool has_only_zeros_outside(const Line& line, std::size_t first) const {
    for (std::size_t i = line.begin; i < line.end; ++i) {
      if ((i >= first && i < first + line.columns) || !is_figure(i)) continue;
      const Figure& figure = list_.tokens[i].figure;
      if (figure.state == CellState::kNumber && figure.value.unscaled != 0) return false;
    }
    return true;
  }

 private:
  static constexpr std::size_t kFromLeft = 0, kBehindLabel = 1, kFrames = 2;

  bool is_figure(std::size_t at) const { return list_.tokens[at].kind == TokenKind::kFigure; }

  std::size_t first_figure(const Line& line) const {
    std::size_t first = line.begin;
    while (first < line.end && !is_figure(first)) ++first;
    return first;
  }

  // As many figures as cells, one behind the other.
  bool is_full(const Line& line) const {
    const std::size_t first = first_figure(line);
    if (line.end < first + line.columns) return false;
    for (std::size_t i = first; i < line.end; ++i) {
      if (is_figure(i) != (i < first + line.columns)) return false;
    }
    return true;
  }

  // A few full lines may be short ones with a remark behind them; the header knows better.
  std::optional<std::size_t> known(std::size_t frame) const {
    constexpr std::size_t kLinesEnough = 4;
    const auto by_lines = frames_[frame].known();
    const bool is_enough = by_lines && frames_[frame].total() >= kLinesEnough;
    return frame == kFromLeft && header_ && !is_enough ? header_ : by_lines;
  }

  std::optional<std::size_t> place_in(const Line& line, std::size_t frame) const {
    const auto field = known(frame);
    if (frame == kFromLeft && !line.fields_before) return std::nullopt;
    return field ? place(line, frame, *field) : std::nullopt;
  }

  bool is_contradicted(const Line& line, std::optional<std::size_t> left, std::optional<std::size_t> behind) const {
    const std::size_t first = first_figure(line);
    const bool has_frame = line.fields_before && (known(kFromLeft) || known(kBehindLabel));
    return has_frame && left != first && behind != first;
  }

  void learn(const Line& line) {
    const std::size_t first = first_figure(line);
    has_full_ = true;
    if (line.fields_before) frames_[kFromLeft].add(list_.tokens[first].field + *line.fields_before);
    frames_[kBehindLabel].add(first - line.begin);
    right_[line.columns % kTable4Cells].add(line.end - first - line.columns);
  }

  // Wide labels may leave empty cells behind them that others do not.
  bool agrees_from_right(const Line& line, std::size_t first) const {
    const auto known_right = right_[line.columns % kTable4Cells].known();
    return !known_right || place_from_right(line, *known_right) == first;
  }

  static std::optional<std::size_t> place_from_right(const Line& line, std::size_t known) {
    const std::size_t behind = known + line.columns;
    return line.end - line.begin >= behind ? std::optional(line.end - behind) : std::nullopt;
  }

  std::optional<std::size_t> place(const Line& line, std::size_t frame, std::size_t known) const {
    std::size_t at = line.begin + known;
    if (frame == kFromLeft) {
      if (known < *line.fields_before) return std::nullopt;
      const std::size_t field = known - *line.fields_before;
      at = line.begin;
      while (at < line.end && list_.tokens[at].field < field) ++at;
      if (at == line.end || list_.tokens[at].field != field) return std::nullopt;
    }
    return at + line.columns <= line.end ? std::optional(at) : std::nullopt;
  }

  const TokenList& list_;
  std::vector<Line> lines_;
  std::array<Frame, kFrames> frames_;
  std::array<Frame, kTable4Cells> right_;  // cells behind the last one, by the number of columns
  std::optional<std::size_t> header_;
  std::vector<std::size_t> by_label_;  // empty cells behind each row's label, where every line has them
  bool has_full_ = false;
  bool is_padded_ = false;
};

class LineReader {
 public:
  LineReader(const TokenList& list, TableId table, Edition edition)
      : list_(list), names_(RowNames::of(table)), draft_(empty_draft(table)), found_(list) {
    for (std::size_t row = 0; row < names_.size(); ++row) {
      columns_.push_back(names_.columns(edition, row));
    }
    if (table == TableId::kT3) set_paddings();
  }

  TableDraft run() {
    const auto& tokens = list_.tokens;
    for (std::size_t at = 0; at < tokens.size();) {
      std::size_t end = at;
      while (end < tokens.size() && tokens[end].line == tokens[at].line) ++end;
      look_at_line(at, end);
      at = end;
    }
    if (!paddings_.empty()) found_.learn_padding(paddings_);
    for (const Line& line : found_.lines()) store(line);
    return std::move(draft_);
  }

 private:
  void look_at_line(std::size_t begin, std::size_t end) {
    std::size_t values = end;
    while (values > begin && list_.tokens[values - 1].kind != TokenKind::kText) --values;
    for (std::size_t i = begin; i < values; ++i) {
      if (list_.tokens[i].kind == TokenKind::kText) words_.push_back(i);
    }
    if (values == end || !has(TokenKind::kFigure, values, end)) look_at_header(begin, end);
    // Cells stand on the line of their label, or they are no line of the table.
    if (values == end) return;
    if (values > begin) take(values, end, has(TokenKind::kBlank, begin, values));
    words_.clear();
  }

  // Labels of 一, 二 and 四 reach over three columns of the form, those of （一）（二）（七） over two.
  void set_paddings() {
    paddings_.assign(names_.size(), 0);
    for (const auto& [key, cells] : {std::pair<std::string_view, std::size_t>{"new", 2}, {"carried_in", 2}, {"carried_out", 2},
                                     {"granted", 1}, {"partly_granted", 1}, {"other", 1}, {"total", 1}}) {
      if (const auto row = names_.row(key)) paddings_[*row] = cells;
    }
  }

  bool has(TokenKind kind, std::size_t begin, std::size_t end) const {
    return std::any_of(list_.tokens.begin() + static_cast<std::ptrdiff_t>(begin), list_.tokens.begin() + static_cast<std::ptrdiff_t>(end),
                       [&](const Token& token) { return token.kind == kind; });
  }

  // "| | |自然人|法人或其他组织| | | | |总计": six fields from the first column to the last. In table 2
  // the columns stand behind 信息内容.
  void look_at_header(std::size_t begin, std::size_t end) {
    std::optional<std::size_t> person, content;
    for (std::size_t i = begin; i < end; ++i) {
      const Token& token = list_.tokens[i];
      if (token.kind != TokenKind::kText) continue;
      const auto letters = list_.letters_of(token);
      if (list_.begins_in(token, U"自然人")) person = token.field;
      if (letters == U"信息内容") content = token.field;
      const bool is_last = person && *person > 0 && list_.begins_in(token, U"总计") && token.field == *person + 6;
      if (is_last) found_.learn_header(*person);
      if (content && token.field == *content + 1) found_.learn_header(token.field);
    }
  }

  struct Label {
    std::size_t row = 0;
    std::size_t words = 1;
    bool is_exact = true;
  };

  void take(std::size_t begin, std::size_t end, bool is_padded) {
    std::optional<Label> label = match_exact();
    if (!label && comparisons_++ < kComparisonsMax) {
      const auto row = names_.nearest(list_.letters_of(list_.tokens[words_.back()]), next_row_, names_.size());
      if (row) label = Label{*row, 1, false};
    }
    if (!label || draft_.rows[label->row] != RowState::kUnseen) return;
    draft_.rows[label->row] = RowState::kSeen;
    next_row_ = std::max(next_row_, label->row + 1);
    found_.add({label->row, columns_[label->row], begin, end, label->is_exact, fields_before(*label)}, is_padded);
  }

  std::optional<std::size_t> fields_before(const Label& label) const {
    const std::size_t first = words_.size() - label.words;
    std::size_t fields = 0;
    for (std::size_t i = first + 1; i < words_.size(); ++i) {
      const Token& before = list_.tokens[words_[i - 1]];
      if (before.line != list_.tokens[words_[i]].line) fields += before.field;
    }
    // A merged label in front of the row's own may have begun on the line before.
    const std::uint32_t line = list_.tokens[words_[first]].line;
    std::size_t other = first;
    while (other > 0 && list_.tokens[words_[other - 1]].line == line) --other;
    if (other == 0 || other == first) return fields;
    const Token& last = list_.tokens[words_[other - 1]];
    const bool may_go_on = last.line + 1 == line && !is_header_word(list_.letters_of(last));
    return may_go_on ? std::nullopt : std::optional(fields);
  }

  static bool is_header_word(std::u32string_view letters) {
    return is_before_short_header(letters) || letters == U"总计" || letters == U"其他" || letters == U"备注" ||
           letters.find(U"数量") != letters.npos || letters.find(U"申请人情况") != letters.npos;
  }

  std::optional<Label> match_exact() const {
    std::optional<Label> found;
    for (std::size_t words = 1; words <= std::min(words_.size(), kLabelWordsMax); ++words) {
      const std::uint32_t begin = list_.tokens[words_[words_.size() - words]].letters_begin;
      const auto label = std::u32string_view(list_.letters).substr(begin, list_.tokens[words_.back()].letters_end - begin);
      const auto row = names_.exact(label);
      if (!row) continue;
      const bool is_near = *row + 1 > next_row_ && *row + 1 - next_row_ <= kShortLabelReach;
      if (!is_short_label(label) || (is_near && !is_in_header(words))) found = Label{*row, words, true};
    }
    return found;
  }

  bool is_in_header(std::size_t words) const {
    return words < words_.size() && is_before_short_header(list_.letters_of(list_.tokens[words_[words_.size() - words - 1]]));
  }

  void store(const Line& line) {
    const auto first = found_.first_cell(line);
    if (found_.is_misplaced(line)) draft_.rows[line.row] = RowState::kDoubted;
    if (!first || found_.is_misplaced(line)) return;
    const bool is_overlong = found_.surplus(line, *first) > 0;
    if (is_overlong && (!found_.has_only_zeros_outside(line, *first) || ends_broken(std::span(list_.tokens).subspan(*first, line.columns)))) return;
    std::uint16_t confidence = line.is_exact ? kOneReader : kMisspeltLabel;
    if (is_overlong) confidence = kSurplusDropped;
    const std::span<DraftCell> cells = draft_.row_cells(line.row);
    for (std::size_t i = 0; i < line.columns; ++i) {
      const Token& token = list_.tokens[*first + i];
      cells[i] = {token.kind == TokenKind::kFigure ? token.figure.state : CellState::kBlank, token.figure, token.range, confidence};
    }
    draft_.rows[line.row] = RowState::kRead;
  }

  const TokenList& list_;
  const RowNames& names_;
  TableDraft draft_;
  LineTable found_;
  std::vector<std::size_t> paddings_;  // of table 3
  std::vector<std::size_t> columns_;
  std::vector<std::size_t> words_;  // since the last line with values
  std::size_t next_row_ = 0;
  std::size_t comparisons_ = 0;
};

}  // namespace

TableDraft read_rows_by_lines(const TokenList& list, TableId table, Edition edition) {
  return LineReader(list, table, edition).run();
}

TableDraft read_table4_by_lines(const TokenList& list) {
  TableDraft draft = empty_draft(TableId::kT4);
  const auto& tokens = list.tokens;
  const std::u32string_view sign = table4_sign(list);
  if (sign.empty()) return draft;
  bool is_below = false;
  std::size_t header_first = 0;  // the field under which the first result stands
  for (std::size_t at = 0; at < tokens.size();) {
    std::size_t end = at;
    bool has_words = false;
    for (; end < tokens.size() && tokens[end].line == tokens[at].line; ++end) {
      has_words = has_words || tokens[end].kind == TokenKind::kText;
      if (!list.begins_in(tokens[end], sign)) continue;
      if (!is_below) header_first = tokens[end].field;
      is_below = true;
    }
    const std::size_t size = end - at;
    std::size_t first = at;
    if (size > kTable4Cells) first = at + std::min(header_first, size - kTable4Cells);
    const bool is_row = is_below && !has_words && size >= kTable4Cells &&
                        std::any_of(tokens.begin() + static_cast<std::ptrdiff_t>(at), tokens.begin() + static_cast<std::ptrdiff_t>(end),
                                    [](const Token& token) { return token.kind == TokenKind::kFigure; });
    bool has_surplus = false;  // a number of the row in front is none
    for (std::size_t i = first + kTable4Cells; is_row && i < end; ++i) has_surplus = has_surplus || tokens[i].kind == TokenKind::kFigure;
    if (is_row && !has_surplus) {
      for (std::size_t i = 0; i < kTable4Cells; ++i) {
        const Token& token = tokens[first + i];
        draft.cells[i] = {token.kind == TokenKind::kFigure ? token.figure.state : CellState::kBlank, token.figure, token.range, kOneReader};
      }
      draft.rows[0] = RowState::kRead;
      return draft;
    }
    at = end;
  }
  return draft;
}

}  // namespace gouji::parser
