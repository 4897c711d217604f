#include "common/text/utf8.h"

#include <simdjson.h>

namespace gouji {
namespace {

bool is_continuation(unsigned char byte) { return (byte & 0xC0U) == 0x80U; }

// Length of the sequence that a lead byte announces; 0 for bytes that cannot lead.
std::uint8_t announced_length(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead < 0xC2) return 0;
  if (lead < 0xE0) return 2;
  if (lead < 0xF0) return 3;
  return lead < 0xF5 ? 4 : 0;
}

// The second byte has a narrower range after E0, ED, F0 and F4 (Unicode standard, table 3-7).
bool is_second_byte(unsigned char lead, unsigned char second) {
  switch (lead) {
    case 0xE0:
      return second >= 0xA0 && second <= 0xBF;
    case 0xED:
      return second >= 0x80 && second <= 0x9F;
    case 0xF0:
      return second >= 0x90 && second <= 0xBF;
    case 0xF4:
      return second >= 0x80 && second <= 0x8F;
    default:
      return is_continuation(second);
  }
}

}  // namespace

bool is_utf8(std::string_view bytes) { return simdjson::validate_utf8(bytes.data(), bytes.size()); }

CodePoint any_code_point_at(std::string_view bytes, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[at + i]); };
  const std::size_t left = bytes.size() - at;
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1, true};
  const std::uint8_t length = announced_length(lead);
  if (length == 0) return {kReplacementCharacter, 1, false};
  char32_t value = lead & (0xFFU >> (length + 1));
  for (std::uint8_t i = 1; i < length; ++i) {
    const bool fits =
        i < left && (i == 1 ? is_second_byte(lead, byte(1)) : is_continuation(byte(i)));
    if (!fits) return {kReplacementCharacter, i, false};
    value = (value << 6) | (byte(i) & 0x3FU);
  }
  return {value, length, true};
}

void append_utf8(std::string& text, char32_t code_point) {
  const bool is_scalar = code_point < 0xD800 || (code_point > 0xDFFF && code_point <= 0x10FFFF);
  const char32_t value = is_scalar ? code_point : kReplacementCharacter;
  const auto put = [&](char32_t byte) { text.push_back(static_cast<char>(byte)); };
  if (value < 0x80) return put(value);
  if (value < 0x800) {
    put(0xC0 | (value >> 6));
  } else if (value < 0x10000) {
    put(0xE0 | (value >> 12));
    put(0x80 | ((value >> 6) & 0x3F));
  } else {
    put(0xF0 | (value >> 18));
    put(0x80 | ((value >> 12) & 0x3F));
    put(0x80 | ((value >> 6) & 0x3F));
  }
  put(0x80 | (value & 0x3F));
}

std::string repair_utf8(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size() + bytes.size() / 16);
  for (std::size_t at = 0; at < bytes.size();) {
    const CodePoint next = code_point_at(bytes, at);
    if (next.is_valid) {
      text.append(bytes, at, next.length);
    } else {
      append_utf8(text, kReplacementCharacter);
    }
    at += next.length;
  }
  return text;
}

std::string_view utf8_prefix(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  std::size_t end = bytes_max;
  while (end > 0 && is_continuation(static_cast<unsigned char>(text[end]))) --end;
  return text.substr(0, end);
}

std::string_view utf8_suffix(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  std::size_t begin = text.size() - bytes_max;
  while (begin < text.size() && is_continuation(static_cast<unsigned char>(text[begin]))) ++begin;
  return text.substr(begin);
}

}  // namespace gouji
