// Content-Encoding undone, within limits that no server can move: what is kept as evidence are the
// bytes as they came, so they are decoded here and not by the HTTP library.
// After RFC 9110, section 8.4 (gzip, deflate), RFC 7932 (br) and RFC 8878 (zstd).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/core/result.h"

namespace gouji::crawler {

struct DecodingLimits {
  std::int64_t bytes_max = 0;                  // decoded
  std::int64_t ratio_max = 100;                // decoded to encoded…
  std::int64_t ratio_from = 1024 * 1024;       // …of bodies above this
};

// What a request may say that it accepts.
inline constexpr std::string_view kAcceptEncoding = "gzip, deflate, br, zstd";

// `encoding` as the header has it; empty and "identity" give the bytes as they are. At most two
// encodings on top of each other. kInvalidInput TOO_LARGE above a limit, MALFORMED for bytes that
// are not what the header says, or are not all there.
Result<std::string> decode_content(std::string_view encoding, std::string encoded, const DecodingLimits& limits);

}  // namespace gouji::crawler
