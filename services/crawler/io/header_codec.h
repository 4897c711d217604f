// Headers of a record as one blob, for the outbox: for each header its name, a byte that says
// whether it has a value, and the value; texts are preceded by their length (u32, little-endian).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/core/record.h"
#include "common/core/result.h"

namespace gouji::crawler {

std::string pack_headers(const std::vector<Header>& headers);
// kFatal LOG_CORRUPT for bytes that pack_headers() did not write.
Result<std::vector<Header>> unpack_headers(std::string_view bytes);

}  // namespace gouji::crawler
