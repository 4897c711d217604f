// From a sighting to the state and the outbox: decides, makes the event's bytes safe, and commits
// both together. The one way by which anything becomes an event of this service.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/core/clock.h"
#include "common/core/result.h"
#include "common/report/raw_report.h"
#include "common/report/source_health.h"
#include "services/crawler/core/decision.h"
#include "services/crawler/io/blob_store.h"
#include "services/crawler/io/state.h"
#include "services/crawler/observer.h"

namespace gouji::crawler {

// What was seen of one location. `location` is its state with the fields of this attempt already set
// (tag, times, title); the recorder adds what the decision says.
struct Seen {
  Location location;
  Sight sight = Sight::kTransient;
  // With kContent: the document, as far as the attempt knows it; ids, sequence, digests and
  // references are filled in here.
  RawReport report;
  std::string text_digest;  // with kContent: of the page's text, where the reader knows it
  GoneRule gone_rule;
  WithdrawalReason withdrawal = WithdrawalReason::kUnspecified;
};

// Not thread-safe: one a crawl thread. The state behind it may be shared.
class Recorder {
 public:
  // All of them outlive this. `committed` is called after each commit, and may wait: that is how a
  // full outbox slows the crawl down.
  // `before` is asked before each commit: an error of it is one of the commit.
  Recorder(State& state, BlobStore& blobs, CrawlerObserver& observer, std::function<void()> committed, std::function<Result<void>()> before = {});

  // Takes a sighting into the pending batch; commits when the batch is large enough.
  Result<void> take(Seen seen, UnixMillis now);
  // A location as it is, without a sighting: a document that a list names. Becomes durable with the
  // next commit, which may be that of its list's memory.
  void add(Location location);
  // Rows of the frontier: become durable with the next commit, and with everything taken after them
  // until then.
  void add(UrlRow url) { pending_.urls.push_back(std::move(url)); }
  void add(HostRow host) { pending_.hosts.push_back(std::move(host)); }
  void add(RobotsRow robots) { pending_.robots.push_back(std::move(robots)); }
  void add(ListedRow row) { pending_.listed.push_back(std::move(row)); }
  // As take_source(), durable with the next commit.
  Result<void> add_source(SourceKind kind, SourceMemory memory, UnixMillis now);
  // What is known of a source from before this process: told to the observer, no event.
  void recall(SourceKind kind, const SourceHealth& health);
  bool has_pending() const { return !pending_.is_empty(); }
  // A source's new memory, with a health event when its state changed or the last is an hour old.
  Result<void> take_source(SourceKind kind, SourceMemory memory, UnixMillis now);
  // Commits what is pending. Afterwards everything taken so far is safe; after an error nothing of
  // it happened, and it is to be looked at again.
  Result<void> flush();
  // Forgets what is pending: it is to be looked at again.
  void discard();

 private:
  Result<void> add_twin(Seen& seen);
  Result<void> add_report(RawReport report, Location& location);
  void add_withdrawal(const Seen& seen, const Location& location, UnixMillis now);

  State& state_;
  BlobStore& blobs_;
  CrawlerObserver& observer_;
  std::function<void()> committed_;
  std::function<Result<void>()> before_;
  StateChange pending_;
  std::vector<DocumentSeen> told_;  // to the observer, after the commit
  std::vector<std::pair<SourceKind, SourceHealth>> told_health_;
  std::map<std::string, std::vector<Expectation>> expectations_;  // last reported, by source
  std::size_t pending_bytes_ = 0;
};

}  // namespace gouji::crawler
