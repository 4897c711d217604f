// Sources on the web: list pages and single addresses, and the documents behind them. What a list
// names is remembered before the list counts as read, so that a crash between the two loses nothing.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "common/core/clock.h"
#include "common/core/result.h"
#include "services/crawler/core/schedule.h"
#include "services/crawler/core/source.h"
#include "services/crawler/host_gate.h"
#include "services/crawler/io/http_fetcher.h"
#include "services/crawler/io/state.h"
#include "services/crawler/recorder.h"
#include "services/crawler/worker.h"

namespace gouji::crawler {

struct WebCrawlOptions {
  std::int64_t document_bytes_max = 64LL * 1024 * 1024;
  std::int64_t list_bytes_max = 5LL * 1024 * 1024;
  GoneRule gone{2, 86'400'000};
  // In one reading: tries for what fails for a passing reason, and the wait before the second one.
  int tries = 3;
  std::chrono::milliseconds retry_wait{1'000};
};

struct WebCrawlParts {
  State& state;
  Recorder& recorder;
  HttpFetcher& fetcher;
  HostGate& gate;
  ListReader& lists;
  CrawlerObserver& observer;
  const Clock& clock;
  HostGate::Wait wait;
};

// What a reading of all sources came to.
struct WebResult {
  std::int64_t documents = 0;
  std::int64_t failures = 0;
};

// One thread. Errors are those of state and blobs; what portals do is told to the observer.
class WebCrawl {
 public:
  WebCrawl(std::vector<Source> sources, WebCrawlOptions options, WebCrawlParts parts);

  // Every list once, then every document that is known, due or not.
  Result<WebResult> read_once();
  // What is due now, a little of it; how long until there is more to do.
  Result<std::chrono::milliseconds> turn();

 private:
  struct Outcome {
    FetchClass result = FetchClass::kOk;
    std::chrono::milliseconds wait{0};  // before a further try makes sense
  };
  // What is attached to a page; a result other than kOk when the page is to be fetched again later.
  struct Attached {
    FetchClass result = FetchClass::kOk;
    std::string message;
    std::optional<std::chrono::milliseconds> retry_after;
    bool are_there = false;  // the page names some, whether they can be had or not
    std::vector<Content> contents;
  };
  Attached fetch_attachments(const Source& source, const FetchResult& page, std::int64_t failures);
  Result<Outcome> read_source_list(const Source& source);
  Result<FetchClass> take_rows(const Source& source, const FetchResult& fetched, SourceMemory& memory, std::string& message);
  Result<void> add_row(const Source& source, const events::ListRow& row, UnixMillis now);
  Result<Outcome> fetch_document(const Source& source, Location location);
  Result<void> take_health(const Source& source, SourceMemory memory, const FetchResult& fetched, FetchClass result);
  Result<void> ensure_location(const Source& source);
  Result<std::vector<Location>> locations_of(const Source& source, UnixMillis due_by, std::size_t limit);
  Result<std::chrono::milliseconds> until_next(UnixMillis now);
  Result<Outcome> with_tries(const std::function<Result<Outcome>()>& attempt);
  FetchResult fetch(const Source& source, FetchRequest request);

  std::vector<Source> sources_;
  WebCrawlOptions options_;
  WebCrawlParts parts_;
};

}  // namespace gouji::crawler
