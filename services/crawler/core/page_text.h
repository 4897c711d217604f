// A page as it came to a text. Runs in the worker: the bytes are hostile.
#pragma once

#include <string>
#include <string_view>

#include "common/core/result.h"

namespace gouji::crawler {

// A page in UTF-8, by its bytes, its labels and the declared type.
Result<std::string> page_text(std::string_view bytes, std::string_view media_type);

}  // namespace gouji::crawler
