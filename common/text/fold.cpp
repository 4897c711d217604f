#include "common/text/fold.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "common/text/fold_vocabulary.h"
#include "common/text/utf8.h"

namespace gouji {
namespace {

constexpr std::size_t kTableSize = kFoldsEnd;
constexpr char16_t kRemoved = 0;
using Table = std::array<char16_t, kTableSize>;

// Each row: what to write, then every character that becomes it.
constexpr std::u32string_view kPunctuation[] = {
    U"((（〔【［[{｛〖﹙﹝⁽₍",
    U"))）〕】］]}｝〗﹚﹞⁾₎",
    U"\"“”„‟«»「」『』《》〈〉＂'‘’‚‛＇〝〞〟﹁﹂﹃﹄`´",
    U"-‐‑‒–—―−－─━﹣﹘⁻",
    U",，、､﹐﹑",
    U".。．｡﹒․",
    U":：﹕︰",
    U";；﹔",
    U"/／∕⁄",
    U"·•・‧∙⋅･●",
    U"~～〜∼",
    U"|｜¦│┃",
    U"%％﹪",
    U"+＋﹢",
    U"*＊﹡×✕",
};

void fold_punctuation(Table& table) {
  for (std::u32string_view row : kPunctuation) {
    for (char32_t from : row.substr(1)) table[from] = static_cast<char16_t>(row[0]);
  }
}

// Writes `count` characters from `first` as those from `target`.
void fold_range(Table& table, char32_t first, char32_t count, char32_t target) {
  for (char32_t i = 0; i < count; ++i) table[first + i] = static_cast<char16_t>(target + i);
}

void fold_in_order(Table& table, char32_t first, std::u32string_view targets) {
  for (std::size_t i = 0; i < targets.size(); ++i) {
    if (targets[i] != U' ') table[first + i] = static_cast<char16_t>(targets[i]);
  }
}

void fold_numbers_and_letters(Table& table) {
  fold_range(table, U'Ａ', 26, U'a');
  fold_range(table, U'ａ', 26, U'a');
  fold_range(table, U'A', 26, U'a');
  fold_range(table, U'０', 10, U'0');
  fold_in_order(table, U'㈠', U"一二三四五六七八九十");
  fold_in_order(table, U'㊀', U"一二三四五六七八九十");
  fold_in_order(table, U'①', U"123456789");
  fold_in_order(table, U'⑴', U"123456789");
  fold_in_order(table, U'⒈', U"123456789");
  fold_in_order(table, U'❶', U"123456789");
}

void remove_invisible(Table& table) {
  for (char32_t c = 0; c < kTableSize; ++c) {
    const bool is_variation_selector = c >= 0xFE00 && c <= 0xFE0F;
    const bool is_control = c < 0x20 || (c >= 0x7F && c <= 0xA0) || c == 0xAD;
    if (is_space(c) || is_variation_selector || is_control) table[c] = kRemoved;
  }
}

void simplify(Table& table) {
  std::array<char16_t, kTableSize>& t = table;
  for (std::size_t i = 0; i + 1 < kTraditionalAndSimplified.size(); i += 2) {
    t[kTraditionalAndSimplified[i]] = static_cast<char16_t>(kTraditionalAndSimplified[i + 1]);
  }
  fold_in_order(table, kSupplementRadicalFirst, kSupplementRadicals);
  fold_in_order(table, kKangxiRadicalFirst, kKangxiRadicals);
  fold_in_order(table, kCompatibilityIdeographFirst, kCompatibilityIdeographs);
  // What a radical or a compatibility ideograph stands for may be traditional.
  for (char32_t c = 0x2E80; c < 0x2FE0; ++c) table[c] = table[table[c]];
  for (char32_t c = 0xF900; c < 0xFADA; ++c) table[c] = table[table[c]];
}

std::unique_ptr<const Table> make_table() {
  auto table = std::make_unique<Table>();
  fold_range(*table, 0, kTableSize, 0);
  fold_range(*table, 0xFF01, 0x5E, 0x21);
  fold_punctuation(*table);
  fold_numbers_and_letters(*table);
  remove_invisible(*table);
  simplify(*table);
  return table;
}

const Table& table() {
  static const std::unique_ptr<const Table> made = make_table();
  return *made;
}

// Characters that fold to more than one: bracketed and dotted numbers, and those above nine.
bool append_expansion(std::string& folded, char32_t c, char32_t simple) {
  const auto number = [&](char32_t first) { return std::to_string(c - first + 1); };
  if (c >= U'㈠' && c <= U'㈩') {
    folded.push_back('(');
    append_utf8(folded, simple);
    folded.push_back(')');
  } else if (c >= U'①' && c <= U'⑳') {
    folded += number(U'①');
  } else if (c >= U'⑴' && c <= U'⒇') {
    folded += "(" + number(U'⑴') + ")";
  } else if (c >= U'⒈' && c <= U'⒛') {
    folded += number(U'⒈') + ".";
  } else {
    return false;
  }
  return true;
}

// As code_point_at, with a short way for what labels are made of.
CodePoint next_code_point(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text.data()[at + i]); };
  if (byte(0) < 0x80) return {byte(0), 1, true};
  const bool is_common = byte(0) >= 0xE1 && byte(0) <= 0xEC && text.size() - at >= 3;
  if (!is_common || (byte(1) & 0xC0) != 0x80 || (byte(2) & 0xC0) != 0x80)
    return code_point_at(text, at);
  return {(byte(0) & 0x0FU) << 12 | (byte(1) & 0x3FU) << 6 | (byte(2) & 0x3FU), 3, true};
}

bool is_latin_letter(char32_t c) {
  return (c >= U'a' && c <= U'z') || (c >= U'A' && c <= U'Z') || (c >= 0xC0 && c <= 0x24F) ||
         (c >= 0x1E00 && c <= 0x1EFF) || (c >= 0x251 && c <= 0x261) || (c >= 0x300 && c <= 0x304) ||
         c == 0x30C;
}

// Length of "(gong)" at `at`, where an opening bracket of `opening_bytes` stands; 0 when the
// brackets hold anything but one syllable or two.
std::size_t pinyin_length(std::string_view text, std::size_t at, std::size_t opening_bytes) {
  constexpr std::size_t kLettersMax = 14;
  std::size_t letters = 0;
  for (std::size_t end = at + opening_bytes; end < text.size() && letters <= kLettersMax;) {
    const CodePoint next = code_point_at(text, end);
    end += next.length;
    if (next.value == U')' || next.value == U'）') return letters > 0 ? end - at : 0;
    if (is_latin_letter(next.value)) {
      ++letters;
    } else if (next.value != U' ') {
      return 0;
    }
  }
  return 0;
}

}  // namespace

bool is_cjk(char32_t c) {
  return (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF) ||
         (c >= 0xF900 && c <= 0xFAFF) || (c >= 0x20000 && c <= 0x323AF) || c == U'〇';
}

bool is_space(char32_t c) {
  return c == U' ' || (c >= 0x09 && c <= 0x0D) || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         c == 0x180E || (c >= 0x2000 && c <= 0x200F) || (c >= 0x2028 && c <= 0x202F) ||
         (c >= 0x205F && c <= 0x2064) || c == 0x3000 || c == 0xFEFF || c == 0x3164 || c == 0x2800;
}

char32_t fold_character(char32_t c) { return c < kTableSize ? table()[c] : c; }

const char16_t* fold_characters() { return table().data(); }

std::string fold_label(std::string_view text) {
  const Table& folds = table();
  std::string folded;
  folded.reserve(text.size() + 8);
  bool is_after_cjk = false;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint next = next_code_point(text, at);
    const char32_t c = next.value < kTableSize ? folds[next.value] : next.value;
    if (c == U'(' && is_after_cjk) {
      if (const std::size_t pinyin = pinyin_length(text, at, next.length); pinyin > 0) {
        at += pinyin;
        continue;
      }
    }
    const bool is_same = c == next.value && next.is_valid;
    const bool is_enclosed =
        (next.value >= U'①' && next.value <= U'⒛') || (next.value >= U'㈠' && next.value <= U'㈩');
    if (is_same && !is_enclosed && c != kRemoved) {
      folded.append(text.data() + at, next.length);
    } else if (c != kRemoved && (!is_enclosed || !append_expansion(folded, next.value, c))) {
      append_utf8(folded, c);
    }
    at += next.length;
    if (c != kRemoved) is_after_cjk = is_cjk(c);
  }
  return folded;
}

namespace {

bool is_solid_ascii(char c) { return c > ' ' && c < '\x7F'; }
// U+4000 to U+9FFF, among which no character is a space, and U+F000 to U+FFFF, of which U+FEFF is one.
bool is_solid_of_three(const char* at) {
  const bool is_form = at[0] == '\xEF' && at[1] != '\xBB' && (at[1] & 0xC0) == 0x80 && (at[2] & 0xC0) == 0x80;
  return (at[0] >= '\xE4' && at[0] <= '\xE9') || is_form;
}
bool begins_solid(std::string_view text) { return is_solid_ascii(text[0]) || (text.size() >= 3 && is_solid_of_three(text.data())); }
bool ends_solid(std::string_view text) { return is_solid_ascii(text.back()) || (text.size() >= 3 && is_solid_of_three(text.data() + text.size() - 3)); }

}  // namespace

std::string_view trim_spaces(std::string_view text) {
  // Most texts begin and end with a digit or an ideograph.
  if (!text.empty() && begins_solid(text) && ends_solid(text)) return text;
  std::size_t begin = 0;
  while (begin < text.size()) {
    const CodePoint next = code_point_at(text, begin);
    if (!is_space(next.value)) break;
    begin += next.length;
  }
  std::size_t end = text.size();
  while (end > begin) {
    std::size_t last = end - 1;
    while (last > begin && (text[last] & 0xC0) == 0x80) --last;
    const CodePoint next = code_point_at(text, last);
    if (!is_space(next.value) || last + next.length != end) break;
    end = last;
  }
  return text.substr(begin, end - begin);
}

}  // namespace gouji
