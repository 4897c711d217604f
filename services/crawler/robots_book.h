// What robots.txt of each origin says, kept over restarts: 24 hours long, and beyond that for as long
// as a newer one cannot be had. After RFC 9309, section 2.3.1.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <unordered_map>

#include "common/core/clock.h"
#include "common/core/result.h"
#include "services/crawler/core/robots.h"
#include "services/crawler/core/url.h"
#include "services/crawler/io/http_fetcher.h"
#include "services/crawler/io/state.h"

namespace gouji::crawler {

// One thread.
class RobotsBook {
 public:
  RobotsBook(State& state, std::string product) : state_(state), product_(std::move(product)) {}

  enum class Verdict {
    kAllowed,
    kForbidden,
    kUnknown,      // fetch it first, then learn()
    kUnavailable,  // it cannot be had, and nothing older is known: stay away
  };
  Result<Verdict> judge(const Url& url, UnixMillis now);
  // Crawl-delay of an origin that judge() knew.
  std::chrono::milliseconds crawl_delay(const Url& url) const;
  // Why an origin is unavailable.
  std::string why(const Url& url) const;

  // The request for the robots.txt of an address's origin.
  static FetchRequest request_for(const Url& url);
  // What its fetch came to; the row is to be kept.
  Result<RobotsRow> learn(const Url& url, const FetchResult& fetched, UnixMillis now);

 private:
  struct Entry {
    RobotsRow row;  // without its text
    Robots rules;
    std::string why;
  };
  Result<Entry*> entry_of(const std::string& origin);
  void keep(const std::string& origin, Entry entry);

  State& state_;
  std::string product_;
  std::unordered_map<std::string, Entry> entries_;  // what was looked up lately
  std::size_t bytes_ = 0;
};

}  // namespace gouji::crawler
