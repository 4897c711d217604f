// HTTP over many hosts at once in one thread, within limits that no server can move: addresses,
// redirects, bytes on the wire and decoded, headers, time. Uses libcurl; nothing of it shows here.
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
#include "services/crawler/core/portal.h"
#include "services/crawler/core/url.h"
#include "services/crawler/io/exchange.h"

namespace gouji::crawler {

struct HttpLimits {
  std::chrono::milliseconds connect{10'000};
  std::chrono::milliseconds total{60'000};  // of one hop; of fetch() with all redirects
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
  std::size_t connections_max = 512;  // kept open, over all hosts
  bool keeps_exchanges = false;       // heads and encoded body, for an archive
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
  bool may_be_cut = false;    // a longer body is cut there and no fault
  // Of fetch() alone: asked before every hop, the first included; anything but kOk ends the fetch
  // with that class.
  std::function<Admission(const Url&)> admit;
  std::string method = "GET";  // or POST, with `body`
  std::string body;
  std::vector<HttpHeader> headers;  // besides the fetcher's own
  std::string user_agent;           // instead of the fetcher's own; empty = that
  std::string ip_family = "any";    // "4", "6"
  TlsPolicy tls;
};

struct FetchResult {
  FetchClass result = FetchClass::kConnect;
  std::string message;  // what went wrong, for people; names the address and the limit
  int status = 0;
  Url final_url;
  std::vector<HttpHeader> headers;  // of the last answer, cleaned, at most 16 KiB together
  std::string body;                 // of kOk, and of other whole answers below 1 MiB
  std::string media_type, etag, last_modified;
  std::optional<std::chrono::milliseconds> retry_after;
  std::int64_t wire_bytes = 0;
  std::string location;     // of a redirect: where to, as the header has it
  Exchange exchange;        // of the last hop; heads and body only with keeps_exchanges
  std::optional<WarcPosition> warc = std::nullopt;  // where an archive keeps it
};

// Keeps connections open between fetches. One thread, but for wake().
class HttpFetcher {
 public:
  using Done = std::function<void(FetchResult)>;
  // `stopping` is asked often and ends every fetch with kStopped. Clock and function outlive this.
  static Result<std::unique_ptr<HttpFetcher>> create(HttpFetcherOptions options, const Clock& clock, std::function<bool()> stopping);
  ~HttpFetcher();
  HttpFetcher(const HttpFetcher&) = delete;
  HttpFetcher& operator=(const HttpFetcher&) = delete;

  // Begins one hop; `done` is called from poll(). A redirect is a result like others, with `location`.
  void start(FetchRequest request, Done done);
  // Moves all hops on and waits at most so long for news. May call `done` of any of them, which may
  // call start().
  void poll(std::chrono::milliseconds wait);
  std::size_t in_flight() const;
  // From any thread: poll() returns soon.
  void wake();

  // One document with its redirects, start to end.
  FetchResult fetch(const FetchRequest& request);

 private:
  struct Impl;
  explicit HttpFetcher(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// Where a redirect leads. kRedirects when that is nowhere, in a circle or too far; kRefusedAddress
// when it is no address that is ever fetched. `visited` are the addresses so far, the last one included.
struct NextHop {
  Admission verdict;
  Url url;  // of kOk
};
NextHop next_hop(const std::vector<Url>& visited, std::string_view location, int redirects_max);

}  // namespace gouji::crawler
