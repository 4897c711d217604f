// Retention and compaction of the local log, in chunks that hold the writer for some milliseconds each.
#pragma once

#include "common/core/clock.h"
#include "common/core/result.h"
#include "common/eventlog/local/local_log.h"
#include "common/eventlog/local/store.h"

namespace gouji::eventlog {

// See maintain_local_log. Also lets go of offsets that nobody committed for a year, gives free
// pages back to the disk and keeps the write-ahead log short.
Result<MaintenanceReport> maintain(LocalStore& store, UnixMillis now, const MaintenanceLimits& limits);

}  // namespace gouji::eventlog
