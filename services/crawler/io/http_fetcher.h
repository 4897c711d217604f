// One document over HTTP, within limits that the server cannot move: addresses, redirects, bytes on
// the wire and decoded, headers, time. Uses libcurl; nothing of it shows here.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/core/clock.h"
#include "common/core/result.h"
#include "common/report/raw_report.h"
#include "services/crawler/core/address_guard.h"
#include "services/crawler/core/fetch_class.h"
#include "services/crawler/core/url.h"

namespace gouji::crawler {

struct HttpLimits {
  std::chrono::milliseconds connect{10'000};
  std::chrono::milliseconds total{60'000};  // with all redirects
  std::int64_t slowest_bytes_per_second = 200;
  std::chrono::seconds slow_for{20};
  std::int64_t header_bytes = 64 * 1024;    // of one answer
  std::int64_t ratio = 100;                 // decoded to encoded, above 1 MiB
  int redirects = 5;
};

struct HttpFetcherOptions {
  std::string user_agent;
  HttpLimits limits;
  std::vector<Cidr> allow_net;
};

// Whether an address may be fetched now; `message` says why not.
struct Admission {
  FetchClass result = FetchClass::kOk;
  std::string message;
};

struct FetchRequest {
  Url url;
  std::string etag;           // of the copy that is known; empty = ask for the content
  std::string last_modified;
  std::int64_t bytes_max = 0; // decoded; as many are taken from the wire
  // Asked before every hop, the first included; anything but kOk ends the fetch with that class.
  std::function<Admission(const Url&)> admit;
};

struct FetchResult {
  FetchClass result = FetchClass::kConnect;
  std::string message;  // what went wrong, for people; names the address and the limit
  int status = 0;
  Url final_url;
  std::vector<HttpHeader> headers;  // of the last answer, cleaned, at most 16 KiB together
  std::string body;                 // of kOk
  std::string media_type, etag, last_modified;
  std::optional<std::chrono::milliseconds> retry_after;
  std::int64_t wire_bytes = 0;
};

// Keeps connections open between fetches. One thread.
class HttpFetcher {
 public:
  // `stopping` is asked often and ends a fetch with kStopped. Clock and function outlive this.
  static Result<std::unique_ptr<HttpFetcher>> create(HttpFetcherOptions options, const Clock& clock, std::function<bool()> stopping);
  ~HttpFetcher();
  HttpFetcher(const HttpFetcher&) = delete;
  HttpFetcher& operator=(const HttpFetcher&) = delete;

  FetchResult fetch(const FetchRequest& request);

 private:
  struct Impl;
  explicit HttpFetcher(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace gouji::crawler
