// What the crawler reports about its work, as facts; telemetry gives them names. Every method
// defaults to nothing. Called from the crawler's threads: implementations are thread-safe.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/core/error.h"
#include "common/report/source_health.h"
#include "services/crawler/core/decision.h"
#include "services/crawler/core/drift.h"
#include "services/crawler/core/fetch_class.h"
#include "services/crawler/core/source.h"
#include "services/crawler/io/state.h"

namespace gouji::crawler {

// One document that was looked at, and what came of it.
struct DocumentSeen {
  std::string address;
  std::string location_id;
  Change change = Change::kNone;
  std::int64_t sequence = 0;  // of the event, when the change makes one
  std::int64_t bytes = 0;
};

// How the schedule stands.
struct FrontierFacts {
  std::size_t waiting = 0;    // addresses, due or not
  std::size_t due = 0;        // that wait for their host
  std::chrono::nanoseconds longest{0};  // that one of them has been due
  std::size_t in_flight = 0;
  std::size_t hosts = 0;
  std::size_t resting = 0;    // hosts whose breaker is open
};

class CrawlerObserver {
 public:
  virtual ~CrawlerObserver() = default;
  virtual void heartbeat() {}
  // After the commit.
  virtual void document(const DocumentSeen& /*seen*/) {}
  // One attempt to read a file or an address.
  virtual void fetched(SourceKind /*kind*/, FetchClass /*result*/, std::int64_t /*bytes*/) {}
  // Not taken and not tried again until it changes. Told once; `message` names it and what to do.
  virtual void refused(FetchClass /*why*/, std::string_view /*message*/) {}
  // Not read this time, tried again later. `message` names it and what to do.
  virtual void postponed(FetchClass /*why*/, std::string_view /*message*/) {}
  // Something in a source that is no document, for good: a loop, a pipe. Told once.
  virtual void passed_over(std::string_view /*message*/) {}
  virtual void source(SourceKind /*kind*/, const SourceHealth& /*health*/) {}
  // One request to a host and how long it took, robots.txt and redirects too.
  virtual void hop(std::chrono::milliseconds /*took*/) {}
  virtual void frontier(const FrontierFacts& /*facts*/) {}
  // The state can not be written, and nothing is fetched until it can; or it can again.
  virtual void state_writable(bool /*is_writable*/, std::string_view /*message*/) {}
  // A list no longer looks like itself.
  virtual void drifted(std::string_view /*source_id*/, Drift /*drift*/) {}
  virtual void outbox(const OutboxSize& /*size*/) {}
  virtual void published(std::int64_t /*records*/) {}
  virtual void publish_failed(const Error& /*error*/, std::chrono::milliseconds /*next_try*/) {}
  virtual void note(std::string_view /*message*/) {}  // for the log, at INFO
};

}  // namespace gouji::crawler
