#include "common/markup/html_style.h"

#include <bit>
#include <cstddef>
#include <cstdint>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace gouji {
namespace {

constexpr std::string_view kProperty = "display";
constexpr std::string_view kValue = "none";

bool begins_with(std::string_view text, std::string_view lower) {
  if (text.size() < lower.size()) return false;
  for (std::size_t i = 0; i < lower.size(); ++i) {
    if ((text[i] | 0x20) != lower[i]) return false;
  }
  return true;
}

bool hides_at(std::string_view style, std::size_t at) {
  std::string_view rest = style.substr(at);
  if (!begins_with(rest, kProperty)) return false;
  rest.remove_prefix(kProperty.size());
  std::size_t colons = 0;
  while (!rest.empty() && (rest[0] == ' ' || (rest[0] == ':' && colons++ == 0)))
    rest.remove_prefix(1);
  return colons > 0 && begins_with(rest, kValue);
}

#ifdef __SSE2__
// Bits of the sixteen places from `text` on where a 'd' stands with a 'p' three places behind it.
// Word writes more style than text, so this is where most of a page is read.
std::uint32_t candidates(const char* text) {
  const __m128i to_lower = _mm_set1_epi8(0x20);
  const auto equal = [&](std::size_t from, char wanted) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text + from));
    return _mm_cmpeq_epi8(_mm_or_si128(bytes, to_lower), _mm_set1_epi8(wanted));
  };
  return static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_and_si128(equal(0, 'd'), equal(3, 'p'))));
}
#endif

}  // namespace

bool hides(std::string_view style) {
  constexpr std::size_t kShortest = 12;  // display:none
  if (style.size() < kShortest) return false;
  std::size_t at = 0;
#ifdef __SSE2__
  const auto hides_in_sixteen = [&](std::size_t from) {
    for (std::uint32_t bits = candidates(style.data() + from); bits != 0; bits &= bits - 1) {
      if (hides_at(style, from + static_cast<std::size_t>(std::countr_zero(bits)))) return true;
    }
    return false;
  };
  constexpr std::size_t kBlock = 16 + 3;
  for (; at + kBlock < style.size(); at += 16) {
    if (hides_in_sixteen(at)) return true;
  }
  // The last block may look at some places once more.
  if (style.size() >= kBlock) return hides_in_sixteen(style.size() - kBlock);
#endif
  for (; at + kShortest <= style.size(); ++at) {
    if (hides_at(style, at)) return true;
  }
  return false;
}

}  // namespace gouji
