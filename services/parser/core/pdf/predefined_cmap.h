// The predefined CMaps of Chinese fonts (ISO 32000-1, table 118), by what their codes are: text in a
// known encoding. With these a font needs neither an embedded program nor a ToUnicode.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "services/parser/core/pdf/cmap.h"

namespace gouji::parser {

enum class CodeScheme : std::uint8_t {
  kOneByte,    // simple fonts
  kTwoBytes,   // Identity-H, Identity-V: the code is the number of a glyph
  kSpaces,     // an embedded CMap
  kGb,         // GB 2312 and GBK
  kGb18030,
  kUcs2,
  kUtf16,
  kUtf8,
  kUtf32,
};

struct PredefinedCMap {
  CodeScheme scheme = CodeScheme::kTwoBytes;
  bool is_vertical = false;
  // CID of the first printable ASCII character ("!" of the half-width ones, else space): widths of
  // fonts are listed by CID.
  std::uint32_t ascii_cid = 1;
};

// Nothing for a name whose codes are not known text.
std::optional<PredefinedCMap> predefined_cmap(std::string_view name);

// The next code of a scheme that is text, and the character it stands for; 0 where it is broken.
struct TextCode {
  CodeAt at;
  char32_t character = 0;
};
TextCode text_code_at(CodeScheme scheme, std::string_view bytes, std::size_t at);

}  // namespace gouji::parser
