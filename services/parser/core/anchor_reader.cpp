#include "services/parser/core/anchor_reader.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "common/text/fold.h"
#include "services/parser/core/letters.h"
#include "services/parser/core/row_names.h"
#include "services/parser/core/value_run.h"

namespace gouji::parser {
namespace {

// Words that one label may be broken into.
constexpr std::size_t kLabelWordsMax = 8;
constexpr std::size_t kMisspeltWordsMax = 4;
// A short label (其他, 总计) counts only this close behind the row before it.
constexpr std::size_t kShortLabelReach = 6;
constexpr std::size_t kExtraLabelLettersMax = 40;

// "部分公开(区分处理的)": every bracket is closed, the last one at the end.
bool ends_in_note(std::string_view text) {
  const std::string folded = fold_label(text);
  int depth = 0;
  bool has_note = false;
  for (const char c : folded) {
    if (c == '(') ++depth;
    if (c == ')' && --depth < 0) return false;
    has_note = has_note || depth > 0;
  }
  return has_note && depth == 0 && folded.ends_with(')');
}

struct Match {
  std::size_t row = 0;
  bool is_exact = true;
  std::size_t words_behind = 0;  // of a label wrapped around its values
};

class RowReader {
 public:
  RowReader(const Document& document, const TokenList& list, TableId table, Edition edition)
      : document_(document), list_(list), names_(RowNames::of(table)), draft_(empty_draft(table)) {
    columns_.reserve(names_.size());
    for (std::size_t row = 0; row < names_.size(); ++row) {
      columns_.push_back(names_.columns(edition, row));
    }
  }

  TableDraft run() {
    const auto& tokens = list_.tokens;
    for (std::size_t at = 0; at < tokens.size();) {
      if (tokens[at].kind == TokenKind::kText) {
        add_word(at++);
        continue;
      }
      std::size_t end = at;
      while (end < tokens.size() && tokens[end].kind != TokenKind::kText) ++end;
      at = take_values(at, end);
    }
    settle_blanks();
    return std::move(draft_);
  }

 private:
  struct Waiting {
    std::size_t row;
    std::size_t begin, end;
    bool is_exact;
  };

  void add_word(std::size_t at) {
    if (words_.size() >= 4 * kLabelWordsMax) {
      words_.erase(words_.begin(), words_.end() - static_cast<std::ptrdiff_t>(kLabelWordsMax));
    }
    const Token& token = list_.tokens[at];
    if (names_.is_label_with_digits(list_.letters_of(token))) ++draft_.glued_rows;
    words_.push_back(at);
  }

  // The letters of words from `first` to `last` (token indexes) stand together in the list.
  std::u32string_view letters(std::size_t first, std::size_t last) const {
    const std::uint32_t begin = list_.tokens[first].letters_begin;
    return std::u32string_view(list_.letters)
        .substr(begin, list_.tokens[last].letters_end - begin);
  }

  bool may_follow(std::size_t row, std::u32string_view label) const {
    if (!is_short_label(label)) return draft_.rows[row] != RowState::kRead;
    return row + 1 > next_row_ && row + 1 - next_row_ <= kShortLabelReach;
  }

  std::optional<Match> match_nearly(std::size_t end) {
    std::optional<Match> match = match_joined(end);
    if (!match) match = match_misspelt();
    if (!match) match = match_wrapped_misspelt(end);
    return match;
  }

  bool is_in_header(std::size_t words, std::u32string_view label) const {
    return is_short_label(label) && words < words_.size() &&
           is_before_short_header(list_.letters_of(list_.tokens[words_[words_.size() - words - 1]]));
  }

  std::optional<Match> match_exact() const {
    std::optional<Match> found;
    for (std::size_t words = 1; words <= std::min(words_.size(), kLabelWordsMax); ++words) {
      const auto label = letters(words_[words_.size() - words], words_.back());
      const auto row = names_.exact(label);
      if (row && may_follow(*row, label) && !is_in_header(words, label)) found = Match{*row, true, 0};
    }
    return found;
  }

  std::optional<Match> match_wrapped(std::size_t end) const {
    for (std::size_t behind = 1; behind <= 2; ++behind) {
      const std::size_t last = end + behind - 1;
      if (last >= list_.tokens.size() || list_.tokens[last].kind != TokenKind::kText) break;
      for (std::size_t words = 1; words <= std::min(words_.size(), kLabelWordsMax); ++words) {
        const auto label = letters(words_[words_.size() - words], last);
        const auto row = names_.exact(label);
        if (row && may_follow(*row, label)) return Match{*row, false, behind};
      }
    }
    return std::nullopt;
  }

  // A label in two halves around its values, and misspelt in one of them.
  std::optional<Match> match_wrapped_misspelt(std::size_t end) {
    if (end >= list_.tokens.size() || list_.tokens[end].kind != TokenKind::kText || comparisons_ >= kComparisonsMax) {
      return std::nullopt;
    }
    ++comparisons_;
    // Words that are a label by themselves are no half of one.
    if (is_label(letters(end, end))) return std::nullopt;
    const auto row = names_.nearest(letters(words_.back(), end), next_row_, names_.size());
    return row ? std::optional(Match{*row, false, 1}) : std::nullopt;
  }

  // Words that only make sense together: a note in brackets that is broken over several of them.
  std::optional<Match> match_joined(std::size_t end) {
    if (comparisons_ >= kComparisonsMax) return std::nullopt;
    ++comparisons_;
    for (std::size_t behind = 0; behind <= 2; ++behind) {
      if (behind > 0 && (end + behind > list_.tokens.size() || list_.tokens[end + behind - 1].kind != TokenKind::kText)) break;
      for (std::size_t words = 1; words <= std::min(words_.size(), kMisspeltWordsMax); ++words) {
        std::string text;
        for (std::size_t i = words_.size() - words; i < words_.size(); ++i) text += document_.view(list_.tokens[words_[i]].range);
        for (std::size_t i = 0; i < behind; ++i) text += document_.view(list_.tokens[end + i].range);
        if (!ends_in_note(text)) continue;
        const std::u32string label = letters_of(text);
        const auto row = names_.exact(label);
        if (row && may_follow(*row, label)) return Match{*row, false, behind};
      }
    }
    return std::nullopt;
  }

  bool is_label(std::u32string_view words) const {
    return names_.exact(words).has_value() || names_.nearest(words, 0, names_.size()).has_value();
  }

  std::optional<Match> match_misspelt() {
    if (comparisons_ >= kComparisonsMax) return std::nullopt;
    ++comparisons_;
    for (std::size_t words = 1; words <= std::min(words_.size(), kMisspeltWordsMax); ++words) {
      const auto row = names_.nearest(letters(words_[words_.size() - words], words_.back()),
                                      next_row_, names_.size());
      if (row) return Match{*row, false, 0};
    }
    return std::nullopt;
  }

  bool has_figures(std::size_t begin, std::size_t end) const {
    return std::any_of(list_.tokens.begin() + static_cast<std::ptrdiff_t>(begin),
                       list_.tokens.begin() + static_cast<std::ptrdiff_t>(end),
                       [](const Token& token) { return token.kind == TokenKind::kFigure; });
  }

  // Where rows are lines, empty cells in front of the next line's label are none of this row's.
  std::size_t end_of_row(std::size_t begin, std::size_t end) const {
    const auto& tokens = list_.tokens;
    if (tokens[words_.back()].line != tokens[begin].line) return end;
    std::size_t last = begin;
    while (last < end && tokens[last].line == tokens[begin].line) ++last;
    return has_figures(last, end) ? end : last;
  }

  // Gives the values [begin, end) to the row whose label is in front; returns where to go on.
  std::size_t take_values(std::size_t begin, std::size_t end) {
    if (words_.empty()) return end;
    std::optional<Match> match = match_exact();
    const bool is_filled = has_figures(begin, end);
    if (!match && is_filled) match = match_wrapped(end);
    if (!match && is_filled && !names_.exact(list_.letters_of(list_.tokens[words_.back()]))) match = match_nearly(end);
    if (!match) {
      if (is_filled && !note_repeated_row()) note_extra_row(begin, end);
      if (is_filled) words_.clear();
      return end;
    }
    mark_labels_without_values(match->row);
    if (!match->is_exact && match->words_behind == 0) note(*match, "LABEL_MISSPELT");
    next_row_ = std::max(next_row_, match->row + 1);
    read_row({match->row, begin, end_of_row(begin, end), match->is_exact});
    words_.clear();
    return end + match->words_behind;
  }

  void note(const Match& match, const char* code) {
    add_note(draft_, code, match.row, list_.tokens[words_.back()].range);
  }

  // A row that was read before, with values: it belongs to a second table of the kind. Three of them
  // make one.
  bool note_repeated_row() {
    constexpr std::size_t kRowsMin = 3;
    const Token& last = list_.tokens[words_.back()];
    const auto row = names_.exact(list_.letters_of(last));
    if (!row || is_short_label(list_.letters_of(last)) || draft_.rows[*row] != RowState::kRead) return false;
    if (repeated_rows_++ == 0) repeated_ = last.range;
    if (repeated_rows_ == kRowsMin) add_note(draft_, "SECOND_TABLE", *row, repeated_);
    return true;
  }

  void note_extra_row(std::size_t begin, std::size_t end) {
    const auto word = list_.letters_of(list_.tokens[words_.back()]);
    if (draft_.rows_read() == 0 || word.size() < 2 || word.size() > kExtraLabelLettersMax) return;
    if (!fit_values(values(begin, end), columns_[next_row_ - 1], padding_).row) return;
    add_note(draft_, "EXTRA_ROW", next_row_ - 1, list_.tokens[words_.back()].range);
  }

  // Labels that went by with nothing behind them: the row is there, its values are not.
  void mark_labels_without_values(std::size_t up_to) {
    for (const std::size_t word : words_) {
      const auto label = list_.letters_of(list_.tokens[word]);
      const auto row = names_.exact(label);
      if (row && *row >= next_row_ && *row < up_to && draft_.rows[*row] == RowState::kUnseen &&
          !is_short_label(label)) {
        draft_.rows[*row] = RowState::kSeen;
      }
    }
  }

  std::span<const Token> values(std::size_t begin, std::size_t end) const {
    return std::span(list_.tokens).subspan(begin, end - begin);
  }

  // Rows with blanks wait until the full rows have shown how the table is padded.
  void read_row(const Waiting& entry) {
    draft_.rows[entry.row] = RowState::kSeen;
    const auto run = values(entry.begin, entry.end);
    const Fit fit = fit_values(run, columns_[entry.row], std::nullopt);
    if (fit.row && fit.row->cells.front().confidence == kOneReader) {
      learn_padding(entry, *fit.row);
      store(entry, fit);
    } else if (std::any_of(run.begin(), run.end(),
                           [](const Token& token) { return token.kind == TokenKind::kBlank; })) {
      waiting_.push_back(entry);
    } else {
      store(entry, fit);
    }
  }

  // A row whose cells are all on one line, and the line ends behind them.
  bool fills_line(const Waiting& entry) const {
    const auto& tokens = list_.tokens;
    return tokens[entry.begin].line == tokens[entry.end - 1].line &&
           (entry.end == tokens.size() || tokens[entry.end].line != tokens[entry.end - 1].line);
  }

  void learn_padding(const Waiting& entry, const FittedRow& row) {
    is_even_ = is_even_ && (!padding_ || *padding_ == row.leading_blanks);
    padding_ = row.leading_blanks;
    is_by_line_ = is_by_line_ && fills_line(entry);
    if (!fills_line(entry)) return;
    const std::size_t behind = entry.end - entry.begin - row.leading_blanks - row.cells.size();
    is_flush_ = is_flush_ && (!behind_ || *behind_ == behind);
    behind_ = behind;
  }

  // Empty cells in front of the row's values. Merged labels pad some rows more than others; then the
  // rows still end alike.
  std::optional<std::size_t> padding_of(const Waiting& entry, std::size_t size) const {
    const bool is_line = behind_ && is_flush_ && fills_line(entry);
    // Counted from either end the cells must be the same.
    if (is_even_ && is_line && padding_ && size != *padding_ + columns_[entry.row] + *behind_) return std::nullopt;
    if (is_even_) return padding_;
    if (!behind_ || !is_flush_ || !fills_line(entry) || size < *behind_ + columns_[entry.row]) return std::nullopt;
    return size - *behind_ - columns_[entry.row];
  }

  void settle_blanks() {
    for (const Waiting& entry : waiting_) {
      // Words stand where the other rows have a value: which one it is cannot be told.
      const bool is_broken = padding_ && is_by_line_ && !fills_line(entry);
      const auto cells = values(entry.begin, entry.end);
      store(entry, is_broken ? Fit{} : fit_values(cells, columns_[entry.row], padding_of(entry, cells.size())));
    }
    for (const std::size_t word : words_) {
      const auto label = list_.letters_of(list_.tokens[word]);
      const auto row = names_.exact(label);
      if (row && draft_.rows[*row] == RowState::kUnseen && may_follow(*row, label)) {
        draft_.rows[*row] = RowState::kSeen;
      }
    }
  }

  // Without separators blank cells leave no trace: nobody left a figure out.
  const char* short_code() const { return list_.has_separators ? "ROW_SHORT" : "ROW_COLLAPSED"; }

  void store(const Waiting& entry, const Fit& fit) {
    const TextRange place = list_.tokens[entry.begin].range;
    if (!fit.row) {
      add_note(draft_, fit.misfit == Misfit::kShort ? short_code() : "ROW_OVERLONG", entry.row, place);
      return;
    }
    if (fit.row->is_overlong) add_note(draft_, "ROW_OVERLONG", entry.row, place);
    draft_.rows[entry.row] = RowState::kRead;
    const std::span<DraftCell> cells = draft_.row_cells(entry.row);
    for (std::size_t i = 0; i < fit.row->cells.size(); ++i) {
      cells[i] = fit.row->cells[i];
      if (!entry.is_exact) cells[i].confidence = std::min(cells[i].confidence, kMisspeltLabel);
    }
  }

  const Document& document_;
  const TokenList& list_;
  const RowNames& names_;
  TableDraft draft_;
  std::vector<std::size_t> columns_;
  std::vector<std::size_t> words_;  // tokens since the last values
  std::vector<Waiting> waiting_;
  std::size_t next_row_ = 0;
  std::size_t comparisons_ = 0;
  std::size_t repeated_rows_ = 0;
  TextRange repeated_;  // the first of them
  std::optional<std::size_t> padding_;  // in front of the values of the last full row
  std::optional<std::size_t> behind_;   // behind them, where the line ends there
  bool is_by_line_ = true;              // every full row was a line
  bool is_even_ = true;                 // every full row had that many in front
  bool is_flush_ = true;                // every full row ended so
};

bool is_table4_header(std::u32string_view letters) {
  for (const std::u32string_view word :
       {U"结果维持", U"结果纠正", U"其他结果", U"尚未审结", U"总计", U"行政复议", U"行政诉讼",
        U"直接起诉", U"复议后起诉"}) {
    if (letters.find(word) != letters.npos) return true;
  }
  return letters.size() <= 4;
}

}  // namespace

TableDraft read_rows_by_anchors(const Document& document, const TokenList& list, TableId table, Edition edition) {
  return RowReader(document, list, table, edition).run();
}

std::u32string_view table4_sign(const TokenList& list) {
  constexpr std::u32string_view kResult = U"结果维持", kGroup = U"复议后起诉";
  constexpr std::size_t kHeaderLettersMax = 16;  // more are a sentence
  if (list.letters.find(kResult) != list.letters.npos) return kResult;
  const bool has_group = std::any_of(list.tokens.begin(), list.tokens.end(), [&](const Token& token) {
    const std::u32string_view letters = list.letters_of(token);
    return letters.size() <= kHeaderLettersMax && letters.ends_with(kGroup);
  });
  return has_group ? kGroup : std::u32string_view();
}

TableDraft read_table4_by_anchors(const TokenList& list) {
  constexpr std::size_t kCells = 15;
  const std::u32string_view sign = table4_sign(list);
  constexpr std::size_t kTableLettersMax = 60;
  TableDraft draft = empty_draft(TableId::kT4);
  std::vector<Token> values, segment;
  bool is_inside = false;
  for (const Token& token : list.tokens) {
    if (token.kind != TokenKind::kText) {
      if (is_inside) segment.push_back(token);
      continue;
    }
    const std::u32string_view letters = list.letters_of(token);
    const bool has_values = std::any_of(segment.begin(), segment.end(), [](const Token& value) {
      return value.kind == TokenKind::kFigure;
    });
    if (has_values || segment.size() >= kCells) values.insert(values.end(), segment.begin(), segment.end());
    segment.clear();
    if (!sign.empty() && list.begins_in(token, sign) && letters.size() < kTableLettersMax) {
      const auto is_figure = [](const Token& value) { return value.kind == TokenKind::kFigure; };
      if (values.size() >= kCells && std::any_of(values.begin(), values.end(), is_figure)) {
        add_note(draft, "SECOND_TABLE", 0, token.range);
        break;
      }
      is_inside = true;
      draft.rows[0] = RowState::kSeen;
    } else if (is_inside && !values.empty() && !is_table4_header(letters)) {
      is_inside = false;
    }
  }
  if (draft.notes.empty()) values.insert(values.end(), segment.begin(), segment.end());  // no second table
  if (values.empty()) return draft;
  const Fit fit = fit_values(values, kCells, std::nullopt);
  const bool is_overlong = fit.row ? fit.row->is_overlong : fit.misfit == Misfit::kOverlong;
  if (is_overlong) add_note(draft, "ROW_OVERLONG", 0, values.front().range);
  if (!fit.row) {
    if (!is_overlong) add_note(draft, list.has_separators ? "ROW_SHORT" : "ROW_COLLAPSED", 0, values.front().range);
    return draft;
  }
  draft.rows[0] = RowState::kRead;
  std::copy(fit.row->cells.begin(), fit.row->cells.end(), draft.cells.begin());
  return draft;
}

}  // namespace gouji::parser
