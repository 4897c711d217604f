// Near-equality of texts, and the shape of a template. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace gouji::crawler {

// 64-bit simhash over runs of three characters (M. Charikar, "Similarity estimation techniques from
// rounding algorithms", 2002). Texts that differ in a few places differ in a few bits; 0 for less
// than three characters.
std::uint64_t simhash(std::string_view text);
int bits_apart(std::uint64_t a, std::uint64_t b);
// 16 hex digits of SHA-256.
std::string fingerprint(std::string_view shape);

}  // namespace gouji::crawler
