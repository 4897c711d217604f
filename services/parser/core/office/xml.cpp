#include "services/parser/core/office/xml.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include "common/text/byte_scan.h"
#include "common/text/charset.h"
#include "common/text/utf8.h"

namespace gouji::parser {
namespace {

constexpr std::size_t kReferenceBytesMax = 12;
constexpr std::int64_t kNumberMax = 1'000'000'000;
constexpr std::size_t kRecodedBytesMax = 16U << 20;

bool is_white(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

constexpr std::array<bool, 256> make_ends_name() {
  std::array<bool, 256> ends{};
  for (std::size_t c = 0; c <= ' '; ++c) ends[c] = true;
  ends['>'] = ends['/'] = true;
  return ends;
}
constexpr std::array<bool, 256> kEndsName = make_ends_name();

// Place of the > that closes the tag: one between quotes does not.
std::size_t tag_close_by_bytes(std::string_view xml, std::size_t at) {
  char quote = 0;
  for (; at < xml.size(); ++at) {
    const char c = xml[at];
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '>') {
      return at;
    } else if (c == '"' || c == '\'') {
      quote = c;
    }
  }
  return xml.npos;
}

#ifdef __SSE2__
struct Bytes32 {
  __m128i first, second;
  explicit Bytes32(const char* at) : first(byte_scan::load(at)), second(byte_scan::load(at + 16)) {}

  std::uint32_t places_of(char wanted) const {
    return byte_scan::bits(byte_scan::equal(first, wanted)) |
           byte_scan::bits(byte_scan::equal(second, wanted)) << 16;
  }
};

// Bit n of the answer: an odd number of bits up to n is set.
inline std::uint32_t parity_up_to(std::uint32_t bits) {
  bits ^= bits << 1;
  bits ^= bits << 2;
  bits ^= bits << 4;
  bits ^= bits << 8;
  return bits ^ bits << 16;
}
#endif

// The same in steps of 32 bytes. Attributes between apostrophes are rare and read by bytes.
std::size_t tag_close(std::string_view xml, const std::size_t begin) {
  std::size_t at = begin;
#ifdef __SSE2__
  std::uint32_t carried = 0;
  for (; at + 32 <= xml.size(); at += 32) {
    const Bytes32 bytes(xml.data() + at);
    const std::uint32_t quoted = parity_up_to(bytes.places_of('"')) ^ carried;
    const std::uint32_t closing = bytes.places_of('>') & ~quoted;
    const std::uint32_t before = closing == 0 ? ~std::uint32_t{0} : (closing & (~closing + 1)) - 1;
    if ((bytes.places_of('\'') & ~quoted & before) != 0) return tag_close_by_bytes(xml, begin);
    if (closing != 0) return at + static_cast<std::size_t>(std::countr_zero(closing));
    carried = (quoted >> 31) != 0 ? ~std::uint32_t{0} : 0;
  }
#endif
  return tag_close_by_bytes(xml, begin);
}

struct Attribute {
  std::string_view name;
  std::string_view value;
};

// Takes the first attribute off; one without a name at the end.
Attribute take_attribute(std::string_view& text) {
  std::size_t at = 0;
  while (at < text.size() && is_white(text[at])) ++at;
  const std::size_t name_begin = at;
  while (at < text.size() && text[at] != '=' && !is_white(text[at])) ++at;
  const std::size_t name_end = at;
  while (at < text.size() && text[at] != '"' && text[at] != '\'') ++at;
  if (at >= text.size()) return text = {}, Attribute{};
  const std::size_t close = text.find(text[at], at + 1);
  if (close == text.npos) return text = {}, Attribute{};
  const Attribute found{text.substr(name_begin, name_end - name_begin),
                        text.substr(at + 1, close - at - 1)};
  text.remove_prefix(close + 1);
  return found;
}

}  // namespace

// Of the name that begins at `at`; returns the place behind it.
inline std::size_t XmlScanner::read_name(std::size_t at) {
  const char* const begin = xml_.data() + at;
  const std::size_t size = xml_.size() - at;
  std::size_t length = 0, colon = 0;
  bool is_found = false;
#ifdef __SSE2__
  if (size >= 16) {
    const __m128i bytes = byte_scan::load(begin);
    const __m128i blank = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x20)), bytes);
    const __m128i ends = _mm_or_si128(byte_scan::equal(bytes, '>'), byte_scan::equal(bytes, '/'));
    const std::uint32_t end = byte_scan::bits(_mm_or_si128(blank, ends));
    const std::uint32_t colons = byte_scan::bits(byte_scan::equal(bytes, ':')) & (end - 1) & ~end;
    is_found = end != 0;
    length = static_cast<std::size_t>(std::countr_zero(end | 0x10000));
    if (is_found && colons != 0) colon = static_cast<std::size_t>(std::countr_zero(colons)) + 1;
  }
#endif
  if (!is_found) {
    for (length = 0; length < size && !kEndsName[static_cast<unsigned char>(begin[length])]; ++length) {
      if (begin[length] == ':' && colon == 0) colon = length + 1;
    }
  }
  tag_.prefix = {begin, colon > 0 ? colon - 1 : 0};
  tag_.name = {begin + colon, length - colon};
  return at + length;
}

// From one < to the next, mostly the character where the last tag ended.
inline std::size_t XmlScanner::find_tag() const {
  const char* const xml = xml_.data();
  if (at_ < xml_.size() && xml[at_] == '<') return at_;
  const void* const found = std::memchr(xml + at_, '<', xml_.size() - at_);
  if (found == nullptr) return xml_.npos;
  return static_cast<std::size_t>(static_cast<const char*>(found) - xml);
}

bool XmlScanner::next() {
  tag_.text_begin = at_;
  for (;;) {
    const std::size_t begin = find_tag();
    if (begin == xml_.npos) return at_ = xml_.size(), false;
    const char* const xml = xml_.data();
    const char mark = begin + 1 < xml_.size() ? xml[begin + 1] : '\0';
    if (mark == '!' || mark == '?') {
      if (!pass_over(begin)) return false;
      continue;
    }
    const bool is_close = mark == '/';
    const std::size_t behind_name = read_name(begin + (is_close ? 2 : 1));
    const bool is_bare = behind_name < xml_.size() && xml[behind_name] == '>';
    const std::size_t close = is_bare ? behind_name : tag_close(xml_, behind_name);
    if (close == xml_.npos) {
      at_ = xml_.size();
      is_broken_ = true;
      return false;
    }
    const bool is_empty = !is_close && xml[close - 1] == '/';
    tag_.begin = begin;
    tag_.end = at_ = close + 1;
    tag_.attributes = {xml + behind_name, close - behind_name - (is_empty ? 1 : 0)};
    tag_.kind = is_close ? XmlTagKind::kClose : is_empty ? XmlTagKind::kEmpty : XmlTagKind::kOpen;
    if (tag_.kind == XmlTagKind::kOpen) ++depth_;
    if (is_close) depth_ > 0 ? void(--depth_) : void(is_broken_ = true);
    return true;
  }
}

// Behind a comment, an instruction or a declaration. A CDATA section is text, but the mark around
// it would be read as text too; office programs do not write any, so its content is left out.
bool XmlScanner::pass_over(std::size_t at) {
  const std::string_view rest = xml_.substr(at, 9);
  std::string_view close = ">";
  if (rest.starts_with("<!--")) close = "-->";
  if (rest.starts_with("<?")) close = "?>";
  if (rest.starts_with("<![CDATA[")) close = "]]>";
  const std::size_t end = xml_.find(close, at + 2);
  at_ = end == xml_.npos ? xml_.size() : end + close.size();
  tag_.text_begin = at_;
  if (end == xml_.npos) is_broken_ = true;
  return end != xml_.npos;
}

// Place of the first </ at or behind `at`.
static std::size_t find_end_tag(std::string_view xml, std::size_t at) {
#ifdef __SSE2__
  for (; at + 33 <= xml.size(); at += 32) {
    const std::uint32_t found = Bytes32(xml.data() + at).places_of('<') & Bytes32(xml.data() + at + 1).places_of('/');
    if (found != 0) return at + static_cast<std::size_t>(std::countr_zero(found));
  }
#endif
  return xml.find("</", at);
}

void XmlScanner::skip_element() {
  if (tag_.kind != XmlTagKind::kOpen) return;
  const std::size_t outside = depth_ - 1;
  while (depth_ > outside && next()) {
  }
}

std::optional<std::string_view> XmlScanner::flat_content() const {
  if (tag_.kind != XmlTagKind::kOpen) return std::nullopt;
  const std::size_t end = find_end_tag(xml_, at_);
  const std::size_t name = tag_.prefix.empty() ? 0 : tag_.prefix.size() + 1;
  const std::string_view rest = end == xml_.npos ? std::string_view{} : xml_.substr(end + 2);
  if (!rest.substr(std::min(name, rest.size())).starts_with(tag_.name)) return std::nullopt;
  return xml_.substr(at_, end - at_);
}

void XmlScanner::leave_flat_element(std::string_view content) {
  at_ += content.size();
  const char* const written = tag_.prefix.empty() ? tag_.name.data() : tag_.prefix.data();
  const std::string_view name(written, static_cast<std::size_t>(tag_.name.data() + tag_.name.size() - written));
  const std::size_t close = at_ + 2 + name.size();
  // Its end tag, as nearly every one is written.
  if (close >= xml_.size() || xml_[close] != '>' || xml_.substr(at_ + 2, name.size()) != name) return void(next());
  tag_.kind = XmlTagKind::kClose;
  tag_.attributes = {};
  tag_.text_begin = tag_.begin = at_;
  tag_.end = at_ = close + 1;
  --depth_;
}

void XmlScanner::skip_flat_element() {
  if (const auto content = flat_content()) return leave_flat_element(*content);
  skip_element();
}

std::string_view xml_attribute_in_full(std::string_view attributes, std::string_view name) {
  while (!attributes.empty()) {
    const Attribute attribute = take_attribute(attributes);
    if (attribute.name == name) return attribute.value;
  }
  return {};
}

std::string_view xml_attribute(std::string_view attributes, std::string_view name) {
  while (!attributes.empty()) {
    const Attribute attribute = take_attribute(attributes);
    std::string_view own = attribute.name;
    if (const std::size_t colon = own.rfind(':'); colon != own.npos) own.remove_prefix(colon + 1);
    if (own == name) return attribute.value;
  }
  return {};
}

std::int64_t xml_number(std::string_view value, std::int64_t fallback) {
  if (value.starts_with('+')) value.remove_prefix(1);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error == std::errc::result_out_of_range) return value.starts_with('-') ? -kNumberMax : kNumberMax;
  if (error != std::errc{}) return fallback;
  return std::clamp(number, -kNumberMax, kNumberMax);
}

XmlReference read_xml_reference(std::string_view text) {
  const std::size_t semicolon = text.substr(0, kReferenceBytesMax).find(';');
  if (semicolon == text.npos) return {};
  const std::string_view name = text.substr(1, semicolon - 1);
  const std::size_t length = semicolon + 1;
  if (name == "lt") return {U'<', length};
  if (name == "gt") return {U'>', length};
  if (name == "amp") return {U'&', length};
  if (name == "quot") return {U'"', length};
  if (name == "apos") return {U'\'', length};
  if (!name.starts_with('#') || name.size() < 2) return {};
  const bool is_hex = name[1] == 'x' || name[1] == 'X';
  const std::string_view digits = name.substr(is_hex ? 2 : 1);
  std::uint32_t code = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), code, is_hex ? 16 : 10);
  if (error != std::errc{} || end != digits.data() + digits.size()) return {};
  const bool is_valid = code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF);
  return {is_valid ? static_cast<char32_t>(code) : kReplacementCharacter, length};
}

std::string xml_text(std::string_view written) {
  std::string text;
  for (std::size_t at = 0; at < written.size();) {
    const std::size_t reference = std::min(written.find('&', at), written.size());
    text.append(written, at, reference - at);
    at = reference;
    if (at >= written.size()) break;
    const XmlReference found = read_xml_reference(written.substr(at));
    if (found.length == 0) {
      text.push_back('&');
      ++at;
      continue;
    }
    const bool is_forbidden = found.code_point < 0x20 && !is_white(static_cast<char>(found.code_point));
    if (!is_forbidden) append_utf8(text, found.code_point);
    at += found.length;
  }
  return text;
}

std::string xml_part_text(std::string part) {
  const bool is_utf16 = part.starts_with("\xFF\xFE") || part.starts_with("\xFE\xFF") ||
                        part.starts_with(std::string_view("<\0", 2)) ||
                        part.starts_with(std::string_view("\0<", 2));
  const bool is_clean = !is_utf16 && is_utf8(part);
  if (is_clean) return part;
  if (part.size() > kRecodedBytesMax) return {};
  if (is_utf16) {
    CharsetDecision decision;
    decision.charset = part[0] == '<' || part[0] == '\xFF' ? Charset::kUtf16Le : Charset::kUtf16Be;
    decision.mark_bytes = part[0] == '<' || part[0] == '\0' ? 0 : 2;
    return decode_text(part, decision);
  }
  return repair_utf8(part);
}

}  // namespace gouji::parser
