// The letters of a label: what is left of it when everything that varies between portals is taken
// away. Two spellings of one label give the same letters.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace gouji::parser {

// Characters of a label that are looked at; labels are shorter, prose may be cut.
inline constexpr std::size_t kLettersMax = 160;

// Appends the letters of `text` to `letters` and returns how many came. Kept are CJK characters,
// Latin letters and digits, folded (common/text/fold.h). Taken away are spaces, punctuation,
// brackets with all they hold (notes such as "(减用负值表示,如-8)", pinyin, and "(一)"), and an
// enumerator in front ("一、", "1.", "1"). A bracket that is not closed reaches to the end, one
// that was not opened to the start, so that the two halves of a wrapped label fit together.
std::size_t append_letters(std::u32string& letters, std::string_view text);

std::u32string letters_of(std::string_view text);

// Number of insertions, deletions and replacements between a and b, or limit + 1 when there are
// more than `limit` (at most 8).
std::size_t edit_distance(std::u32string_view a, std::u32string_view b, std::size_t limit);

// 一 to 十 as 1 to 10; 0 for anything else.
constexpr std::int32_t numeral_digit(char32_t code_point) {
  switch (code_point) {
    case U'一': return 1;
    case U'二': return 2;
    case U'三': return 3;
    case U'四': return 4;
    case U'五': return 5;
    case U'六': return 6;
    case U'七': return 7;
    case U'八': return 8;
    case U'九': return 9;
    case U'十': return 10;
    default: return 0;
  }
}

}  // namespace gouji::parser
