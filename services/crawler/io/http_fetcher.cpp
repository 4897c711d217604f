#include "services/crawler/io/http_fetcher.h"

#include <curl/curl.h>

#include <algorithm>
#include <list>
#include <utility>

#include "common/core/check.h"
#include "services/crawler/core/http_rules.h"
#include "services/crawler/io/http_hop.h"

namespace gouji::crawler {

namespace {

// A stop is noticed within this time.
constexpr std::chrono::milliseconds kTurn{100};

}  // namespace

struct HttpFetcher::Impl {
  HttpFetcherOptions options;
  const Clock& clock;
  std::function<bool()> stopping;
  AddressGuard guard;
  CURLM* multi;
  std::list<Hop> hops;
  std::vector<CURL*> idle;
  std::vector<std::pair<Done, FetchResult>> refused;  // told by the next poll()

  Impl(HttpFetcherOptions with, const Clock& time, std::function<bool()> stop, CURLM* made)
      : options(std::move(with)), clock(time), stopping(std::move(stop)), guard(options.allow_net), multi(made) {}
  ~Impl();
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  void start(FetchRequest request, Done done, std::chrono::milliseconds left);
  void finish(Hop& hop, CURLcode code);
  void tell_refused();
  void stop_all();
  void take_finished();
};

HttpFetcher::Impl::~Impl() {
  for (Hop& hop : hops) {
    curl_multi_remove_handle(multi, hop.handle);
    curl_easy_cleanup(hop.handle);
  }
  for (CURL* handle : idle) curl_easy_cleanup(handle);
  curl_multi_cleanup(multi);
}

void HttpFetcher::Impl::start(FetchRequest request, Done done, std::chrono::milliseconds left) {
  if (!is_read_alike(request.url)) {
    FetchResult result;
    result.result = FetchClass::kRefusedAddress;
    result.message = to_string(request.url) + ": an address in disguise; write it plainly";
    result.final_url = std::move(request.url);
    refused.emplace_back(std::move(done), std::move(result));
    return;
  }
  Hop& hop = hops.emplace_back();
  hop.self = std::prev(hops.end());
  hop.keeps_exchange = options.keeps_exchanges;
  hop.request = std::move(request);
  hop.done = std::move(done);
  hop.limits = &options.limits;
  hop.guard = &guard;
  hop.began_at = clock.unix_millis();
  hop.handle = idle.empty() ? curl_easy_init() : idle.back();
  if (!idle.empty()) idle.pop_back();
  GOUJI_CHECK(hop.handle != nullptr);
  prepare(hop, options.user_agent, left);
  GOUJI_CHECK(curl_multi_add_handle(multi, hop.handle) == CURLM_OK);
}

void HttpFetcher::Impl::finish(Hop& hop, CURLcode code) {
  FetchResult result = result_of(hop, code, clock.unix_millis());
  const Done done = std::move(hop.done);
  curl_multi_remove_handle(multi, hop.handle);
  curl_easy_setopt(hop.handle, CURLOPT_HTTPHEADER, nullptr);
  curl_easy_setopt(hop.handle, CURLOPT_ERRORBUFFER, nullptr);
  // What a failure leaves in a handle is not known: after a name that does not resolve, libcurl refuses
  // to have its buffer set again.
  if (code == CURLE_OK) {
    idle.push_back(hop.handle);
  } else {
    curl_easy_cleanup(hop.handle);
  }
  hops.erase(hop.self);
  done(std::move(result));
}

void HttpFetcher::Impl::tell_refused() {
  for (auto& [done, result] : std::exchange(refused, {})) done(std::move(result));
}

void HttpFetcher::Impl::stop_all() {
  while (!hops.empty()) {
    hops.front().abort(FetchClass::kStopped, "the crawler is stopping");
    finish(hops.front(), CURLE_ABORTED_BY_CALLBACK);
  }
}

void HttpFetcher::Impl::take_finished() {
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    const CURLcode code = message->data.result;
    Hop* hop = nullptr;
    GOUJI_CHECK(curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &hop) == CURLE_OK && hop != nullptr);
    finish(*hop, code);
  }
}

HttpFetcher::HttpFetcher(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpFetcher::~HttpFetcher() = default;

Result<std::unique_ptr<HttpFetcher>> HttpFetcher::create(HttpFetcherOptions options, const Clock& clock, std::function<bool()> stopping) {
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  CURLM* multi = ready == CURLE_OK ? curl_multi_init() : nullptr;
  if (multi == nullptr) return fatal(ErrorCode::kInternal, "libcurl cannot be started");
  curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, static_cast<long>(options.connections_max));
  return std::unique_ptr<HttpFetcher>(new HttpFetcher(std::make_unique<Impl>(std::move(options), clock, std::move(stopping), multi)));
}

void HttpFetcher::start(FetchRequest request, Done done) { impl_->start(std::move(request), std::move(done), impl_->options.limits.total); }

std::size_t HttpFetcher::in_flight() const { return impl_->hops.size() + impl_->refused.size(); }

void HttpFetcher::wake() { curl_multi_wakeup(impl_->multi); }

void HttpFetcher::poll(std::chrono::milliseconds wait) {
  impl_->tell_refused();
  if (impl_->stopping()) return impl_->stop_all();
  int running = 0;
  GOUJI_CHECK(curl_multi_perform(impl_->multi, &running) == CURLM_OK);
  const std::size_t before = impl_->hops.size();
  impl_->take_finished();
  if (impl_->hops.size() != before || !impl_->refused.empty() || wait.count() <= 0) return;
  const auto turn = std::min(wait, kTurn);
  GOUJI_CHECK(curl_multi_poll(impl_->multi, nullptr, 0, static_cast<int>(turn.count()), nullptr) == CURLM_OK);
  GOUJI_CHECK(curl_multi_perform(impl_->multi, &running) == CURLM_OK);
  impl_->take_finished();
}

NextHop next_hop(const std::vector<Url>& visited, std::string_view location, int redirects_max) {
  if (location.empty()) return {{FetchClass::kRedirects, "a redirect to nowhere"}, {}};
  const auto next = resolve(visited.back(), location);
  if (!next) return {{FetchClass::kRefusedAddress, next.error().message}, {}};
  if (std::find(visited.begin(), visited.end(), *next) != visited.end()) return {{FetchClass::kRedirects, "redirects in a circle"}, {}};
  if (static_cast<int>(visited.size()) > redirects_max) {
    return {{FetchClass::kRedirects, "more than " + std::to_string(redirects_max) + " redirects"}, {}};
  }
  return {{}, *next};
}

FetchResult HttpFetcher::fetch(const FetchRequest& request) {
  const auto end = impl_->clock.monotonic() + impl_->options.limits.total;
  std::vector<Url> visited{request.url};
  std::int64_t wire = 0;
  while (true) {
    const Url url = visited.back();
    FetchResult result;
    result.final_url = url;
    const auto refuse = [&](const Admission& admission) {
      result.result = admission.result;
      result.message = to_string(url) + ": " + admission.message;
      return result;
    };
    if (const Admission admission = request.admit(url); admission.result != FetchClass::kOk) return refuse(admission);
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - impl_->clock.monotonic());
    if (left.count() <= 0) return refuse({FetchClass::kTimeout, "no time left after its redirects"});
    FetchRequest hop = request;
    hop.url = url;
    bool is_done = false;
    impl_->start(std::move(hop), [&](FetchResult got) {
      result = std::move(got);
      is_done = true;
    }, left);
    while (!is_done) poll(kTurn);
    result.wire_bytes += std::exchange(wire, wire + result.wire_bytes);
    if (!is_redirect(result.status)) return result;
    NextHop next = next_hop(visited, result.location, impl_->options.limits.redirects);
    if (next.verdict.result != FetchClass::kOk) return refuse(next.verdict);
    visited.push_back(std::move(next.url));
  }
}

}  // namespace gouji::crawler
