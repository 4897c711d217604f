// One process at a time: a lock on a file that holds its owner's pid. The kernel lets go of it when
// the process ends, however it ends.
#pragma once

#include <string>

#include "common/core/result.h"

namespace gouji::crawler {

class ProcessLock {
 public:
  // kFatal LOG_LOCKED names `thing` and the holder's pid.
  static Result<ProcessLock> take(const std::string& path, const std::string& thing);
  ProcessLock(ProcessLock&& other) noexcept;
  ProcessLock& operator=(ProcessLock&&) = delete;
  ~ProcessLock();

 private:
  explicit ProcessLock(int file) : file_(file) {}
  int file_;
};

}  // namespace gouji::crawler
