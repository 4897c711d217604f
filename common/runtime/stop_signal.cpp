#include "common/runtime/stop_signal.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <string_view>
#include <thread>
#include <utility>

#include "common/core/check.h"

namespace gouji::runtime {

namespace {

constexpr int kForcedExitCode = 75;  // EX_TEMPFAIL

[[noreturn]] void exit_at_once(std::string_view why) {
  [[maybe_unused]] const auto written = write(STDERR_FILENO, why.data(), why.size());
  _exit(kForcedExitCode);
}

// Blocks the signals in this thread and, by inheritance, in every later one.
int take_stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  GOUJI_CHECK(pthread_sigmask(SIG_BLOCK, &signals, nullptr) == 0);
  struct sigaction ignore{};
  ignore.sa_handler = SIG_IGN;
  GOUJI_CHECK(sigaction(SIGPIPE, &ignore, nullptr) == 0);
  return signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
}

int take_signal_count(int signal_fd) {
  int count = 0;
  signalfd_siginfo info{};
  while (read(signal_fd, &info, sizeof info) == static_cast<ssize_t>(sizeof info)) ++count;
  return count;
}

}  // namespace

// Two threads: the watcher must see the second signal and the limit while an action of the runner
// hangs.
struct StopSignal::State {
  explicit State(std::chrono::milliseconds stop_limit)
      : limit(stop_limit), signal_fd(take_stop_signals()), wake_fd(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    GOUJI_CHECK(signal_fd >= 0 && wake_fd >= 0);
    runner = std::thread([this] { run_actions(); });
    watcher = std::thread([this] { watch(); });
  }

  ~State() {
    {
      const std::lock_guard lock(mutex);
      is_closing = true;
    }
    changed.notify_all();
    runner.join();  // while the watcher still guards the limit
    is_watch_over = true;
    wake();
    watcher.join();
    close(signal_fd);
    close(wake_fd);
  }

  void wake() const { eventfd_write(wake_fd, 1); }

  void request() {
    {
      const std::lock_guard lock(mutex);
      if (is_requested) return;
      is_requested = true;
      give_up_at = std::chrono::steady_clock::now() + limit;
    }
    changed.notify_all();
    wake();
  }

  void watch() {
    while (!is_watch_over) {
      pollfd waited[] = {{signal_fd, POLLIN, 0}, {wake_fd, POLLIN, 0}};
      poll(waited, 2, wait_ms());
      eventfd_t ignored = 0;
      eventfd_read(wake_fd, &ignored);
      for (int left = take_signal_count(signal_fd); left > 0; --left) {
        if (is_requested) exit_at_once("gouji: 再次收到停止信号，立即结束 / a second signal, ending at once\n");
        request();
      }
      if (is_requested && !is_watch_over && wait_ms() == 0)
        exit_at_once("gouji: 停止超过时限，立即结束 / stopping took longer than its limit, ending at once\n");
    }
  }

  int wait_ms() {
    const std::lock_guard lock(mutex);
    if (!is_requested) return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(give_up_at - std::chrono::steady_clock::now());
    if (left.count() <= 0) return 0;
    return static_cast<int>(std::min<std::int64_t>(left.count(), 60'000));
  }

  void run_actions() {
    std::unique_lock lock(mutex);
    changed.wait(lock, [this] { return is_requested || is_closing; });
    for (std::size_t i = 0; is_requested && i < actions.size(); ++i) {
      const auto action = std::move(actions[i]);
      is_acting = true;
      lock.unlock();
      action();
      lock.lock();
      is_acting = false;
      changed.notify_all();
    }
    actions.clear();
  }

  const std::chrono::milliseconds limit;
  const int signal_fd;
  const int wake_fd;

  mutable std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::function<void()>> actions;
  std::chrono::steady_clock::time_point give_up_at;
  bool is_closing = false;
  bool is_acting = false;

  std::atomic<bool> is_requested{false};
  std::atomic<bool> is_watch_over{false};
  std::thread runner;
  std::thread watcher;
};

StopSignal::StopSignal(std::chrono::milliseconds limit) : state_(new State(limit)) {}
StopSignal::~StopSignal() { delete state_; }

bool StopSignal::requested() const { return state_->is_requested; }

void StopSignal::on_stop(std::function<void()> action) {
  {
    const std::lock_guard lock(state_->mutex);
    if (!state_->is_requested) {
      state_->actions.push_back(std::move(action));
      return;
    }
  }
  action();
}

void StopSignal::forget_actions() {
  std::unique_lock lock(state_->mutex);
  state_->actions.clear();
  state_->changed.wait(lock, [this] { return !state_->is_acting; });
}

void StopSignal::request() { state_->request(); }

bool StopSignal::wait_for(std::chrono::milliseconds wait) const {
  std::unique_lock lock(state_->mutex);
  return state_->changed.wait_for(lock, wait, [this] { return state_->is_requested.load(); });
}

}  // namespace gouji::runtime
