// Characters of glyph names and of the Latin encodings that PDF names (ISO 32000-1, annex D; Adobe
// Glyph List Specification). What is not in the lists is not known: no name is guessed at.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace gouji::parser {

// "A", "uni4E2D", "u20BB7", "f_i", "a.sc"; empty where the name says nothing ("g12", "cid03").
std::u32string glyph_text(std::string_view name);

// Code to character; 0 where the encoding has none.
using LatinEncoding = std::array<char16_t, 256>;
const LatinEncoding& standard_encoding();
const LatinEncoding& win_ansi_encoding();
const LatinEncoding& mac_roman_encoding();

}  // namespace gouji::parser
