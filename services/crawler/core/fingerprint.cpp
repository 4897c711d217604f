#include "services/crawler/core/fingerprint.h"

#include <array>
#include <bit>

#include "common/core/digest.h"
#include "common/text/utf8.h"

namespace gouji::crawler {

namespace {

// The finaliser of SplitMix64 (S. Vigna).
std::uint64_t mixed(std::uint64_t value) {
  value += 0x9E3779B97F4A7C15U;
  value = (value ^ (value >> 30U)) * 0xBF58476D1CE4E5B9U;
  value = (value ^ (value >> 27U)) * 0x94D049BB133111EBU;
  return value ^ (value >> 31U);
}

}  // namespace

std::uint64_t simhash(std::string_view text) {
  std::array<std::int64_t, 64> votes{};
  std::uint64_t run = 0;
  std::size_t characters = 0;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = code_point_at(text, at);
    at += point.length;
    run = (run << 21U) | (static_cast<std::uint64_t>(point.value) & 0x1FFFFFU);
    if (++characters < 3) continue;
    const std::uint64_t hash = mixed(run & 0x7FFFFFFFFFFFFFFFU);
    for (std::size_t bit = 0; bit < 64; ++bit) votes[bit] += (hash >> bit & 1U) != 0 ? 1 : -1;
  }
  std::uint64_t out = 0;
  for (std::size_t bit = 0; bit < 64; ++bit) out |= static_cast<std::uint64_t>(votes[bit] > 0 ? 1 : 0) << bit;
  return out;
}

int bits_apart(std::uint64_t a, std::uint64_t b) { return std::popcount(a ^ b); }

std::string fingerprint(std::string_view shape) { return to_hex(sha256(shape)).substr(0, 16); }

}  // namespace gouji::crawler
