// The publisher: moves the outbox to the log, in order, and forgets what the log has acknowledged.
// While the log cannot be reached it waits, longer each time; nothing is dropped.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "common/core/result.h"
#include "common/eventlog/log.h"
#include "services/crawler/io/state.h"
#include "services/crawler/observer.h"

namespace gouji::crawler {

struct PublisherOptions {
  std::size_t batch_rows_max = 500;
  std::size_t batch_bytes_max = 4 * 1024 * 1024;
  std::chrono::milliseconds retry_min{100};
  std::chrono::milliseconds retry_max{30'000};
  // The crawl waits while the outbox holds more than this.
  OutboxSize full{10'000, 256LL * 1024 * 1024};
};

class Publisher {
 public:
  // Starts its thread. State, log and observer outlive it. `failed` is called, from its thread, when
  // it cannot go on.
  Publisher(State& state, eventlog::EventLog& log, CrawlerObserver& observer, PublisherOptions options, std::function<void()> failed);
  // Stops without waiting for the outbox to be empty: the rest is sent after the next start.
  ~Publisher();
  Publisher(const Publisher&) = delete;
  Publisher& operator=(const Publisher&) = delete;

  // The crawl has committed something.
  void wake();
  // Waits until the outbox has room. False when the publisher has stopped or failed for good.
  bool wait_for_room();
  // Whether the outbox has room: the crawl takes nothing new while it has not.
  bool has_room() const;
  // Waits until the outbox is empty; the error that stopped the publisher, or kUnavailable TIMEOUT
  // when stop() came first.
  Result<void> drain();
  // The error that stopped the publisher for good, if there is one.
  Result<void> failure() const;
  // Ends all waits soon.
  void stop();

 private:
  void run();
  Result<bool> send_batch();
  void wait_for_work();
  void wait_after(const Error& error);

  State& state_;
  eventlog::EventLog& log_;
  CrawlerObserver& observer_;
  const PublisherOptions options_;
  const std::function<void()> tell_failed_;
  std::unique_ptr<eventlog::Appender> appender_;  // of the publisher's thread
  std::chrono::milliseconds pause_;               // of the publisher's thread

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  bool woken_ = true;
  std::optional<Error> failed_;  // for good
  std::thread thread_;           // last: starts when all else is there
};

}  // namespace gouji::crawler
