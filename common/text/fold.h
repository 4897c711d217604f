// Folding of labels and names for comparison: two spellings that a reader takes for the same give
// the same string. Never for display; keep the raw text.
#pragma once

#include <string>
#include <string_view>

namespace gouji {

// Applied character by character, in one pass:
//  - full-width and half-width forms, CJK and Kangxi radicals (U+2E80-2FDF), circled and bracketed
//    numbers become the plain characters: "Ａ" "⼈" "㈠" "①" -> "a" "人" "(一)" "1";
//  - Unicode spaces, control and invisible characters are removed;
//  - all brackets become ( ), quotes and title marks ", dashes and minus signs -, commas and 、
//    become a comma, 。 a full stop, the middle dots ·;
//  - Latin letters become lower case;
//  - traditional characters become simplified, for the vocabulary of forms and organ names;
//  - Latin letters in brackets right after a CJK character are removed: 工(gong)作 -> 工作.
// Invalid UTF-8 becomes U+FFFD.
std::string fold_label(std::string_view text);

// The folded form of one character below U+10000: 0 = removed, otherwise the character to write.
// Characters that fold to several ("㈠") give their number or letter only.
char32_t fold_character(char32_t code_point);

// The same for many characters in a row: indexed by code point, which must be below kFoldsEnd.
inline constexpr char32_t kFoldsEnd = 0x10000;
const char16_t* fold_characters();

// True for CJK ideographs, the ones that words are written without spaces in.
bool is_cjk(char32_t code_point);

// Spaces that Unicode knows, NBSP and zero-width ones included.
bool is_space(char32_t code_point);

// The text without spaces (is_space) at both ends.
std::string_view trim_spaces(std::string_view text);

}  // namespace gouji
