// What the user named on the command line or in the settings, as sources.
#pragma once

#include <string>
#include <vector>

#include "common/core/result.h"
#include "services/crawler/core/source.h"

namespace gouji::crawler {

// Each argument is a file, a directory, an address (http://, https://) or a portal file (a .json
// file whose object has the member "schema"). kFatal BAD_SETTINGS with every mistake of every
// argument, a line each.
Result<std::vector<Source>> sources_from(const std::vector<std::string>& arguments);

}  // namespace gouji::crawler
