#include "common/text/gb18030.h"

#include <algorithm>
#include <cstring>
#include <iterator>

#include "common/text/gb18030_table.h"

namespace gouji {
namespace {

constexpr std::int32_t kFourByteCodesOfBasicPlane = 39420;
constexpr std::int32_t kFirstSupplementaryCode = 189000;  // 90308130 is U+10000

unsigned char byte_at(std::string_view bytes, std::size_t at) {
  return static_cast<unsigned char>(bytes[at]);
}

bool is_lead(unsigned char byte) { return byte >= 0x81 && byte <= 0xFE; }
bool is_digit(unsigned char byte) { return byte >= 0x30 && byte <= 0x39; }

char32_t code_point_of_index(std::int32_t index) {
  if (index >= kFirstSupplementaryCode) {
    const char32_t value = 0x10000U + static_cast<char32_t>(index - kFirstSupplementaryCode);
    return value <= 0x10FFFF ? value : 0;
  }
  if (index >= kFourByteCodesOfBasicPlane) return 0;
  const Gb18030Range* end = kGb18030Ranges + kGb18030RangeCount;
  const Gb18030Range* after =
      std::upper_bound(kGb18030Ranges, end, index,
                       [](std::int32_t value, const Gb18030Range& range) { return value < range.index; });
  if (after == kGb18030Ranges) return 0;
  const Gb18030Range& range = *std::prev(after);
  const std::int32_t distance = index - range.index;
  return distance < range.length ? range.first + static_cast<char32_t>(distance) : 0;
}

CodePoint four_byte_character(std::string_view bytes, std::size_t at) {
  constexpr CodePoint kError{kReplacementCharacter, 1, false};
  if (bytes.size() - at < 4) return kError;
  const unsigned char third = byte_at(bytes, at + 2), fourth = byte_at(bytes, at + 3);
  if (!is_lead(third) || !is_digit(fourth)) return kError;
  const std::int32_t index = (byte_at(bytes, at) - 0x81) * 12600 + (byte_at(bytes, at + 1) - 0x30) * 1260 +
                             (third - 0x81) * 10 + (fourth - 0x30);
  const char32_t value = code_point_of_index(index);
  return value != 0 ? CodePoint{value, 4, true} : kError;
}

std::uint16_t two_byte_code_point(unsigned char lead, unsigned char trail) {
  return kGb18030TwoByte[(lead - 0x81) * 191 + (trail - 0x40)];
}

// Length of the ASCII text that starts at `at`, in steps of eight bytes.
std::size_t ascii_run(std::string_view bytes, std::size_t at) {
  std::size_t end = at;
  while (bytes.size() - end >= 8) {
    std::uint64_t word;
    std::memcpy(&word, bytes.data() + end, 8);
    if ((word & 0x8080808080808080U) != 0) break;
    end += 8;
  }
  while (end < bytes.size() && byte_at(bytes, end) < 0x80) ++end;
  return end - at;
}

// Writes U+0080 and above in two or three bytes; returns the place after them.
char* put_basic(char* out, char32_t value) {
  if (value < 0x800) {
    *out++ = static_cast<char>(0xC0 | (value >> 6));
  } else {
    *out++ = static_cast<char>(0xE0 | (value >> 12));
    *out++ = static_cast<char>(0x80 | ((value >> 6) & 0x3F));
  }
  *out++ = static_cast<char>(0x80 | (value & 0x3F));
  return out;
}

char* put_supplementary(char* out, char32_t value) {
  *out++ = static_cast<char>(0xF0 | (value >> 18));
  *out++ = static_cast<char>(0x80 | ((value >> 12) & 0x3F));
  *out++ = static_cast<char>(0x80 | ((value >> 6) & 0x3F));
  *out++ = static_cast<char>(0x80 | (value & 0x3F));
  return out;
}

}  // namespace

CodePoint gb18030_at(std::string_view bytes, std::size_t at) {
  constexpr CodePoint kError{kReplacementCharacter, 1, false};
  const unsigned char lead = byte_at(bytes, at);
  if (lead < 0x80) return {lead, 1, true};
  if (!is_lead(lead) || bytes.size() - at < 2) return kError;
  const unsigned char trail = byte_at(bytes, at + 1);
  if (is_digit(trail)) return four_byte_character(bytes, at);
  if (trail < 0x40 || trail == 0xFF) return kError;
  const std::uint16_t value = two_byte_code_point(lead, trail);
  if (value >= 0x80) [[likely]] return {value, 2, true};
  return value != 0 ? CodePoint{kGb18030BeyondBasicPlane[value], 2, true} : kError;
}

Gb18030Fit gb18030_fit(std::string_view bytes, std::size_t bytes_max) {
  Gb18030Fit fit;
  const std::size_t end = std::min(bytes.size(), bytes_max);
  for (std::size_t at = 0; at < end;) {
    at += ascii_run(bytes.substr(0, end), at);
    if (at >= end) break;
    const CodePoint next = gb18030_at(bytes, at);
    ++(next.is_valid ? fit.characters : fit.errors);
    at += next.length;
  }
  return fit;
}

std::string utf8_from_gb18030(std::string_view bytes) {
  // The worst case is an error of one byte that becomes the three bytes of U+FFFD.
  constexpr std::size_t kSlack = 16;
  std::string text;
  text.resize(bytes.size() + bytes.size() / 2 + kSlack);
  std::size_t used = 0;
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t run = ascii_run(bytes, at);
    if (text.size() - used <= run + kSlack) text.resize(text.size() + text.size() / 2 + run + kSlack);
    std::memcpy(text.data() + used, bytes.data() + at, run);
    used += run;
    at += run;
    char* out = text.data() + used;
    const char* const full = text.data() + text.size() - kSlack;
    while (at < bytes.size() && byte_at(bytes, at) >= 0x80 && out < full) {
      const CodePoint next = gb18030_at(bytes, at);
      out = next.value < 0x10000 ? put_basic(out, next.value) : put_supplementary(out, next.value);
      at += next.length;
    }
    used = static_cast<std::size_t>(out - text.data());
  }
  text.resize(used);
  return text;
}

}  // namespace gouji
