// How a record stands in a row of the local log: headers in one blob, a checksum over position and
// payload.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/result.h"
#include "common/eventlog/record.h"

namespace gouji::eventlog {

// Per header: length of the name, name, length of the value or kNullLength, value. Lengths are
// 4 bytes little-endian. No headers: no bytes.
std::string encode_headers(const std::vector<Header>& headers);
// kInvalidInput MALFORMED when the bytes are not of that form.
Result<std::vector<Header>> decode_headers(std::string_view bytes);

// CRC-32C over time, key, value and headers; null and empty differ.
std::uint32_t payload_crc(const Record& record, std::string_view encoded_headers);
// …and over the place where the row stands, so that a row in the wrong place is found as well.
std::uint32_t row_crc(std::uint32_t payload_crc, std::int64_t partition_id, std::int64_t offset);

}  // namespace gouji::eventlog
