// Searches for a few bytes, sixteen places at a time where the processor can. They are where the
// time of reading a page goes, so they are inline.
#pragma once

#include <algorithm>
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

// First place in [at, end) where one of the wanted bytes stands; `end` where there is none. Looks at
// bytes behind `end` as well where the text goes on.
template <char... kWanted>
inline std::size_t find_any(std::string_view text, std::size_t at, std::size_t end) {
#ifdef __SSE2__
  for (; at < end && at + 16 <= text.size(); at += 16) {
    const __m128i bytes = byte_scan::load(text.data() + at);
    const std::uint32_t found = byte_scan::bits((byte_scan::equal(bytes, kWanted) | ...));
    if (found != 0) return std::min(at + static_cast<std::size_t>(std::countr_zero(found)), end);
  }
  if (at >= end) return end;
#endif
  while (at < end && ((text[at] != kWanted) && ...)) ++at;
  return at;
}

// First place of `word`, which has two bytes or more; npos where it is not. Words of Chinese begin with
// one of few bytes, so they are told by their second byte and their last.
inline std::size_t find_word(std::string_view text, std::string_view word) {
  if (text.size() < word.size()) return text.npos;
  const std::size_t last = word.size() - 1, last_place = text.size() - word.size();
  const auto is_at = [&](std::size_t at) { return std::memcmp(text.data() + at, word.data(), word.size()) == 0; };
  std::size_t at = 0;
#ifdef __SSE2__
  // The last sixteen places may overlap those before.
  for (; last_place >= 15 && at <= last_place; at += 16) {
    const std::size_t from = at + 15 <= last_place ? at : last_place - 15;
    const __m128i seconds = byte_scan::equal(byte_scan::load(text.data() + from + 1), word[1]);
    const __m128i lasts = byte_scan::equal(byte_scan::load(text.data() + from + last), word[last]);
    for (std::uint32_t found = byte_scan::bits(_mm_and_si128(seconds, lasts)); found != 0; found &= found - 1) {
      const std::size_t place = from + static_cast<std::size_t>(std::countr_zero(found));
      if (is_at(place)) return place;
    }
  }
#endif
  for (; at <= last_place; ++at) {
    if (text[at + 1] == word[1] && is_at(at)) return at;
  }
  return text.npos;
}

// The same at or behind `from`.
inline std::size_t find_word(std::string_view text, std::string_view word, std::size_t from) {
  if (from > text.size()) return text.npos;
  const std::size_t at = find_word(text.substr(from), word);
  return at == text.npos ? at : at + from;
}

// First place in [at, end) with a byte of 0x20 or below: white space or a control character. Looks
// behind `end` as find_any does.
inline std::size_t find_blank(std::string_view text, std::size_t at, std::size_t end) {
#ifdef __SSE2__
  const __m128i space = _mm_set1_epi8(0x20);
  for (; at < end && at + 16 <= text.size(); at += 16) {
    const __m128i bytes = byte_scan::load(text.data() + at);
    const std::uint32_t found = byte_scan::bits(_mm_cmpeq_epi8(_mm_min_epu8(bytes, space), bytes));
    if (found != 0) return std::min(at + static_cast<std::size_t>(std::countr_zero(found)), end);
  }
  if (at >= end) return end;
#endif
  while (at < end && static_cast<unsigned char>(text[at]) > 0x20) ++at;
  return at;
}

// Length of the ASCII text that starts at `at` and ends before `end`.
inline std::size_t ascii_length(std::string_view text, std::size_t at, std::size_t end) {
  std::size_t stop = at;
#ifdef __SSE2__
  for (; stop + 16 <= end; stop += 16) {
    const std::uint32_t others = byte_scan::bits(byte_scan::load(text.data() + stop));
    if (others != 0) return stop - at + static_cast<std::size_t>(std::countr_zero(others));
  }
#endif
  for (; stop + 8 <= end; stop += 8) {
    std::uint64_t word;
    std::memcpy(&word, text.data() + stop, 8);
    if ((word & 0x8080808080808080U) != 0) break;
  }
  while (stop < end && (text[stop] & 0x80) == 0) ++stop;
  return stop - at;
}

}  // namespace gouji
