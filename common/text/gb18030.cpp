#include "common/text/gb18030.h"

#include <algorithm>
#include <bit>
#include <cstring>
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

std::uint32_t two_byte_entry(unsigned char lead, unsigned char trail) { return kGb18030TwoByte[(lead & 0x7FU) << 8 | trail]; }

// Not all of two bytes: some stand beyond the basic plane.
bool is_basic(std::uint32_t entry) { return entry >= 0x80; }
std::size_t utf8_length(std::uint32_t entry) { return entry >> 24; }

char32_t basic_code_point(std::uint32_t entry) {
  const char32_t first = entry & 0xFF, second = entry >> 8 & 0x3F, third = entry >> 16 & 0x3F;
  return utf8_length(entry) == 2 ? (first & 0x1F) << 6 | second : (first & 0x0F) << 12 | second << 6 | third;
}

// ASCII and characters of two bytes, which is nearly all of Chinese text, a piece at a time. What it
// writes is never checked against the end of the piece: a piece is read from so few bytes that it fits.
class PieceReader {
 public:
  // Reads from `at` on and returns where it stopped: before anything else, inside a long run of ASCII,
  // shortly before the end of `bytes`, or with a full piece. What it wrote is in text().
  std::size_t read(std::string_view bytes, std::size_t at) {
    size_ = 0;
    if (bytes.size() - at < kStride) return at;
    const auto* const begin = reinterpret_cast<const unsigned char*>(bytes.data());
    const unsigned char* next = begin + at;
    const unsigned char* const stop = next + std::min(bytes.size() - at - kStride, kPieceSource) + 1;
    char* out = piece_;
    int strides = 0;
    while (next < stop) {
      if (*next < 0x80) {
        const std::size_t length = copy_ascii(reinterpret_cast<const char*>(next), out);
        next += length;
        out += length;
        strides = length == kStride ? strides + 1 : 0;
        if (strides == kStridesOfLongRun) break;
        continue;
      }
      const std::uint32_t entry = two_byte_entry(next[0], next[1]);
      if (!is_basic(entry)) break;
      std::memcpy(out, &entry, sizeof(entry));
      out += utf8_length(entry);
      next += 2;
    }
    size_ = static_cast<std::size_t>(out - piece_);
    return static_cast<std::size_t>(next - begin);
  }
  std::string_view text() const { return {piece_, size_}; }

 private:
  static_assert(std::endian::native == std::endian::little);
  static constexpr std::size_t kStride = 16;  // bytes that copy_ascii looks at and writes
  static constexpr int kStridesOfLongRun = 4;
  static constexpr std::size_t kPieceSource = 2048;
  static constexpr std::size_t kPieceBytes = kPieceSource / 2 * 3 + 2 * kStride;

  // Copies kStride bytes; returns how many of them are ASCII in front of anything else.
  static std::size_t copy_ascii(const char* from, char* to) {
    std::memcpy(to, from, kStride);
#ifdef __SSE2__
    return static_cast<std::size_t>(std::countr_zero(byte_scan::bits(byte_scan::load(from)) | 1U << kStride));
#else
    return ascii_length({from, kStride}, 0, kStride);
#endif
  }

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

  const std::uint32_t entry = two_byte_entry(lead, trail);
  if (is_basic(entry)) [[likely]]
    return {basic_code_point(entry), 2, true};
  return entry != 0 ? CodePoint{kGb18030BeyondBasicPlane[entry], 2, true} : kError;
}

Gb18030Fit gb18030_fit(std::string_view bytes, std::size_t bytes_max) {
  Gb18030Fit fit;
  const std::size_t end = std::min(bytes.size(), bytes_max);
  for (std::size_t at = 0; at < end;) {
    at += ascii_length(bytes, at, end);
    for (; at + 1 < end && is_basic(two_byte_entry(byte_at(bytes, at), byte_at(bytes, at + 1))) && byte_at(bytes, at) >= 0x80; at += 2) ++fit.characters;
    if (at >= end) break;
    if (byte_at(bytes, at) < 0x80) continue;
    const CodePoint next = gb18030_at(bytes, at);
    ++(next.is_valid ? fit.characters : fit.errors);
    at += next.length;
  }
  return fit;
}

std::string utf8_from_gb18030(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size() + bytes.size() / 2);
  PieceReader reader;
  for (std::size_t at = 0; at < bytes.size();) {
    at = reader.read(bytes, at);
    text.append(reader.text());
    const std::size_t ascii = ascii_length(bytes, at, bytes.size());
    text.append(bytes, at, ascii);
    at += ascii;
    if (at >= bytes.size() || ascii > 0 || !reader.text().empty()) continue;
    const CodePoint next = gb18030_at(bytes, at);
    append_utf8(text, next.value);
    at += next.length;
  }
  return text;
}

}  // namespace gouji
