#include "services/crawler/io/process_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace gouji::crawler {

namespace {

std::string holder_of(int file) {
  std::array<char, 32> text{};
  const ssize_t size = ::pread(file, text.data(), text.size() - 1, 0);
  if (size <= 0) return "unknown";
  std::string pid(text.data(), static_cast<std::size_t>(size));
  return pid.substr(0, pid.find('\n'));
}

}  // namespace

Result<ProcessLock> ProcessLock::take(const std::string& path, const std::string& thing) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0) return fatal(ErrorCode::kUnreadable, "lock file " + path + ": " + std::strerror(errno));
  ProcessLock lock(file);
  if (::flock(file, LOCK_EX | LOCK_NB) != 0) {
    return fatal(ErrorCode::kLogLocked, thing + " is in use by process " + holder_of(file) +
                                            "; stop it, or choose another folder with --data");
  }
  const std::string pid = std::to_string(::getpid()) + "\n";
  if (::ftruncate(file, 0) != 0 || ::pwrite(file, pid.data(), pid.size(), 0) < 0) {
    return fatal(ErrorCode::kDiskFull, "lock file " + path + ": " + std::strerror(errno));
  }
  return lock;
}

ProcessLock::ProcessLock(ProcessLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}

ProcessLock::~ProcessLock() {
  if (file_ >= 0) ::close(file_);
}

}  // namespace gouji::crawler
