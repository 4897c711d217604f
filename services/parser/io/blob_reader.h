// Reads the content-addressed store that the crawler fills: FOLDER/sha256/ab/cdef….
#pragma once

#include <string>

#include "common/core/result.h"

namespace gouji::parser {

// The bytes of "cas://sha256/<hex>", checked against their digest. kUnavailable BLOB_MISSING while
// the file is not there, or when no folder is set; kInvalidInput DIGEST_MISMATCH when it holds
// something else.
Result<std::string> read_blob(const std::string& folder, const std::string& reference);

}  // namespace gouji::parser
