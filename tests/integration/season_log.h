// The log of a season: one a program.
#pragma once

#include <functional>
#include <memory>

#include "common/eventlog/log.h"

namespace gouji::crawler {

// A new log without topics; null where it is not available here. It lives as long as the program.
using SeasonLogFactory = std::function<std::unique_ptr<eventlog::EventLog>()>;
SeasonLogFactory season_log();

}  // namespace gouji::crawler
