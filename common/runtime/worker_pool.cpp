#include "common/runtime/worker_pool.h"

#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <future>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "common/core/check.h"
#include "common/runtime/worker_process.h"

namespace gouji::runtime {

namespace {

using Started = Result<std::unique_ptr<WorkerProcess>>;

// Starts workers on one thread that lives as long as the pool: the kernel ends a worker together
// with the thread that started it, and callers' threads may be short-lived.
class Launcher {
 public:
  explicit Launcher(const WorkerPoolOptions& options) : options_(options), thread_([this] { run(); }) {}
  ~Launcher() {
    {
      const std::lock_guard lock(mutex_);
      is_closing_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }
  Launcher(const Launcher&) = delete;
  Launcher& operator=(const Launcher&) = delete;

  Started start() {
    std::packaged_task<Started()> task([this] { return WorkerProcess::start(options_); });
    auto started = task.get_future();
    {
      const std::lock_guard lock(mutex_);
      tasks_.push_back(std::move(task));
    }
    changed_.notify_all();
    return started.get();
  }

 private:
  void run() {
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [this] { return is_closing_ || !tasks_.empty(); });
      if (tasks_.empty()) return;
      auto task = std::move(tasks_.front());
      tasks_.pop_front();
      lock.unlock();
      task();
      lock.lock();
    }
  }

  const WorkerPoolOptions& options_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::packaged_task<Started()>> tasks_;  // at most one per slot of the pool
  bool is_closing_ = false;
  std::thread thread_;
};

}  // namespace

class WorkerPool::Impl {
 public:
  explicit Impl(WorkerPoolOptions options)
      : options_(std::move(options)), launcher_(options_), free_(options_.workers) {}

  Result<std::string> call(std::string_view request, std::span<const std::string_view> more) {
    std::size_t size = request.size();
    for (const std::string_view part : more) size += part.size();
    if (size > options_.request_bytes_max)
      return invalid_input(ErrorCode::kTooLarge,
                           fmt::format("a request of {} bytes to worker '{}', over the limit of {}",
                                       size, options_.kind, options_.request_bytes_max));
    ++requests_;
    Slot slot(*this);
    Exchange exchange;
    for (int attempt = 1; attempt <= kAttempts; ++attempt) {
      GOUJI_TRY(make_ready(slot.seat));
      exchange = slot.seat.worker->ask(request, more);
      if (exchange.status == FrameStatus::kOk) return std::move(exchange.answer);
      ++(exchange.status == FrameStatus::kTimeout ? timeouts_ : deaths_);
      slot.seat.worker.reset();
    }
    const auto code =
        exchange.status == FrameStatus::kTimeout ? ErrorCode::kTimeout : ErrorCode::kWorkerDied;
    return invalid_input(code, fmt::format("worker '{}' failed {} times on this document, at last: {}",
                                           options_.kind, kAttempts, exchange.detail));
  }

  std::size_t size() const { return options_.workers; }
  WorkerPoolCounts counts() const { return {requests_, deaths_, timeouts_, restarts_}; }

 private:
  static constexpr int kAttempts = 2;

  // The right to one worker, which may have to be started first.
  struct Seat {
    std::unique_ptr<WorkerProcess> worker;
    bool had_one = false;
  };

  struct Slot {
    explicit Slot(Impl& pool) : owner(pool), seat(pool.take()) {}
    ~Slot() { owner.give_back(std::move(seat)); }
    Slot(const Slot&) = delete;
    Slot& operator=(const Slot&) = delete;
    Impl& owner;
    Seat seat;
  };

  // The worker used last comes first: its memory is warm, and idle ones are never started.
  Seat take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !free_.empty(); });
    Seat seat = std::move(free_.back());
    free_.pop_back();
    return seat;
  }

  void give_back(Seat seat) {
    if (seat.worker && seat.worker->requests() >= options_.requests_per_worker) seat.worker.reset();
    {
      const std::lock_guard lock(mutex_);
      // One that still has to be started waits below those that run.
      free_.insert(seat.worker ? free_.end() : free_.begin(), std::move(seat));
    }
    changed_.notify_one();
  }

  Result<void> make_ready(Seat& seat) {
    if (seat.worker && !seat.worker->is_waiting()) {
      ++deaths_;
      seat.worker.reset();
    }
    if (seat.worker) return ok();
    GOUJI_ASSIGN(seat.worker, launcher_.start());
    if (std::exchange(seat.had_one, true)) ++restarts_;
    return ok();
  }

  const WorkerPoolOptions options_;
  Launcher launcher_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Seat> free_;
  std::atomic<std::int64_t> requests_{0}, deaths_{0}, timeouts_{0}, restarts_{0};
};

Result<std::unique_ptr<WorkerPool>> WorkerPool::create(WorkerPoolOptions options) {
  GOUJI_CHECK(options.workers > 0 && options.requests_per_worker > 0 && !options.kind.empty());
  if (access(options.program.c_str(), X_OK) != 0)
    return fatal(ErrorCode::kUnreadable,
                 fmt::format("{} cannot be run as a '{}' worker: {}; /proc must be mounted",
                             options.program, options.kind, std::strerror(errno)));
  return std::unique_ptr<WorkerPool>(new WorkerPool(std::make_unique<Impl>(std::move(options))));
}

WorkerPool::WorkerPool(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
WorkerPool::~WorkerPool() = default;

Result<std::string> WorkerPool::call(std::string_view request, std::span<const std::string_view> more) {
  return impl_->call(request, more);
}
std::size_t WorkerPool::size() const { return impl_->size(); }
WorkerPoolCounts WorkerPool::counts() const { return impl_->counts(); }

}  // namespace gouji::runtime
