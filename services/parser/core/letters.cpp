#include "services/parser/core/letters.h"

#include <algorithm>
#include <array>

#include "common/text/fold.h"
#include "common/text/utf8.h"

namespace gouji::parser {
namespace {

bool is_digit(char32_t c) { return c >= U'0' && c <= U'9'; }

bool is_latin(char32_t c) { return c >= U'a' && c <= U'z'; }

bool is_common_ideograph(char32_t c) { return c >= 0x4E00 && c <= 0x9FFF; }

bool is_letter(char32_t c) { return is_common_ideograph(c) || is_latin(c) || is_digit(c) || is_cjk(c); }

bool ends_enumerator(char32_t c) {
  return c == U'.' || c == U',' || c == U':' || c == U')' || c == U'·';
}

// Behind a tag that was left in text ("<br>"), or `at` where none is.
std::size_t behind_tag(std::string_view text, std::size_t at) {
  constexpr std::size_t kTagBytesMax = 8;
  const std::size_t end = text.substr(at, kTagBytesMax).find('>');
  return end == text.npos ? at : at + end + 1;
}

// Characters at the start of `text` that only number it: "三、", "1.", "12", and digits that touch
// the first word.
class Enumerator {
 public:
  // True while `c` may still belong to the enumerator.
  bool takes(char32_t c) {
    if (is_over_) return false;
    if (is_digit(c)) return ++digits_ <= 2 && numerals_ == 0;
    if (numeral_digit(c) != 0) return ++numerals_ <= 3 && digits_ == 0;
    is_over_ = true;
    return ends_enumerator(c);
  }
  bool is_complete(char32_t after) const {
    return (digits_ > 0 && digits_ <= 2) || (numerals_ > 0 && ends_enumerator(after));
  }

 private:
  bool is_over_ = false;
  int digits_ = 0;
  int numerals_ = 0;
};

}  // namespace

std::size_t append_letters(std::u32string& letters, std::string_view text) {
  const char16_t* const folds = fold_characters();
  std::array<char32_t, kLettersMax> kept;
  std::size_t count = 0;
  std::size_t depth = 0;
  Enumerator enumerator;
  bool in_front = true;
  for (std::size_t at = 0; at < text.size() && count < kLettersMax;) {
    const CodePoint point = code_point_at(text, at);
    at += point.length;
    char32_t c = point.value < kFoldsEnd ? folds[point.value] : U'\0';
    if (!in_front && depth == 0 && is_common_ideograph(c)) {
      kept[count++] = c == U'於' ? U'于' : c;
      continue;
    }
    if (c == 0 || c == U'*') continue;  // ** of markdown
    if (c == U'<') {
      at = behind_tag(text, at);
      continue;
    }
    if (c == U'於') c = U'于';  // 屬於: folding leaves it alone, for names have it
    if (c == U'(') {
      ++depth;
    } else if (c == U')' && depth > 0) {
      --depth;
    } else if (c == U')') {
      count = 0;
      in_front = false;
    } else if (depth == 0) {
      if (in_front && !enumerator.takes(c)) {
        in_front = false;
        if (enumerator.is_complete(c)) count = 0;
      } else if (in_front && ends_enumerator(c)) {
        in_front = false;
        count = 0;
      }
      if (is_letter(c)) kept[count++] = c;
    }
  }
  letters.append(kept.data(), count);
  return count;
}

std::u32string letters_of(std::string_view text) {
  std::u32string letters;
  append_letters(letters, text);
  return letters;
}

std::size_t edit_distance(std::u32string_view a, std::u32string_view b, std::size_t limit) {
  if (a.size() > b.size()) std::swap(a, b);
  if (b.size() - a.size() > limit || a.size() > kLettersMax) return limit + 1;
  std::array<std::uint16_t, kLettersMax + 1> row{};
  for (std::size_t i = 0; i <= a.size(); ++i) row[i] = static_cast<std::uint16_t>(i);
  for (std::size_t j = 1; j <= b.size(); ++j) {
    std::uint16_t diagonal = row[0];
    row[0] = static_cast<std::uint16_t>(j);
    std::uint16_t lowest = row[0];
    for (std::size_t i = 1; i <= a.size(); ++i) {
      const std::uint16_t replace =
          static_cast<std::uint16_t>(diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
      diagonal = row[i];
      row[i] = std::min({replace, static_cast<std::uint16_t>(row[i] + 1),
                         static_cast<std::uint16_t>(row[i - 1] + 1)});
      lowest = std::min(lowest, row[i]);
    }
    if (lowest > limit) return limit + 1;
  }
  return std::min<std::size_t>(row[a.size()], limit + 1);
}

}  // namespace gouji::parser
