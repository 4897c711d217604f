#include "services/parser/core/office/xml.h"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "common/text/byte_scan.h"
#include "common/text/charset.h"
#include "common/text/utf8.h"

namespace gouji::parser {
namespace {

constexpr std::size_t kReferenceBytesMax = 12;
constexpr std::int64_t kNumberMax = 1'000'000'000;

bool is_white(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }
bool ends_name(char c) { return c == '>' || c == '/' || is_white(c); }

// Place of the > that closes the tag: one between quotes does not.
std::size_t tag_close(std::string_view xml, std::size_t at) {
  char quote = 0;
  const auto closes = [&](char c) {
    if (quote != 0) {
      if (c == quote) quote = 0;
      return false;
    }
    if (c == '>') return true;
    if (c == '"' || c == '\'') quote = c;
    return false;
  };
#ifdef __SSE2__
  for (; at + 16 <= xml.size(); at += 16) {
    const __m128i bytes = byte_scan::load(xml.data() + at);
    const __m128i quotes = _mm_or_si128(byte_scan::equal(bytes, '"'), byte_scan::equal(bytes, '\''));
    std::uint32_t found = byte_scan::bits(_mm_or_si128(quotes, byte_scan::equal(bytes, '>')));
    for (; found != 0; found &= found - 1) {
      const std::size_t place = at + static_cast<std::size_t>(std::countr_zero(found));
      if (closes(xml[place])) return place;
    }
  }
#endif
  for (; at < xml.size(); ++at) {
    if (closes(xml[at])) return at;
  }
  return xml.npos;
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

void XmlScanner::split_name(std::size_t begin, std::size_t end) {
  const char* const xml = xml_.data();
  std::size_t at = begin, name = begin;
  tag_.prefix = {};
  for (; at < end && !ends_name(xml[at]); ++at) {
    if (xml[at] != ':') continue;
    tag_.prefix = {xml + begin, at - begin};
    name = at + 1;
  }
  tag_.name = {xml + name, at - name};
  tag_.attributes = {xml + at, end - at};
}

bool XmlScanner::next() {
  tag_.text_begin = at_;
  for (;;) {
    const void* const found = std::memchr(xml_.data() + at_, '<', xml_.size() - at_);
    if (found == nullptr) return at_ = xml_.size(), false;
    const auto begin = static_cast<std::size_t>(static_cast<const char*>(found) - xml_.data());
    if (begin + 1 < xml_.size() && (xml_[begin + 1] == '!' || xml_[begin + 1] == '?')) {
      if (!pass_over(begin)) return false;
      continue;
    }
    const std::size_t close = tag_close(xml_, begin + 1);
    if (close == xml_.npos) {
      at_ = xml_.size();
      is_broken_ = true;
      return false;
    }
    tag_.begin = begin;
    tag_.end = at_ = close + 1;
    const bool is_close = xml_[begin + 1] == '/';
    const bool is_empty = !is_close && xml_[close - 1] == '/';
    split_name(begin + (is_close ? 2 : 1), close - (is_empty ? 1 : 0));
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

void XmlScanner::skip_element() {
  if (tag_.kind != XmlTagKind::kOpen) return;
  const std::size_t outside = depth_ - 1;
  while (depth_ > outside && next()) {
  }
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
  if (is_utf16) {
    CharsetDecision decision;
    decision.charset = part[0] == '<' || part[0] == '\xFF' ? Charset::kUtf16Le : Charset::kUtf16Be;
    decision.mark_bytes = part[0] == '<' || part[0] == '\0' ? 0 : 2;
    return decode_text(part, decision);
  }
  return is_utf8(part) ? std::move(part) : repair_utf8(part);
}

}  // namespace gouji::parser
