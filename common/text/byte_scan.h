// Searches for a few bytes, sixteen places at a time where the processor can. They are where the
// time of reading a page goes, so they are inline.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace gouji {

#ifdef __SSE2__
namespace byte_scan {

inline __m128i load(const char* at) {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
}
inline __m128i equal(__m128i bytes, char wanted) {
  return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(wanted));
}
inline std::uint32_t bits(__m128i mask) {
  return static_cast<std::uint32_t>(_mm_movemask_epi8(mask));
}

}  // namespace byte_scan
#endif

// First place at or after `at` where `first` or `second` stands; text.size() where there is none.
inline std::size_t find_either(std::string_view text, std::size_t at, char first, char second) {
#ifdef __SSE2__
  for (; at + 16 <= text.size(); at += 16) {
    const __m128i bytes = byte_scan::load(text.data() + at);
    const std::uint32_t found = byte_scan::bits(
        _mm_or_si128(byte_scan::equal(bytes, first), byte_scan::equal(bytes, second)));
    if (found != 0) return at + static_cast<std::size_t>(std::countr_zero(found));
  }
#endif
  while (at < text.size() && text[at] != first && text[at] != second) ++at;
  return at;
}

// First place in [at, end) with a byte of 0x20 or below: white space or a control character.
inline std::size_t find_blank(std::string_view text, std::size_t at, std::size_t end) {
#ifdef __SSE2__
  const __m128i space = _mm_set1_epi8(0x20);
  for (; at + 16 <= end; at += 16) {
    const __m128i bytes = byte_scan::load(text.data() + at);
    const std::uint32_t found = byte_scan::bits(_mm_cmpeq_epi8(_mm_min_epu8(bytes, space), bytes));
    if (found != 0) return at + static_cast<std::size_t>(std::countr_zero(found));
  }
#endif
  while (at<end&& static_cast<unsigned char>(text[at])> 0x20) ++at;
  return at;
}

// Length of the ASCII text that starts at `at` and ends before `end`.
inline std::size_t ascii_length(std::string_view text, std::size_t at, std::size_t end) {
  std::size_t stop = at;
  for (; stop + 8 <= end; stop += 8) {
    std::uint64_t word;
    std::memcpy(&word, text.data() + stop, 8);
    if ((word & 0x8080808080808080U) != 0) break;
  }
  while (stop < end && (text[stop] & 0x80) == 0) ++stop;
  return stop - at;
}

}  // namespace gouji
