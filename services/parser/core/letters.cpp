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
const char* behind_tag(const char* at, const char* end) {
  constexpr std::ptrdiff_t kTagBytesMax = 8;
  const char* const last = at + std::min(end - at, kTagBytesMax);
  const char* const found = std::find(at, last, '>');
  return found == last ? at : found + 1;
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

// Reads the letters of one text: see append_letters.
class LetterReader {
 public:
  explicit LetterReader(std::string_view text) : next_(text.data()), end_(text.data() + text.size()) {}

  std::u32string_view read() {
    while (next_ < end_ && count_ < kLettersMax) {
      if (!in_front_ && depth_ == 0) take_ideographs();
      if (next_ < end_ && count_ < kLettersMax) take_one();
    }
    return {kept_.data(), count_};
  }

 private:
  // A run of common ideographs, which is what most labels are.
  void take_ideographs() {
    constexpr std::ptrdiff_t kIdeographBytes = 3;
    for (; end_ - next_ >= kIdeographBytes && count_ < kLettersMax; next_ += kIdeographBytes) {
      const auto lead = static_cast<unsigned char>(next_[0]), second = static_cast<unsigned char>(next_[1]), third = static_cast<unsigned char>(next_[2]);
      if (lead < 0xE4 || lead > 0xE9 || (second & 0xC0U) != 0x80U || (third & 0xC0U) != 0x80U) return;
      const char32_t c = folds_[(lead & 0x0FU) << 12 | (second & 0x3FU) << 6 | (third & 0x3FU)];
      if (!is_common_ideograph(c)) return;
      keep(c);
    }
  }

  void take_one() {
    const CodePoint point = code_point_at({next_, static_cast<std::size_t>(end_ - next_)}, 0);
    const char* const after = next_ + point.length;
    const char32_t c = point.value < kFoldsEnd ? folds_[point.value] : U'\0';
    next_ = c == U'<' ? behind_tag(after, end_) : after;
    if (c == 0 || c == U'*' || c == U'<') return;  // ** of markdown
    if (c == U'(') {
      ++depth_;
    } else if (c == U')' && depth_ > 0) {
      --depth_;
    } else if (c == U')') {
      count_ = 0;
      in_front_ = false;
    } else if (depth_ == 0) {
      if (in_front_) look_for_enumerator(c);
      if (is_letter(c)) keep(c);
    }
  }

  void look_for_enumerator(char32_t c) {
    const bool is_taken = enumerator_.takes(c);
    if (is_taken && !ends_enumerator(c)) return;
    in_front_ = false;
    if (is_taken || enumerator_.is_complete(c)) count_ = 0;
  }

  // 屬於: folding leaves 於 alone, for names have it.
  void keep(char32_t c) { kept_[count_++] = c == U'於' ? U'于' : c; }

  const char16_t* const folds_ = fold_characters();
  const char* next_;
  const char* const end_;
  std::size_t count_ = 0;
  std::size_t depth_ = 0;
  Enumerator enumerator_;
  bool in_front_ = true;
  std::array<char32_t, kLettersMax> kept_;
};

}  // namespace

std::size_t append_letters(std::u32string& letters, std::string_view text) {
  LetterReader reader(text);
  const std::u32string_view read = reader.read();
  letters.append(read);
  return read.size();
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
