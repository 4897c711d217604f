#include "services/parser/core/pdf/cmap.h"

#include <algorithm>

#include "services/parser/core/pdf/content_lexer.h"
#include "services/parser/core/pdf/pdf_limits.h"

namespace gouji::parser {
namespace {

constexpr char32_t kLastCharacter = 0x10FFFF;

std::uint32_t code_of(std::string_view bytes) {
  std::uint32_t code = 0;
  for (const char byte : bytes.substr(0, 4)) code = code << 8 | static_cast<unsigned char>(byte);
  return code;
}

bool is_low_surrogate(char32_t unit) { return unit >= 0xDC00 && unit < 0xE000; }
bool is_high_surrogate(char32_t unit) { return unit >= 0xD800 && unit < 0xDC00; }

}  // namespace

std::u32string text_of_utf16(std::string_view bytes) {
  std::u32string text;
  for (std::size_t at = 0; at + 1 < bytes.size(); at += 2) {
    const char32_t unit = code_of(bytes.substr(at, 2));
    if (is_low_surrogate(unit)) continue;
    if (!is_high_surrogate(unit)) {
      text.push_back(unit);
      continue;
    }
    const char32_t second = at + 3 < bytes.size() ? code_of(bytes.substr(at + 2, 2)) : 0;
    if (!is_low_surrogate(second)) continue;
    text.push_back(0x10000 + ((unit - 0xD800) << 10) + (second - 0xDC00));
    at += 2;
  }
  return text;
}

void UnicodeMap::add(std::uint32_t low, std::uint32_t high, std::u32string_view text) {
  constexpr std::size_t kTextMax = 32;  // the longest ligature anybody has is 18 characters
  if (text.empty() || low > high || ranges_.size() >= kPdfFontRangesMax) return;
  if (text[0] > kLastCharacter || high - low > kLastCharacter - text[0]) return;
  const std::u32string_view rest = text.substr(1, kTextMax);
  // Single codes that count on are most maps' entries.
  if (!ranges_.empty() && rest.empty()) {
    Range& last = ranges_.back();
    const bool goes_on = last.rest_size == 0 && last.high + 1 == low && low != 0 &&
                         last.first + (low - last.low) == text[0];
    if (goes_on) {
      last.high = high;
      return;
    }
  }
  ranges_.push_back({low, high, text[0], static_cast<std::uint32_t>(rests_.size()),
                     static_cast<std::uint32_t>(rest.size())});
  rests_.append(rest);
}

void UnicodeMap::sort() {
  std::stable_sort(ranges_.begin(), ranges_.end(),
                   [](const Range& one, const Range& other) { return one.low < other.low; });
}

std::optional<CodeText> UnicodeMap::find(std::uint32_t code) const {
  auto after = std::upper_bound(ranges_.begin(), ranges_.end(), code,
                                [](std::uint32_t value, const Range& range) { return value < range.low; });
  // Ranges of broken maps overlap: a few before this one may still hold the code.
  constexpr int kOverlapsMax = 4;
  for (int step = 0; step < kOverlapsMax && after != ranges_.begin(); ++step) {
    const Range& range = *--after;
    if (code > range.high) continue;
    const std::u32string_view rest = std::u32string_view(rests_).substr(range.rest_at, range.rest_size);
    return CodeText{range.first + (code - range.low), rest};
  }
  return std::nullopt;
}

std::optional<std::uint32_t> CMap::cid(std::uint32_t code) const {
  const auto after =
      std::upper_bound(cids.begin(), cids.end(), code,
                       [](std::uint32_t value, const CidRange& range) { return value < range.low; });
  if (after == cids.begin() || code > (after - 1)->high) return std::nullopt;
  return (after - 1)->cid + (code - (after - 1)->low);
}

CodeAt code_at(const std::vector<CodeSpace>& spaces, std::string_view bytes, std::size_t at) {
  std::size_t shortest = 4;
  for (const CodeSpace& space : spaces) {
    shortest = std::min<std::size_t>(shortest, space.bytes);
    if (at + space.bytes > bytes.size()) continue;
    const std::uint32_t code = code_of(bytes.substr(at, space.bytes));
    bool is_inside = true;  // every byte by itself, as the rectangle of a code space is
    for (std::uint32_t shift = 0; shift < space.bytes * 8U; shift += 8) {
      const std::uint32_t byte = code >> shift & 0xFF;
      is_inside = is_inside && byte >= (space.low >> shift & 0xFF) && byte <= (space.high >> shift & 0xFF);
    }
    if (is_inside) return {code, space.bytes};
  }
  if (spaces.empty()) shortest = 1;
  const std::size_t length = std::min(shortest, bytes.size() - at);
  return {code_of(bytes.substr(at, length)), static_cast<std::uint8_t>(length)};
}

namespace {

// Walks the tokens of one CMap.
class CMapParser {
 public:
  explicit CMapParser(std::string_view bytes) : lexer_(bytes) {}

  CMap parse() {
    ContentToken last;
    for (ContentToken token = lexer_.next(); token.kind != ContentTokenKind::kEnd; token = lexer_.next()) {
      if (token.kind == ContentTokenKind::kOperator) take_operator(token.text, last);
      if (last.kind == ContentTokenKind::kName && last.text == "WMode" && token.kind == ContentTokenKind::kNumber) {
        map_.is_vertical = token.number == 1;
      }
      last = token;
    }
    map_.unicode.sort();
    std::stable_sort(map_.cids.begin(), map_.cids.end(),
                     [](const CidRange& one, const CidRange& other) { return one.low < other.low; });
    return std::move(map_);
  }

 private:
  void take_operator(std::string_view word, const ContentToken& before) {
    if (word == "begincodespacerange") code_spaces();
    else if (word == "beginbfchar") unicode_chars();
    else if (word == "beginbfrange") unicode_ranges();
    else if (word == "begincidchar") cid_chars();
    else if (word == "begincidrange") cid_ranges();
    else if (word == "usecmap" && before.kind == ContentTokenKind::kName) map_.used = name_text(before);
  }

  std::string bytes_of(const ContentToken& token) {
    std::string buffer;
    return std::string(string_bytes(token, buffer));
  }

  // The next token, where it is a string; else the section is at its end.
  bool next_string() {
    token_ = lexer_.next();
    return token_.is_string();
  }

  void code_spaces() {
    constexpr std::size_t kSpacesMax = 64;
    while (next_string()) {
      const std::string low = bytes_of(token_);
      if (!next_string()) return;
      const std::string high = bytes_of(token_);
      if (low.empty() || low.size() > 4 || low.size() != high.size()) continue;
      if (map_.spaces.size() >= kSpacesMax) continue;
      map_.spaces.push_back({static_cast<std::uint8_t>(low.size()), code_of(low), code_of(high)});
    }
  }

  void unicode_chars() {
    while (next_string()) {
      const std::uint32_t code = code_of(bytes_of(token_));
      if (!next_string()) return;
      map_.unicode.add(code, code, text_of(bytes_of(token_)));
    }
  }

  // One byte is no UTF-16, but some writers mean the character of that number.
  static std::u32string text_of(const std::string& bytes) {
    if (bytes.size() == 1) return {static_cast<unsigned char>(bytes[0])};
    return text_of_utf16(bytes);
  }

  void unicode_ranges() {
    while (next_string()) {
      const std::uint32_t low = code_of(bytes_of(token_));
      if (!next_string()) return;
      const std::uint32_t high = code_of(bytes_of(token_));
      token_ = lexer_.next();
      if (token_.kind == ContentTokenKind::kArrayBegin) {
        unicode_array(low, high);
      } else if (token_.is_string()) {
        add_range(low, high, text_of(bytes_of(token_)));
      } else {
        return;
      }
    }
  }

  // In a text of several characters the last one counts up.
  void add_range(std::uint32_t low, std::uint32_t high, std::u32string text) {
    if (text.size() < 2) {
      map_.unicode.add(low, high, text);
      return;
    }
    constexpr std::uint32_t kLastByte = 0xFF;
    const std::uint32_t end = std::min(high, low | kLastByte);  // no range leaves its last byte
    for (std::uint32_t code = low; code <= end && code >= low; ++code) {
      map_.unicode.add(code, code, text);
      ++text.back();
    }
  }

  void unicode_array(std::uint32_t low, std::uint32_t high) {
    std::uint32_t code = low;
    for (token_ = lexer_.next(); token_.kind != ContentTokenKind::kArrayEnd && token_.kind != ContentTokenKind::kEnd;
         token_ = lexer_.next()) {
      if (!token_.is_string()) continue;
      if (code >= low && code <= high) map_.unicode.add(code, code, text_of(bytes_of(token_)));
      ++code;
    }
  }

  void cid_chars() {
    while (next_string()) {
      const std::uint32_t code = code_of(bytes_of(token_));
      token_ = lexer_.next();
      add_cid(code, code);
    }
  }

  void cid_ranges() {
    while (next_string()) {
      const std::uint32_t low = code_of(bytes_of(token_));
      if (!next_string()) return;
      const std::uint32_t high = code_of(bytes_of(token_));
      token_ = lexer_.next();
      add_cid(low, high);
    }
  }

  void add_cid(std::uint32_t low, std::uint32_t high) {
    constexpr double kCidMax = 65'535;
    if (token_.kind != ContentTokenKind::kNumber || token_.number < 0 || token_.number > kCidMax) return;
    if (low > high || map_.cids.size() >= kPdfFontRangesMax) return;
    map_.cids.push_back({low, high, static_cast<std::uint32_t>(token_.number)});
  }

  ContentLexer lexer_;
  ContentToken token_;
  CMap map_;
};

}  // namespace

CMap parse_cmap(std::string_view bytes) { return CMapParser(bytes).parse(); }

}  // namespace gouji::parser
