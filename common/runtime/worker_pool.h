// Worker processes: hostile bytes are read in children of this program without network, files or
// privileges, never in a process that holds sockets or credentials. A worker is /proc/self/exe run
// again with a hidden argument; requests and answers are frames of a u32 length (little-endian) and
// bytes, over a socket pair on file descriptor 3.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "common/core/result.h"

namespace gouji::runtime {

// The hidden first argument; followed by the worker's kind: "--gouji-worker=parser".
inline constexpr std::string_view kWorkerArgument = "--gouji-worker=";

struct WorkerPoolOptions {
  std::string kind;                             // after kWorkerArgument
  std::size_t workers = 2;
  std::chrono::milliseconds deadline{10'000};   // per request, then SIGKILL
  std::int64_t memory_bytes_max = 256LL * 1024 * 1024;  // RLIMIT_AS of a worker, so that no more is ever resident
  std::size_t request_bytes_max = 160 * 1024 * 1024;
  std::size_t answer_bytes_max = 4 * 1024 * 1024;
  int requests_per_worker = 5'000;              // then it is replaced
  std::string program = "/proc/self/exe";       // another one only in tests
};

struct WorkerPoolCounts {
  std::int64_t requests = 0;
  std::int64_t deaths = 0;     // crashed, killed by a limit, or answered out of bounds
  std::int64_t timeouts = 0;
  std::int64_t restarts = 0;
};

class WorkerPool {
 public:
  // Starts no process yet: workers start on demand. kFatal when this program cannot be run again.
  static Result<std::unique_ptr<WorkerPool>> create(WorkerPoolOptions options);
  ~WorkerPool();  // kills and reaps all workers

  // One request, one answer; waits for a free worker. Thread-safe. `more` follows the request in one
  // frame: large documents are sent from where they lie, without a copy. When the worker dies or is
  // killed the request is tried once more on a new one; dying twice is
  // kInvalidInput WORKER_DIED (or TIMEOUT), which makes the document poison. A worker that cannot be
  // started is no fault of the document: kUnavailable WORKER_DIED.
  Result<std::string> call(std::string_view request, std::span<const std::string_view> more = {});
  std::size_t size() const;
  WorkerPoolCounts counts() const;

 private:
  class Impl;
  explicit WorkerPool(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// In main, before anything else: the worker kind when this process is a worker, else empty.
std::string_view worker_kind(int argc, char** argv);
// The worker's whole life: gives up privileges (sandbox.h: no files, no network, no new processes,
// no core; every descriptor but 3 closed, dies with its parent), then answers requests until the
// other end closes. Returns the exit code. `handle` must not throw, and finds no environment, no
// file and no second thread: what it needs from outside is read before run_worker is called.
int run_worker(const std::function<std::string(std::string_view)>& handle);

}  // namespace gouji::runtime
