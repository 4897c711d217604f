// A file that a command was given: whatever can be read, a pipe as well, and bounded.
#pragma once

#include <cstddef>
#include <string>

#include "common/core/result.h"

namespace gouji::command {

// kFatal NOT_FOUND where it cannot be read, BAD_ARGUMENT beyond `bytes_max`; both name it.
Result<std::string> read_argument(const std::string& path, std::size_t bytes_max);

}  // namespace gouji::command
