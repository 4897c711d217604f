// What a worker gives up before it sees the first byte of a document. One function, so that every
// worker has the same walls.
#pragma once

#include <cstdint>

#include <sys/types.h>

#include "common/core/result.h"

namespace gouji::runtime {

struct Sandbox {
  pid_t parent = 0;                    // the worker dies with it
  std::int64_t memory_bytes_max = 0;   // RLIMIT_AS
  int channel = 3;                     // the only descriptor above standard error that stays open
};

// True in builds with a sanitizer: its run-time needs address space, and pipes to probe memory, so
// the limits of both and the filter of system calls are left out there.
bool is_sandbox_partial();

// The AUDIT_ARCH_ number of this processor, which every filter of system calls asks for first.
std::uint32_t processor();

// Cannot be undone. Afterwards: no new descriptor, no file written, no process, no network, no new
// executable memory, no core dump. kFatal when the kernel refuses any part: then no document may be
// read.
Result<void> drop_privileges(const Sandbox& sandbox);

}  // namespace gouji::runtime
