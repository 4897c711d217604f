// GB18030 (and its subsets GBK and GB2312) to UTF-8. The two-byte table and the four-byte ranges
// are generated on the build host from its iconv, see gb18030_generate.cpp.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "common/text/utf8.h"

namespace gouji {

// How well bytes fit the encoding, counted over at most `bytes_max` bytes from the start.
struct Gb18030Fit {
  std::size_t characters = 0;  // of two or four bytes, valid
  std::size_t errors = 0;      // sequences that are not GB18030
};
Gb18030Fit gb18030_fit(std::string_view bytes, std::size_t bytes_max);

// The character at `at` (< bytes.size()); an error takes one byte and reads as U+FFFD.
CodePoint gb18030_at(std::string_view bytes, std::size_t at);

// Errors become U+FFFD, one for each byte that cannot start a character where it stands.
std::string utf8_from_gb18030(std::string_view bytes);

}  // namespace gouji
