#include "common/eventlog/local/owner_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include <fmt/format.h>

namespace gouji::eventlog {

namespace {

Error lock_error(const std::string& path, const char* what) {
  return unavailable(ErrorCode::kLogUnavailable, fmt::format("{}: cannot {}: {}", path, what, std::strerror(errno)));
}

// What stands in the lock file; "unknown" in the moment between taking the lock and writing.
std::string holder_of(int descriptor) {
  std::array<char, 32> text{};
  const ssize_t length = ::pread(descriptor, text.data(), text.size(), 0);
  std::string holder;
  for (ssize_t i = 0; i < length && text[static_cast<std::size_t>(i)] != '\n'; ++i) {
    const char c = text[static_cast<std::size_t>(i)];
    if (c < '0' || c > '9') break;
    holder += c;
  }
  return holder.empty() ? "unknown" : holder;
}

}  // namespace

Result<std::unique_ptr<OwnerLock>> OwnerLock::take(const std::string& log_path) {
  const std::string path = log_path + ".lock";
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor < 0) return lock_error(path, "open the lock file");
  std::unique_ptr<OwnerLock> lock(new OwnerLock(descriptor));
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return lock_error(path, "lock it");
    return fatal(ErrorCode::kLogLocked,
                 fmt::format("{} is in use by the process with pid {}: only one process runs the stages of a "
                             "local log. Stop that one, or give another --data or --log",
                             log_path, holder_of(descriptor)));
  }
  const std::string pid = fmt::format("{}\n", ::getpid());
  if (::ftruncate(descriptor, 0) != 0 ||
      ::pwrite(descriptor, pid.data(), pid.size(), 0) != static_cast<ssize_t>(pid.size())) {
    return lock_error(path, "write the pid into it");
  }
  return lock;
}

OwnerLock::~OwnerLock() { ::close(descriptor_); }

}  // namespace gouji::eventlog
