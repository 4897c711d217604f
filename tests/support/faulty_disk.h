// A disk under SQLite that does as it is told at the n-th write, sync, truncation or removal: fails,
// is full, or ends the process there. Lies between SQLite and its own way to files, in this process.
#pragma once

#include <cstdint>

namespace gouji::testing {

enum class DiskFault {
  kNone,
  kKillBefore,   // SIGKILL; the operation does not happen
  kKillAfter,    // …or just has
  kKillHalfway,  // half of a write has
  kFailOnce,     // an I/O error, once
  kFail,         // …and again at every operation that follows
  kSyncFails,    // every sync from there on fails; writes go through
  kFull,         // no space for any write that follows
};

// From the next file on that SQLite opens. `at` counts from 1.
void install_faulty_disk(DiskFault fault, std::int64_t at);
// Operations so far.
std::int64_t disk_operations();

}  // namespace gouji::testing
