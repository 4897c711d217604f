// What an operator may set of the validator beyond what every service has.
#pragma once

#include <string>
#include <vector>

#include "common/core/result.h"
#include "common/runtime/settings.h"

namespace gouji::validator {

std::vector<runtime::SettingSpec> setting_specs();

// Other severities for rules, from a file (core/rules.h, parse_severities); an empty path changes
// nothing. For the whole process, before the first report. Every mistake at once, with file and line.
Result<void> load_severities(const std::string& path);

}  // namespace gouji::validator
