#include "services/crawler/io/file_watch.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <utility>

namespace gouji::crawler {

namespace {

constexpr std::uint32_t kChanges = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE | IN_DELETE |
                                   IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;

}  // namespace

Result<FileWatch> FileWatch::open() {
  const int events = ::inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
  const int wakes = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (wakes < 0) {
    if (events >= 0) ::close(events);
    return fatal(ErrorCode::kInternal, std::string("eventfd: ") + std::strerror(errno));
  }
  return FileWatch(events, wakes);
}

FileWatch::FileWatch(FileWatch&& other) noexcept
    : events_(std::exchange(other.events_, -1)), wakes_(std::exchange(other.wakes_, -1)), sources_(std::move(other.sources_)) {}

FileWatch::~FileWatch() {
  if (events_ >= 0) ::close(events_);
  if (wakes_ >= 0) ::close(wakes_);
}

bool FileWatch::add(const std::string& folder, std::size_t source) {
  const int watch = events_ < 0 ? -1 : ::inotify_add_watch(events_, folder.c_str(), kChanges);
  return watch >= 0 && sources_[watch].insert(source).second;
}

std::set<std::size_t> FileWatch::wait(std::chrono::milliseconds wait) {
  // A negative descriptor (no inotify) is passed over by poll.
  std::array<pollfd, 2> files{{{wakes_, POLLIN, 0}, {events_, POLLIN, 0}}};
  if (::poll(files.data(), files.size(), static_cast<int>(wait.count())) <= 0) return {};
  std::uint64_t wakes = 0;
  // Reading takes the wakes back; nothing depends on how many there were.
  if (files[0].revents != 0) (void)!::read(wakes_, &wakes, sizeof wakes);
  return files[1].revents != 0 ? take_events() : std::set<std::size_t>{};
}

std::set<std::size_t> FileWatch::take_events() {
  alignas(inotify_event) std::array<char, 16 * 1024> buffer{};
  std::set<std::size_t> changed;
  for (ssize_t size = ::read(events_, buffer.data(), buffer.size()); size > 0; size = ::read(events_, buffer.data(), buffer.size())) {
    for (ssize_t at = 0; at < size;) {
      inotify_event event{};
      std::memcpy(&event, buffer.data() + at, sizeof event);
      at += static_cast<ssize_t>(sizeof event + event.len);
      if ((event.mask & IN_Q_OVERFLOW) != 0) {
        for (const auto& [watch, sources] : sources_) changed.insert(sources.begin(), sources.end());
        continue;
      }
      const auto found = sources_.find(event.wd);
      if (found == sources_.end()) continue;
      changed.insert(found->second.begin(), found->second.end());
      if ((event.mask & IN_IGNORED) != 0) sources_.erase(found);
    }
  }
  return changed;
}

void FileWatch::wake() {
  const std::uint64_t one = 1;
  (void)!::write(wakes_, &one, sizeof one);  // full means that a wake is pending already
}

}  // namespace gouji::crawler
