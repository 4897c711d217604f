// Work that may take a while, beside the thread that fetches: questions to the worker process about
// pages. In order, one at a time; what follows happens in the asking thread.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace gouji::crawler {

class ReaderThread {
 public:
  // `news` is called from the thread whenever take_done() has something.
  explicit ReaderThread(std::function<void()> news);
  // Waits for the question that is being asked; forgets the others.
  ~ReaderThread();
  ReaderThread(const ReaderThread&) = delete;
  ReaderThread& operator=(const ReaderThread&) = delete;

  // `work` runs in the thread, `then` in that of take_done().
  void submit(std::function<void()> work, std::function<void()> then);
  void take_done();
  // Submitted, and not taken yet.
  std::size_t pending() const;

 private:
  struct Job {
    std::function<void()> work, then;
  };
  void run();

  std::function<void()> news_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job> waiting_;
  std::vector<Job> done_;
  std::size_t pending_ = 0;
  bool stopping_ = false;
  std::thread thread_;  // last: starts when all else is there
};

}  // namespace gouji::crawler
