#include "services/parser/core/figure.h"

#include <string>
#include <utility>

#include "common/text/fold.h"
#include "common/text/utf8.h"

namespace gouji::parser {
namespace {

constexpr std::int64_t kWanInYi = 10000;

// ① and the like, and raised digits: behind a figure the number of a note, which folding would make
// a digit of it.
bool is_note_mark(char32_t c) {
  return (c >= U'①' && c <= U'⑳') || (c >= U'❶' && c <= U'❿') || c == U'¹' || c == U'²' || c == U'³' || (c >= U'⁰' && c <= U'⁹') || c == U'※';
}

// The folded characters of a short text. A space inside stays, as one blank. None where a note's
// mark stands elsewhere than at the end.
std::optional<std::u32string> fold_short(std::string_view text) {
  std::u32string folded;
  bool is_noted = false;
  const std::string_view trimmed = trim_spaces(text);
  if (trimmed.empty() || trimmed.size() > kFigureBytesMax) return std::nullopt;
  for (std::size_t at = 0; at < trimmed.size();) {
    const CodePoint point = code_point_at(trimmed, at);
    at += point.length;
    if (point.value >= 0x10000) return std::nullopt;
    if (is_note_mark(point.value)) {
      if (folded.empty()) return std::nullopt;
      is_noted = true;
      continue;
    }
    if (is_noted) return std::nullopt;
    if (is_space(point.value)) {
      folded.push_back(U' ');
    } else if (const char32_t c = fold_character(point.value); c != 0) {
      folded.push_back(c);
    }
  }
  while (is_noted && folded.ends_with(U' ')) folded.pop_back();
  if (folded.empty()) return std::nullopt;
  return folded;
}

bool is_digit_byte(char c) { return c >= '0' && c <= '9'; }

// Words without a digit are told from figures before anything is folded: only marks for none have
// no digit, and those begin with a dash, a slash, 无 or a character of their blocks.
bool may_be_figure(std::string_view text) {
  if (text.empty() || text.size() > kFigureBytesMax) return false;
  const char first = text.front();
  if (is_digit_byte(first) || first == '-' || first == '/' || first == '\\' || first == '\xE2' || first == '\xEF') return true;
  if (text.starts_with("无") || text.starts_with("無")) return true;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_digit_byte(text[i])) return true;
    if (text[i] == '\xEF' && text.substr(i).starts_with("\xEF\xBC")) return true;  // full-width forms
  }
  return false;
}

constexpr std::size_t kIdeographBytes = 3;

// Whether the three bytes at `at` are an ideograph that is none of `expected`.
bool is_other_ideograph(std::string_view text, std::size_t at, std::u32string_view expected) {
  if (text[at] < '\xE4' || text[at] > '\xE9') return false;
  const CodePoint point = code_point_at(text, at);
  return point.is_valid && point.length == 3 && expected.find(fold_character(point.value)) == expected.npos;
}

// A figure begins with a digit, a sign or the word for one, and ends with a digit or a unit; 无 stands
// alone. Nearly all words are told by their first or last character.
bool is_unlike_figure(std::string_view text) {
  return begins_like_words(text) ||
         (text.size() >= kIdeographBytes && is_other_ideograph(text, text.size() - kIdeographBytes, U"元万件项个条次起宗份人无"));
}

// Digits of which some could not be read, U+FFFD in their place: a figure, and nobody knows which.
bool is_illegible(std::string_view text) {
  constexpr std::u32string_view kOfFigures = U"0123456789.,+-";
  bool is_any_unread = false;
  while (!text.empty()) {
    const CodePoint point = code_point_at(text, 0);
    const bool is_unread = point.is_valid && point.value == kReplacementCharacter;
    is_any_unread = is_any_unread || is_unread;
    if (!is_unread && (point.value > 0xFFFF || kOfFigures.find(fold_character(point.value)) == kOfFigures.npos)) return false;
    text.remove_prefix(point.length);
  }
  return is_any_unread;
}

// Without the ** of markdown around it.
std::string_view without_emphasis(std::string_view text) {
  for (int i = 0; i < 2 && text.size() > 2 && text.front() == '*' && text.back() == '*'; ++i) {
    text = text.substr(1, text.size() - 2);
  }
  return trim_spaces(text);
}

bool is_nil(std::u32string_view text) {
  if (text == U"无" || text == U"/" || text == U"\\") return true;
  return text.find_first_not_of(U"-—–―─━") == text.npos;
}

// "0/0" and "增0/减0" in a column 本年增/减: neither more nor less.
bool is_twice_zero(std::u32string_view text) {
  const std::size_t slash = text.find(U'/');
  const auto has_zero = [](std::u32string_view part) { return part.find(U'0') != part.npos && part.find_first_not_of(U"0+-增减加少") == part.npos; };
  return slash != text.npos && has_zero(text.substr(0, slash)) && has_zero(text.substr(slash + 1));
}

bool take_front(std::u32string_view& text, std::u32string_view word) {
  if (!text.starts_with(word)) return false;
  text.remove_prefix(word.size());
  return true;
}

bool take_back(std::u32string_view& text, std::u32string_view word) {
  if (!text.ends_with(word)) return false;
  text.remove_suffix(word.size());
  return true;
}

struct Sign {
  bool is_printed = false;
  bool is_negative = false;
  bool is_dirty = false;
};

Sign take_sign(std::u32string_view& text) {
  for (const std::u32string_view word : {U"增加", U"新增", U"增"}) {
    if (take_front(text, word)) return {true, false, false};
  }
  for (const std::u32string_view word : {U"减少", U"减"}) {
    if (take_front(text, word)) return {true, true, take_front(text, U"-")};
  }
  if (take_front(text, U"+")) return {true, false, false};
  Sign sign;
  while (take_front(text, U"-")) {
    sign.is_dirty = sign.is_negative;
    sign.is_negative = true;
    sign.is_printed = true;
  }
  return sign;
}

constexpr std::pair<std::u32string_view, FigureUnit> kUnits[] = {
    {U"亿元", FigureUnit::kYiYuan}, {U"万元", FigureUnit::kWanYuan}, {U"万", FigureUnit::kWanYuan},
    {U"元", FigureUnit::kYuan},     {U"件", FigureUnit::kItems},     {U"项", FigureUnit::kItems},
    {U"个", FigureUnit::kItems},    {U"条", FigureUnit::kItems},     {U"次", FigureUnit::kItems},
    {U"起", FigureUnit::kItems},    {U"宗", FigureUnit::kItems},     {U"份", FigureUnit::kItems},
    {U"人", FigureUnit::kItems},
};

// The unit behind a figure, "万元" or "(万元)"; nullopt when a bracket holds something else.
std::optional<FigureUnit> take_unit(std::u32string_view& text) {
  const bool is_bracketed = take_back(text, U")");
  FigureUnit unit = FigureUnit::kNone;
  for (const auto& [word, meaning] : kUnits) {
    if (take_back(text, word)) {
      unit = meaning;
      break;
    }
  }
  if (is_bracketed && (unit == FigureUnit::kNone || !take_back(text, U"("))) return std::nullopt;
  return unit;
}

// Digits with a point and separators of thousands where they belong; empty when it is anything else.
std::string plain_digits(std::u32string_view text) {
  std::string digits;
  std::size_t since_comma = 0;
  bool has_comma = false, has_point = false;
  for (const char32_t c : text) {
    if (c >= U'0' && c <= U'9') {
      digits.push_back(static_cast<char>(c));
      ++since_comma;
    } else if (c == U',' && !has_point && !digits.empty() &&
               (has_comma ? since_comma == 3 : since_comma <= 3)) {
      has_comma = true;
      since_comma = 0;
    } else if (c == U'.' && !has_point && !digits.empty() && (!has_comma || since_comma == 3)) {
      has_point = true;
      digits.push_back('.');
    } else {
      return {};
    }
  }
  if (digits.empty() || digits.back() == '.') return {};
  if (has_comma && !has_point && since_comma != 3) return {};
  return digits;
}

void drop_trailing_zeros(Decimal& value) {
  while (value.scale > 0 && value.unscaled % 10 == 0) {
    value.unscaled /= 10;
    --value.scale;
  }
}

std::optional<std::int64_t> money_value(const Decimal& value, FigureUnit unit) {
  if (unit == FigureUnit::kYuan) return fen_from_yuan(value);
  const std::optional<std::int64_t> fen = fen_from_wan_yuan(value);
  if (!fen || unit != FigureUnit::kYiYuan) return fen;
  std::int64_t in_fen = 0;
  if (__builtin_mul_overflow(*fen, kWanInYi, &in_fen)) return std::nullopt;
  return in_fen;
}

}  // namespace

bool begins_like_words(std::string_view text) { return text.size() >= kIdeographBytes && is_other_ideograph(text, 0, U"增新减无"); }

std::optional<Figure> parse_figure(std::string_view text) {
  Figure figure;
  if (const auto count = plain_count(text)) {
    figure.value.unscaled = *count;
    return figure;
  }
  std::string_view core = without_emphasis(trim_spaces(text));
  if (is_unlike_figure(core)) return std::nullopt;
  for (const std::string_view mark : {"。", "；", ";"}) {
    if (!core.ends_with(mark)) continue;
    core.remove_suffix(mark.size());
    figure.is_dirty = true;
  }
  if (is_illegible(core)) {
    figure.state = CellState::kUnreadable;
    return figure;
  }
  if (!may_be_figure(core)) return std::nullopt;
  const std::optional<std::u32string> folded = fold_short(core);
  if (!folded) return std::nullopt;
  std::u32string_view rest = *folded;
  if (is_nil(rest)) {
    figure.state = CellState::kNil;
    return figure;
  }
  if (is_twice_zero(rest)) {
    figure.is_dirty = true;
    return figure;
  }
  const Sign sign = take_sign(rest);
  figure.has_sign = sign.is_printed;
  figure.is_dirty |= sign.is_dirty;
  const std::optional<FigureUnit> unit = take_unit(rest);
  if (!unit) return std::nullopt;
  figure.unit = *unit;
  while (*unit != FigureUnit::kNone && rest.ends_with(U' ')) rest.remove_suffix(1);  // "5 件", or on two lines of a narrow cell
  const std::string digits = plain_digits(rest);
  if (digits.empty()) return std::nullopt;
  Result<Decimal> value = parse_decimal(sign.is_negative ? "-" + digits : digits);
  if (!value) return std::nullopt;
  figure.value = *value;
  drop_trailing_zeros(figure.value);
  return figure;
}

Cell cell_from(const Figure& figure, CellType type, FigureUnit header) {
  if (figure.state == CellState::kNil) return {CellState::kNil, 0};
  if (type == CellType::kMoney) {
    const bool has_own = figure.unit != FigureUnit::kNone && figure.unit != FigureUnit::kItems;
    const std::optional<std::int64_t> value =
        money_value(figure.value, has_own ? figure.unit : header);
    return value ? Cell::number(*value) : Cell{CellState::kText, 0};
  }
  const bool is_money = figure.unit != FigureUnit::kNone && figure.unit != FigureUnit::kItems;
  if (is_money || figure.value.scale != 0) return {CellState::kText, 0};
  return Cell::number(figure.value.unscaled);
}

}  // namespace gouji::parser
