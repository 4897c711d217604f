#include "common/text/gb18030.h"

#include <algorithm>
#include <iterator>

#include "common/text/byte_scan.h"
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
  const Gb18030Range* after = std::upper_bound(
      kGb18030Ranges, end, index,
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
  const std::int32_t index = (byte_at(bytes, at) - 0x81) * 12600 +
                             (byte_at(bytes, at + 1) - 0x30) * 1260 + (third - 0x81) * 10 +
                             (fourth - 0x30);
  const char32_t value = code_point_of_index(index);
  return value != 0 ? CodePoint{value, 4, true} : kError;
}

std::uint16_t two_byte_code_point(unsigned char lead, unsigned char trail) {
  return kGb18030TwoByte[(lead - 0x81) * 191 + (trail - 0x40)];
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

// Characters of two bytes, the bulk of Chinese text, and single ASCII characters between them. Ends
// before anything else, and when `piece` is full.
class TwoByteReader {
 public:
  static constexpr std::size_t kPieceBytes = 1024;

  // Reads from `at` on; returns where it stopped. What it wrote is in text().
  std::size_t read(std::string_view bytes, std::size_t at) {
    const auto* next = reinterpret_cast<const unsigned char*>(bytes.data()) + at;
    const auto* const last =
        reinterpret_cast<const unsigned char*>(bytes.data()) + bytes.size() - 1;
    char* out = piece_;
    char* const full = piece_ + kPieceBytes - 4;
    int ascii = 0;
    while (next < last && out < full) {
      const unsigned char lead = next[0], trail = next[1];
      if (lead < 0x80) {
        if (++ascii > kAsciiInARow) break;
        *out++ = static_cast<char>(lead);
        ++next;
        continue;
      }
      ascii = 0;
      if (!is_lead(lead) || trail < 0x40 || trail == 0xFF) break;
      const std::uint16_t value = two_byte_code_point(lead, trail);
      if (value < 0x80) break;
      out = put_basic(out, value);
      next += 2;
    }
    size_ = static_cast<std::size_t>(out - piece_);
    return static_cast<std::size_t>(next - reinterpret_cast<const unsigned char*>(bytes.data()));
  }
  std::string_view text() const { return {piece_, size_}; }

 private:
  static constexpr int kAsciiInARow = 8;
  char piece_[kPieceBytes];
  std::size_t size_ = 0;
};

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
  if (value >= 0x80) [[likely]]
    return {value, 2, true};
  return value != 0 ? CodePoint{kGb18030BeyondBasicPlane[value], 2, true} : kError;
}

Gb18030Fit gb18030_fit(std::string_view bytes, std::size_t bytes_max) {
  Gb18030Fit fit;
  const std::size_t end = std::min(bytes.size(), bytes_max);
  for (std::size_t at = 0; at < end;) {
    at += ascii_length(bytes, at, end);
    if (at >= end) break;
    const CodePoint next = gb18030_at(bytes, at);
    ++(next.is_valid ? fit.characters : fit.errors);
    at += next.length;
  }
  return fit;
}

std::string utf8_from_gb18030(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size() + bytes.size() / 2);
  TwoByteReader reader;
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t ascii = ascii_length(bytes, at, bytes.size());
    text.append(bytes, at, ascii);
    at = reader.read(bytes, at + ascii);
    text.append(reader.text());
    if (at >= bytes.size() || !reader.text().empty()) continue;
    const CodePoint next = gb18030_at(bytes, at);
    append_utf8(text, next.value);
    at += next.length;
  }
  return text;
}

}  // namespace gouji
