// The lock of the one process that runs the stages of a local log: flock on a file beside it, with
// the holder's pid inside. The kernel lets go of it when the holder dies, however it dies.
#pragma once

#include <memory>
#include <string>

#include "common/core/result.h"

namespace gouji::eventlog {

class OwnerLock {
 public:
  // kFatal LOG_LOCKED naming the holder's pid, when another one holds it.
  static Result<std::unique_ptr<OwnerLock>> take(const std::string& log_path);
  ~OwnerLock();
  OwnerLock(const OwnerLock&) = delete;
  OwnerLock& operator=(const OwnerLock&) = delete;

 private:
  explicit OwnerLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace gouji::eventlog
