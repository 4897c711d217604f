#include <malloc.h>
#include <unistd.h>

#include <cstdio>

#include "common/runtime/sandbox.h"
#include "common/runtime/worker_frame.h"
#include "common/runtime/worker_pool.h"

namespace gouji::runtime {

std::string_view worker_kind(int argc, char** argv) {
  if (argc != 2) return {};
  const std::string_view argument = argv[1];
  return argument.starts_with(kWorkerArgument) ? argument.substr(kWorkerArgument.size()) : std::string_view{};
}

int run_worker(const std::function<std::string(std::string_view)>& handle) {
  const auto first = read_frame(kWorkerChannel, kWorkerOrdersBytes);
  if (first.status != FrameStatus::kOk || first.bytes.size() != kWorkerOrdersBytes) {
    std::fputs("worker: started by hand; it is only run by its own program\n", stderr);
    return 64;
  }
  const WorkerOrders orders = decode_orders(first.bytes);
  const auto dropped = drop_privileges({static_cast<pid_t>(orders.parent), orders.memory_bytes_max, kWorkerChannel});
  if (!dropped) {
    std::fprintf(stderr, "%s\n", dropped.error().message.c_str());
    return 1;
  }
  // What is large goes back to the kernel when it is freed, so that one document's memory is the next one's.
  mallopt(M_MMAP_THRESHOLD, 4 * 1024 * 1024);
  if (!write_frame(kWorkerChannel, kWorkerGreeting)) return 0;
  for (;;) {
    const auto request = read_frame(kWorkerChannel, static_cast<std::size_t>(orders.request_bytes_max));
    if (request.status == FrameStatus::kTooLarge) return 1;
    if (request.status != FrameStatus::kOk) return 0;
    if (!write_frame(kWorkerChannel, handle(request.bytes))) return 0;
  }
}

}  // namespace gouji::runtime
