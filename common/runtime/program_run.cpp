#include "common/runtime/program_run.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "common/core/check.h"
#include "common/runtime/program_launcher.h"
#include "common/runtime/worker_process.h"

namespace gouji::runtime {

namespace {

namespace fs = std::filesystem;
using Time = std::chrono::steady_clock::time_point;

constexpr std::size_t kComplaintsMax = 512;

struct Pipe {
  Descriptor ours;
  Descriptor theirs;
};

Result<Pipe> open_pipe() {
  constexpr int kLowest = 10;  // above the numbers that the program's are moved to
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return unavailable(ErrorCode::kInternal, std::strerror(errno));
  const Descriptor read_end(ends[0]), write_end(ends[1]);
  Pipe pipe{Descriptor(fcntl(ends[0], F_DUPFD_CLOEXEC, kLowest)), Descriptor(fcntl(ends[1], F_DUPFD_CLOEXEC, kLowest))};
  if (pipe.ours.get() < 0 || pipe.theirs.get() < 0) return unavailable(ErrorCode::kInternal, "no free file descriptor");
  fcntl(pipe.ours.get(), F_SETFL, O_NONBLOCK);
  return pipe;
}

// The program and all that it started: they are in one session, and end together.
class Group {
 public:
  explicit Group(pid_t pid) : pid_(pid) {}
  Group(const Group&) = delete;
  Group& operator=(const Group&) = delete;
  ~Group() { end(); }

  // False while it runs.
  bool has_ended() {
    if (pid_ > 0 && !is_reaped_) is_reaped_ = waitpid(pid_, &status_, WNOHANG) == pid_;
    return is_reaped_;
  }
  int exit_code() const { return WIFSIGNALED(status_) ? 128 + WTERMSIG(status_) : WEXITSTATUS(status_); }
  void end() {
    if (pid_ <= 0) return;
    kill(-pid_, SIGKILL);
    if (!is_reaped_) kill(pid_, SIGKILL);
    while (!is_reaped_ && waitpid(pid_, &status_, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
  }

 private:
  pid_t pid_;
  int status_ = 0;
  bool is_reaped_ = false;
};

LaunchOrders orders_of(const ProgramRun& run) {
  constexpr std::int64_t kSpareSeconds = 5;
  LaunchOrders orders;
  orders.parent = getpid();
  orders.memory_bytes_max = run.memory_bytes_max;
  orders.file_bytes_max = run.file_bytes_max;
  orders.cpu_seconds_max = run.deadline.count() / 1000 + kSpareSeconds;
  orders.may_start_others = run.may_start_others;
  orders.folder = run.folder;
  orders.input = run.input;
  orders.program = run.program;
  orders.readable = run.readable;
  orders.environment = {"PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8", "HOME=" + run.folder, "TMPDIR=" + run.folder};
  orders.environment.insert(orders.environment.end(), run.environment.begin(), run.environment.end());
  orders.arguments = run.arguments;
  return orders;
}

Result<pid_t> launch(const ProgramRun& run, const Pipe& output, const Pipe& complaints) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  GOUJI_CHECK(posix_spawn_file_actions_init(&actions) == 0 && posix_spawnattr_init(&attributes) == 0);
  GOUJI_CHECK(posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0) == 0);
  GOUJI_CHECK(posix_spawn_file_actions_adddup2(&actions, output.theirs.get(), 1) == 0);
  GOUJI_CHECK(posix_spawn_file_actions_adddup2(&actions, complaints.theirs.get(), 2) == 0);
  GOUJI_CHECK(posix_spawn_file_actions_addclosefrom_np(&actions, 3) == 0);
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  GOUJI_CHECK(posix_spawnattr_setsigmask(&attributes, &none) == 0);
  GOUJI_CHECK(posix_spawnattr_setsigdefault(&attributes, &all) == 0);
  GOUJI_CHECK(posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSID) == 0);
  std::vector<std::string> words = encode(orders_of(run));
  std::string name = "gouji-program";
  std::string hidden(kLaunchArgument);
  std::vector<char*> arguments{name.data(), hidden.data()};
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  char* const environment[] = {nullptr};
  pid_t pid = -1;
  const int refused = posix_spawn(&pid, run.launcher.c_str(), &actions, &attributes, arguments.data(), environment);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (refused != 0) return unavailable(ErrorCode::kInternal, fmt::format("{}: {}", run.program, std::strerror(refused)));
  return pid;
}

// What lies in the pipe, which holds 64 KiB mostly; false once its other end is closed.
bool take(const Descriptor& pipe, std::string& to) {
  std::array<char, 65'536> part;
  const ssize_t got = read(pipe.get(), part.data(), part.size());
  if (got > 0) to.append(part.data(), static_cast<std::size_t>(got));
  return got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR));
}

void keep_end(std::string& complaints) {
  if (complaints.size() > kComplaintsMax) complaints.erase(0, complaints.size() - kComplaintsMax);
}

std::string printable(std::string text) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  for (char& c : text)
    if (c < 0x20 || c > 0x7e) c = c == '\n' ? ' ' : '?';
  return text;
}

Error timed_out(const ProgramRun& run) {
  return invalid_input(ErrorCode::kTimeout, fmt::format("{} was not done within {} ms", run.program, run.deadline.count()));
}

// Reads until the program closes its output, or the clock or the limit says enough.
Result<void> listen(const ProgramRun& run, const Pipe& output, const Pipe& complaints, Time deadline, ProgramEnd& end) {
  bool is_open = true, is_complaining = true;
  while (is_open) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return timed_out(run);
    pollfd waited[] = {{output.ours.get(), POLLIN, 0}, {is_complaining ? complaints.ours.get() : -1, POLLIN, 0}};
    if (poll(waited, 2, static_cast<int>(std::min<std::int64_t>(left.count(), 1'000))) < 0) continue;
    if (waited[0].revents != 0) is_open = take(output.ours, end.output);
    if (waited[1].revents != 0) is_complaining = take(complaints.ours, end.complaints);
    keep_end(end.complaints);
    if (end.output.size() > run.output_bytes_max)
      return invalid_input(ErrorCode::kTooLarge, fmt::format("{} printed more than {} bytes", run.program, run.output_bytes_max));
  }
  return ok();
}

}  // namespace

Result<PrivateFolder> PrivateFolder::create() {
  std::error_code error;
  const fs::path parent = fs::temp_directory_path(error);
  std::string path = (error ? fs::path("/tmp") : parent) / "gouji-XXXXXX";
  if (mkdtemp(path.data()) == nullptr)
    return unavailable(ErrorCode::kDiskFull, fmt::format("{} cannot be made: {}", path, std::strerror(errno)));
  return PrivateFolder(std::move(path));
}

PrivateFolder::PrivateFolder(PrivateFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}

PrivateFolder::~PrivateFolder() {
  std::error_code ignored;  // what cannot be removed is the system's to clean
  if (!path_.empty()) fs::remove_all(path_, ignored);
}

Result<void> PrivateFolder::write(const std::string& name, std::string_view bytes) const {
  std::ofstream out(path_ + "/" + name, std::ios::binary);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (!out.flush()) return unavailable(ErrorCode::kDiskFull, path_ + "/" + name + " cannot be written");
  return ok();
}

Result<std::string> PrivateFolder::read(const std::string& name, std::size_t bytes_max) const {
  const std::string path = path_ + "/" + name;
  // Hostile bytes may have made it a link or a pipe.
  const Descriptor file(open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  std::error_code error;
  if (file.get() < 0 || !fs::is_regular_file(fs::symlink_status(path, error)))
    return invalid_input(ErrorCode::kNotFound, name + " was not written");
  std::string bytes(bytes_max + 1, '\0');
  std::size_t size = 0;
  for (ssize_t got = 0; size < bytes.size() && (got = ::read(file.get(), bytes.data() + size, bytes.size() - size)) > 0;)
    size += static_cast<std::size_t>(got);
  if (size > bytes_max) return invalid_input(ErrorCode::kTooLarge, fmt::format("{} is larger than {} bytes", name, bytes_max));
  bytes.resize(size);
  bytes.shrink_to_fit();
  return bytes;
}

Result<ProgramEnd> run_program(const ProgramRun& run) {
  const Time deadline = std::chrono::steady_clock::now() + run.deadline;
  GOUJI_ASSIGN(Pipe output, open_pipe());
  GOUJI_ASSIGN(Pipe complaints, open_pipe());
  GOUJI_ASSIGN(const pid_t pid, launch(run, output, complaints));
  Group group(pid);
  output.theirs = Descriptor();  // else its end would never be seen
  complaints.theirs = Descriptor();
  ProgramEnd end;
  GOUJI_TRY(listen(run, output, complaints, deadline, end));
  while (!group.has_ended()) {
    if (std::chrono::steady_clock::now() >= deadline) return timed_out(run);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  take(complaints.ours, end.complaints);
  keep_end(end.complaints);
  end.complaints = printable(std::move(end.complaints));
  end.exit_code = group.exit_code();
  return end;
}

std::string find_program(std::string_view name) {
  std::error_code error;
  const fs::path own = fs::read_symlink("/proc/self/exe", error).parent_path();
  const char* const path = std::getenv("PATH");
  std::string folders = own.string() + ":" + (path == nullptr ? "/usr/local/bin:/usr/bin:/bin" : path);
  for (std::size_t at = 0; at <= folders.size();) {
    const std::size_t end = std::min(folders.find(':', at), folders.size());
    const std::string candidate = folders.substr(at, end - at) + "/" + std::string(name);
    if (candidate.starts_with('/') && access(candidate.c_str(), X_OK) == 0) return candidate;
    at = end + 1;
  }
  return {};
}

std::vector<std::string> encode(const LaunchOrders& orders) {
  std::vector<std::string> words;
  for (const std::int64_t number : {std::int64_t{orders.parent}, orders.memory_bytes_max, orders.file_bytes_max,
                                    orders.cpu_seconds_max, std::int64_t{orders.may_start_others}})
    words.push_back(std::to_string(number));
  words.insert(words.end(), {orders.folder, orders.input, orders.program});
  for (const auto* list : {&orders.readable, &orders.environment, &orders.arguments}) {
    words.push_back(std::to_string(list->size()));
    words.insert(words.end(), list->begin(), list->end());
  }
  return words;
}

std::optional<LaunchOrders> decode_launch_orders(const std::vector<std::string>& words) {
  std::size_t at = 0;
  bool is_whole = true;
  const auto word = [&]() -> std::string {
    is_whole = is_whole && at < words.size();
    return is_whole ? words[at++] : std::string();
  };
  const auto number = [&] {
    std::int64_t value = 0;
    const std::string digits = word();
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    is_whole = is_whole && read.ec == std::errc() && read.ptr == digits.data() + digits.size() && value >= 0;
    return value;
  };
  LaunchOrders orders;
  orders.parent = static_cast<pid_t>(number());
  orders.memory_bytes_max = number();
  orders.file_bytes_max = number();
  orders.cpu_seconds_max = number();
  orders.may_start_others = number() == 1;
  orders.folder = word();
  orders.input = word();
  orders.program = word();
  for (auto* list : {&orders.readable, &orders.environment, &orders.arguments}) {
    for (std::int64_t count = number(); is_whole && count > 0; --count) list->push_back(word());
  }
  if (!is_whole || at != words.size()) return std::nullopt;
  return orders;
}

}  // namespace gouji::runtime
