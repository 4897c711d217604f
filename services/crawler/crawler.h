// The crawler as one object: sources in, events in the log out. For the service and for the command.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/core/clock.h"
#include "common/core/result.h"
#include "common/eventlog/log.h"
#include "services/crawler/core/source.h"
#include "services/crawler/observer.h"
#include "services/crawler/settings.h"
#include "services/crawler/worker.h"

namespace gouji::crawler {

// What the crawler works with; all of it outlives the crawler.
struct CrawlerParts {
  eventlog::EventLog& log;
  const Clock& clock;
  CrawlerObserver& observer;
  PageReader& pages;  // reads pages in a worker process
};

// What one reading of all sources came to.
struct CrawlSummary {
  std::int64_t documents = 0;  // that the sources name now
  std::int64_t failures = 0;   // documents and sources that could not be read
};

class Crawler {
 public:
  // Opens the state and the blobs under settings.data_folder (made when missing); starts to send
  // what an earlier run left in the outbox. kFatal: see State::open.
  static Result<std::unique_ptr<Crawler>> open(CrawlerSettings settings, std::vector<Source> sources, CrawlerParts parts);
  ~Crawler();
  Crawler(const Crawler&) = delete;
  Crawler& operator=(const Crawler&) = delete;

  // Reads every source once and waits until the log has every event. kUnavailable TIMEOUT when
  // stop() came first; the error when state or log failed for good.
  Result<CrawlSummary> run_once();
  // Watches until stop(): reads changed directories at once, everything else at its
  // interval. Errors that pass are told to the observer and tried again.
  Result<void> run();
  // From any thread, such as StopSignal's: run_once() and run() return soon. What is committed is safe.
  void stop();

 private:
  struct Impl;
  explicit Crawler(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace gouji::crawler
