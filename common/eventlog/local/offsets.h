// The committed offsets of all groups of a local log.
#pragma once

#include <vector>

#include "common/core/result.h"
#include "common/eventlog/local/sqlite.h"
#include "common/eventlog/log.h"

namespace gouji::eventlog {

Result<std::vector<CommittedOffset>> load_offsets(SqliteConnection& connection);
// Offsets of a group that is at work do not expire, however quiet its inputs are: those not touched
// for a day count as committed now. Inside a transaction.
Result<void> touch_offsets(SqliteConnection& connection, std::string_view group, UnixMillis now);

}  // namespace gouji::eventlog
