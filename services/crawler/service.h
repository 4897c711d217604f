// The crawler as a program: settings, log, topics check, admin endpoint, signals, exit codes.
#pragma once

#include <vector>

#include "common/runtime/settings.h"

namespace gouji::crawler {

// The crawler's settings with those that a service has beside them: log, admin endpoint, sources, data.
std::vector<runtime::SettingSpec> service_settings();
// Returns the exit code.
int run_service(int argc, char** argv);

}  // namespace gouji::crawler
