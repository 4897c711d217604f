#include "common/runtime/worker_process.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "common/core/check.h"

namespace gouji::runtime {

namespace {

using namespace std::chrono_literals;

constexpr auto kStartLimit = 30s;              // a loaded machine, a large program
constexpr std::size_t kComplaintsMax = 512;    // of standard error, in an error's message
constexpr int kLowestOwnDescriptor = 10;       // above all numbers that the worker's are moved to

struct SocketPair {
  Descriptor ours;
  Descriptor theirs;
};

Error cannot_start(std::string_view kind, std::string_view why) {
  return unavailable(ErrorCode::kWorkerDied, fmt::format("cannot start a '{}' worker: {}", kind, why));
}

// Out of the way of 0…3, so that moving descriptors in the child never overwrites one of these.
Descriptor lifted(int descriptor) {
  Descriptor low(descriptor);
  return Descriptor(fcntl(descriptor, F_DUPFD_CLOEXEC, kLowestOwnDescriptor));
}

Result<SocketPair> open_channel() {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    return unavailable(ErrorCode::kInternal, std::strerror(errno));
  return SocketPair{lifted(ends[0]), lifted(ends[1])};
}

// A pipe that never blocks: what a worker complains about beyond its size is dropped.
Result<SocketPair> open_complaints() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
    return unavailable(ErrorCode::kInternal, std::strerror(errno));
  return SocketPair{lifted(ends[0]), lifted(ends[1])};
}

// posix_spawn: safe with threads, and no copy of this process's page tables.
class Spawn {
 public:
  Spawn() {
    GOUJI_CHECK(posix_spawn_file_actions_init(&actions_) == 0 && posix_spawnattr_init(&attributes_) == 0);
  }
  ~Spawn() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }
  Spawn(const Spawn&) = delete;
  Spawn& operator=(const Spawn&) = delete;

  void set_descriptors(int channel, int complaints) {
    GOUJI_CHECK(posix_spawn_file_actions_addopen(&actions_, 0, "/dev/null", O_RDONLY, 0) == 0);
    GOUJI_CHECK(posix_spawn_file_actions_addopen(&actions_, 1, "/dev/null", O_WRONLY, 0) == 0);
    GOUJI_CHECK(posix_spawn_file_actions_adddup2(&actions_, complaints, 2) == 0);
    GOUJI_CHECK(posix_spawn_file_actions_adddup2(&actions_, channel, kWorkerChannel) == 0);
    GOUJI_CHECK(posix_spawn_file_actions_addclosefrom_np(&actions_, kWorkerChannel + 1) == 0);
  }

  // Default signals, none blocked, and a session of its own: Ctrl-C on the terminal is for us.
  void set_signals() {
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    GOUJI_CHECK(posix_spawnattr_setsigmask(&attributes_, &none) == 0);
    GOUJI_CHECK(posix_spawnattr_setsigdefault(&attributes_, &all) == 0);
    GOUJI_CHECK(posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
                                                           POSIX_SPAWN_SETSID) == 0);
  }

  int run(const std::string& program, std::string argument, pid_t& pid) {
    std::string name = "gouji-worker";
    char* const arguments[] = {name.data(), argument.data(), nullptr};
    char* const environment[] = {nullptr};
    return posix_spawn(&pid, program.c_str(), &actions_, &attributes_, arguments, environment);
  }

 private:
  posix_spawn_file_actions_t actions_;
  posix_spawnattr_t attributes_;
};

std::string explain_end(int status) {
  if (WIFSIGNALED(status)) {
    const char* name = sigabbrev_np(WTERMSIG(status));
    return fmt::format("ended by signal {} (SIG{})", WTERMSIG(status), name == nullptr ? "?" : name);
  }
  return fmt::format("ended with exit code {}", WEXITSTATUS(status));
}

// Hostile bytes may have chosen what stands there: printable ASCII only.
std::string printable(std::string text) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  for (char& c : text)
    if (c < 0x20 || c > 0x7e) c = c == '\n' ? ' ' : '?';
  return text;
}

// The last kComplaintsMax bytes of what lies in the pipe, which holds 64 KiB at the most.
std::string read_complaints(int pipe) {
  std::string tail;
  std::array<char, 4096> buffer;
  for (ssize_t got = 0; (got = read(pipe, buffer.data(), buffer.size())) > 0;) {
    tail.append(buffer.data(), static_cast<std::size_t>(got));
    if (tail.size() > kComplaintsMax) tail.erase(0, tail.size() - kComplaintsMax);
  }
  return printable(std::move(tail));
}

}  // namespace

Result<std::unique_ptr<WorkerProcess>> WorkerProcess::start(const WorkerPoolOptions& options) {
  auto channel = open_channel();
  auto complaints = open_complaints();
  if (!channel) return cannot_start(options.kind, channel.error().message);
  if (!complaints) return cannot_start(options.kind, complaints.error().message);
  if (channel->ours.get() < 0 || channel->theirs.get() < 0 || complaints->ours.get() < 0 ||
      complaints->theirs.get() < 0)
    return cannot_start(options.kind, "no free file descriptor");
  Spawn spawn;
  spawn.set_descriptors(channel->theirs.get(), complaints->theirs.get());
  spawn.set_signals();
  pid_t pid = -1;
  const int refused = spawn.run(options.program, std::string(kWorkerArgument) + options.kind, pid);
  if (refused != 0)
    return cannot_start(options.kind, fmt::format("{}: {}", options.program, std::strerror(refused)));
  std::unique_ptr<WorkerProcess> worker(
      new WorkerProcess(options, pid, std::move(channel->ours), std::move(complaints->ours)));
  channel->theirs = Descriptor();  // else the end of the worker would never be seen
  complaints->theirs = Descriptor();
  GOUJI_TRY(worker->greet());
  return worker;
}

WorkerProcess::WorkerProcess(const WorkerPoolOptions& options, pid_t pid, Descriptor channel,
                             Descriptor complaints)
    : options_(options), pid_(pid), channel_(std::move(channel)), complaints_(std::move(complaints)) {}

WorkerProcess::~WorkerProcess() {
  if (pid_ > 0) kill_and_explain();
}

Result<void> WorkerProcess::greet() {
  const WorkerOrders orders{getpid(), options_.memory_bytes_max,
                            static_cast<std::int64_t>(options_.request_bytes_max)};
  const auto deadline = std::chrono::steady_clock::now() + kStartLimit;
  if (send_frame(channel_.get(), encode(orders), deadline) == FrameStatus::kOk) {
    const auto greeting = receive_frame(channel_.get(), kWorkerGreeting.size(), deadline);
    if (greeting.status == FrameStatus::kOk && greeting.bytes == kWorkerGreeting) return ok();
  }
  return cannot_start(options_.kind, kill_and_explain());
}

bool WorkerProcess::is_waiting() const {
  char byte = 0;
  return recv(channel_.get(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

Exchange WorkerProcess::ask(std::string_view request, std::span<const std::string_view> more) {
  ++requests_;
  const auto deadline = std::chrono::steady_clock::now() + options_.deadline;
  ReceivedFrame frame;
  frame.status = send_frame(channel_.get(), request, more, deadline);
  if (frame.status == FrameStatus::kOk)
    frame = receive_frame(channel_.get(), options_.answer_bytes_max, deadline);
  if (frame.status == FrameStatus::kOk) {
    forget_complaints();
    return {FrameStatus::kOk, std::move(frame.bytes), {}};
  }
  const std::string end = kill_and_explain();
  switch (frame.status) {
    case FrameStatus::kTimeout:
      return {frame.status, {}, fmt::format("no answer within {} ms; {}", options_.deadline.count(), end)};
    case FrameStatus::kTooLarge:
      return {frame.status, {},
              fmt::format("an answer of {} bytes, over the limit of {}; {}", frame.announced,
                          options_.answer_bytes_max, end)};
    default: return {frame.status, {}, end};
  }
}

void WorkerProcess::forget_complaints() const {
  std::array<char, 4096> buffer;
  while (read(complaints_.get(), buffer.data(), buffer.size()) == static_cast<ssize_t>(buffer.size())) {
  }
}

std::string WorkerProcess::kill_and_explain() {
  GOUJI_CHECK(pid_ > 0);
  kill(pid_, SIGKILL);  // one that is already ending keeps its own status
  int status = 0;
  pid_t reaped = -1;
  do reaped = waitpid(pid_, &status, 0);
  while (reaped < 0 && errno == EINTR);
  pid_ = -1;
  std::string text = reaped < 0 ? "ended unseen" : explain_end(status);
  const std::string complaints = read_complaints(complaints_.get());
  return complaints.empty() ? text : fmt::format("{}: {}", text, complaints);
}

}  // namespace gouji::runtime
