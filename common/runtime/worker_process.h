// One worker process, seen from the program that started it.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <sys/types.h>

#include "common/core/result.h"
#include "common/runtime/descriptor.h"
#include "common/runtime/worker_frame.h"
#include "common/runtime/worker_pool.h"

namespace gouji::runtime {

// How one exchange ended; `detail` says for people why it failed.
struct Exchange {
  FrameStatus status = FrameStatus::kOk;
  std::string answer;
  std::string detail;
};

// One thread at a time. Killed and reaped by its destructor.
class WorkerProcess {
 public:
  // Starts the program, and waits until the worker has given up its privileges. The calling thread
  // must outlive the worker: the kernel ends the worker with the *thread* that started it.
  // kUnavailable WORKER_DIED when it does not come up.
  static Result<std::unique_ptr<WorkerProcess>> start(const WorkerPoolOptions& options);
  ~WorkerProcess();
  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;

  // False when it died, or said something, while nobody asked.
  bool is_waiting() const;
  // Every status but kOk leaves the process killed.
  Exchange ask(std::string_view request, std::span<const std::string_view> more);
  int requests() const { return requests_; }

 private:
  WorkerProcess(const WorkerPoolOptions& options, pid_t pid, Descriptor channel, Descriptor complaints);
  Result<void> greet();
  // Ends the process; how it ended, and the end of what it wrote to standard error.
  std::string kill_and_explain();
  void forget_complaints() const;

  const WorkerPoolOptions& options_;
  pid_t pid_;  // -1 once reaped
  Descriptor channel_;
  Descriptor complaints_;  // read end of the worker's standard error
  int requests_ = 0;
};

}  // namespace gouji::runtime
