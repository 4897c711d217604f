// Bounds the memory that documents take in the service, however many workers read at once.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace gouji::parser {

// Thread-safe. A document larger than the budget is let in alone.
class DocumentBudget {
 public:
  explicit DocumentBudget(std::int64_t bytes) : bytes_(bytes) {}

  // Room for one document, given back when it is destroyed; the budget outlives it.
  class Share {
   public:
    Share(DocumentBudget& budget, std::int64_t bytes) : budget_(budget), bytes_(bytes) { budget_.take(bytes_); }
    ~Share() { budget_.give_back(bytes_); }
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;

   private:
    DocumentBudget& budget_;
    const std::int64_t bytes_;
  };

 private:
  void take(std::int64_t bytes) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return taken_ == 0 || taken_ + bytes <= bytes_; });
    taken_ += bytes;
  }
  void give_back(std::int64_t bytes) {
    {
      const std::lock_guard lock(mutex_);
      taken_ -= bytes;
    }
    changed_.notify_all();
  }

  const std::int64_t bytes_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::int64_t taken_ = 0;
};

}  // namespace gouji::parser
