#include "services/parser/core/office/symbols.h"

#include "common/text/utf8.h"

namespace gouji::parser {

char32_t symbol_character(std::uint32_t code) {
  const bool is_private = code >= 0xF000 && code <= 0xF0FF;
  const bool is_character = code >= 0x20 && code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF);
  if (!is_private) return is_character ? static_cast<char32_t>(code) : kReplacementCharacter;
  switch (code & 0xFF) {
    case 0x52: case 0xFE: return U'☑';
    case 0x6C: case 0xB7: return U'●';
    case 0x6E: return U'■';
    case 0x6F: case 0xA8: case 0xA3: return U'□';
    case 0x50: case 0xFC: return U'✓';
    case 0x4F: case 0xFB: return U'✗';
    case 0xB1: return U'±';
    case 0xB4: return U'×';
    case 0xD8: return U'➢';
    default: return kReplacementCharacter;
  }
}

}  // namespace gouji::parser
