#include "services/crawler/reader_thread.h"

#include <utility>

namespace gouji::crawler {

ReaderThread::ReaderThread(std::function<void()> news) : news_(std::move(news)), thread_([this] { run(); }) {}

ReaderThread::~ReaderThread() {
  {
    const std::lock_guard guard(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }
  thread_.join();
}

void ReaderThread::submit(std::function<void()> work, std::function<void()> then) {
  const std::lock_guard guard(mutex_);
  waiting_.push_back({std::move(work), std::move(then)});
  pending_ += 1;
  changed_.notify_all();
}

void ReaderThread::take_done() {
  std::vector<Job> done;
  {
    const std::lock_guard guard(mutex_);
    done = std::exchange(done_, {});
    pending_ -= done.size();
  }
  for (const Job& job : done) job.then();
}

std::size_t ReaderThread::pending() const {
  const std::lock_guard guard(mutex_);
  return pending_;
}

void ReaderThread::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    if (stopping_) return;
    Job job = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    job.work();
    lock.lock();
    done_.push_back(std::move(job));
    news_();
  }
}

}  // namespace gouji::crawler
