// Characters of symbol fonts, which have codes of their own.
#pragma once

#include <cstdint>

namespace gouji::parser {

// What a character of Wingdings, Wingdings 2 or Symbol looks like; U+FFFD where that is not known.
// Codes outside of 0xF000..0xF0FF are characters already.
char32_t symbol_character(std::uint32_t code);

}  // namespace gouji::parser
