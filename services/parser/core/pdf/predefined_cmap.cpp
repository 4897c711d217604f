#include "services/parser/core/pdf/predefined_cmap.h"

#include "common/text/gb18030.h"
#include "common/text/utf8.h"

namespace gouji::parser {
namespace {

struct Known {
  std::string_view name;  // without -H or -V
  CodeScheme scheme;
  std::uint32_t ascii_cid;
};

constexpr std::uint32_t kProportionalAscii = 1;
constexpr std::uint32_t kHalfWidthAscii = 814;

constexpr Known kKnown[] = {
    {"Identity", CodeScheme::kTwoBytes, 0},
    {"GBK-EUC", CodeScheme::kGb, kHalfWidthAscii},
    {"GB-EUC", CodeScheme::kGb, kHalfWidthAscii},
    {"GBKp-EUC", CodeScheme::kGb, kProportionalAscii},
    {"GBpc-EUC", CodeScheme::kGb, kProportionalAscii},
    {"GBK2K", CodeScheme::kGb18030, kProportionalAscii},
};

// The same four spellings of Unicode stand behind Uni<collection>-.
constexpr Known kUnicode[] = {
    {"-UCS2", CodeScheme::kUcs2, kProportionalAscii},
    {"-UTF16", CodeScheme::kUtf16, kProportionalAscii},
    {"-UTF8", CodeScheme::kUtf8, kProportionalAscii},
    {"-UTF32", CodeScheme::kUtf32, kProportionalAscii},
};

bool is_surrogate(char32_t unit) { return unit >= 0xD800 && unit < 0xE000; }

// A code of `length` bytes, most significant first; cut short at the end of the string.
CodeAt whole(std::string_view bytes, std::size_t at, std::size_t length) {
  CodeAt code{0, static_cast<std::uint8_t>(std::min(length, bytes.size() - at))};
  for (const char byte : bytes.substr(at, length)) {
    code.code = code.code << 8 | static_cast<unsigned char>(byte);
  }
  return code;
}

TextCode utf16_at(std::string_view bytes, std::size_t at) {
  const CodeAt one = whole(bytes, at, 2);
  if (one.bytes < 2) return {one, 0};
  if (!is_surrogate(one.code)) return {one, one.code};
  const std::u32string pair = text_of_utf16(bytes.substr(at, 4));
  if (pair.size() != 1 || pair[0] < 0x10000) return {one, 0};
  return {whole(bytes, at, 4), pair[0]};
}

TextCode gb_at(std::string_view bytes, std::size_t at, bool has_four_bytes) {
  const CodePoint point = gb18030_at(bytes, at);
  if (point.is_valid && point.length == 4 && !has_four_bytes) return {whole(bytes, at, 1), 0};
  if (point.is_valid) return {whole(bytes, at, point.length), point.value};
  // A pair without a character is still a pair: its neighbours keep their places.
  const bool is_pair = static_cast<unsigned char>(bytes[at]) > 0x80 && bytes.size() - at > 1;
  return {whole(bytes, at, is_pair ? 2 : 1), 0};
}

}  // namespace

std::optional<PredefinedCMap> predefined_cmap(std::string_view name) {
  const bool is_vertical = name.ends_with("-V");
  if (!is_vertical && !name.ends_with("-H")) return std::nullopt;
  name.remove_suffix(2);
  for (const Known& known : kKnown) {
    if (name == known.name) return PredefinedCMap{known.scheme, is_vertical, known.ascii_cid};
  }
  if (!name.starts_with("Uni")) return std::nullopt;
  for (const Known& known : kUnicode) {
    if (name.ends_with(known.name)) return PredefinedCMap{known.scheme, is_vertical, known.ascii_cid};
  }
  return std::nullopt;
}

TextCode text_code_at(CodeScheme scheme, std::string_view bytes, std::size_t at) {
  switch (scheme) {
    case CodeScheme::kGb: return gb_at(bytes, at, false);
    case CodeScheme::kGb18030: return gb_at(bytes, at, true);
    case CodeScheme::kUtf16: return utf16_at(bytes, at);
    case CodeScheme::kUcs2: {
      const CodeAt code = whole(bytes, at, 2);
      return {code, code.bytes == 2 && !is_surrogate(code.code) ? code.code : 0};
    }
    case CodeScheme::kUtf32: {
      const CodeAt code = whole(bytes, at, 4);
      return {code, code.bytes == 4 ? code.code : 0};
    }
    case CodeScheme::kUtf8: {
      const CodePoint point = code_point_at(bytes, at);
      return {whole(bytes, at, point.length), point.is_valid ? point.value : 0};
    }
    case CodeScheme::kOneByte:
    case CodeScheme::kTwoBytes:
    case CodeScheme::kSpaces: break;
  }
  return {whole(bytes, at, 1), 0};
}

}  // namespace gouji::parser
