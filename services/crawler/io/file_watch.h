// Tells soon that something changed in watched directories (inotify). Only a hint: where it cannot
// watch (too many directories, a network file system) the periodic reading finds the change.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <set>
#include <string>

#include "common/core/result.h"

namespace gouji::crawler {

class FileWatch {
 public:
  static Result<FileWatch> open();
  FileWatch(FileWatch&& other) noexcept;
  FileWatch& operator=(FileWatch&&) = delete;
  ~FileWatch();

  // Changes in `folder` (not below it) are from now on changes of `source`. True when they were not before: what
  // changed in it earlier went unseen. False also when it cannot be watched.
  bool add(const std::string& folder, std::size_t source);
  // Waits until something changed, wake() was called, or `wait` is over. The sources that changed.
  std::set<std::size_t> wait(std::chrono::milliseconds wait);
  // From any thread, also before a wait.
  void wake();

 private:
  FileWatch(int events, int wakes) : events_(events), wakes_(wakes) {}
  std::set<std::size_t> take_events();

  int events_;
  int wakes_;
  std::map<int, std::set<std::size_t>> sources_;  // by watch descriptor
};

}  // namespace gouji::crawler
