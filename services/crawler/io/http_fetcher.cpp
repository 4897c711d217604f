#include "services/crawler/io/http_fetcher.h"

#include <curl/curl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "common/core/check.h"
#include "services/crawler/core/http_rules.h"

namespace gouji::crawler {

namespace {

constexpr std::int64_t kWireChunk = 16 * 1024;       // CURLOPT_BUFFERSIZE
constexpr std::int64_t kRatioFrom = 1024 * 1024;     // small bodies may compress as well as they like
constexpr std::size_t kKeptHeaderBytes = 16 * 1024;  // of what goes into the event
constexpr std::size_t kKeptHeaders = 100;

// One hop while libcurl works on it. The callbacks see this; a callback that aborts says why first.
struct Hop {
  Hop(const HttpLimits& within, const AddressGuard& guarded, const std::function<bool()>& stop)
      : limits(within), guard(guarded), stopping(stop) {}

  const HttpLimits& limits;
  const AddressGuard& guard;
  const std::function<bool()>& stopping;
  CURL* handle = nullptr;
  std::int64_t bytes_max = 0;

  std::string body;
  std::vector<HttpHeader> headers;
  std::size_t kept_header_bytes = 0;
  std::int64_t header_bytes = 0;
  std::string location;
  std::string refused_address;  // the last one that was refused
  bool opened = false;          // some address was allowed
  std::optional<FetchClass> aborted;
  std::string why;

  void abort(FetchClass result, std::string message) {
    aborted = result;
    why = std::move(message);
  }
};

IpAddress address_of(const sockaddr& address, bool& known) {
  IpAddress ip;
  known = true;
  if (address.sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &address, sizeof v4);
    std::memcpy(ip.bytes.data(), &v4.sin_addr, 4);
  } else if (address.sa_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &address, sizeof v6);
    ip.is_v6 = true;
    std::memcpy(ip.bytes.data(), &v6.sin6_addr, 16);
  } else {
    known = false;
  }
  return ip;
}

// The one place where an address that a name, a redirect or a number in disguise came to is decided on.
curl_socket_t open_socket(void* user, curlsocktype purpose, curl_sockaddr* address) {
  auto& hop = *static_cast<Hop*>(user);
  bool known = false;
  const IpAddress ip = address_of(address->addr, known);
  if (purpose != CURLSOCKTYPE_IPCXN || !known || !hop.guard.is_allowed(ip)) {
    hop.refused_address = known ? to_string(ip) : "of family " + std::to_string(address->family);
    return CURL_SOCKET_BAD;
  }
  hop.opened = true;
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

std::int64_t wire_bytes(CURL* handle) {
  curl_off_t bytes = 0;
  curl_easy_getinfo(handle, CURLINFO_SIZE_DOWNLOAD_T, &bytes);
  return bytes;
}

std::size_t take_body(char* data, std::size_t size, std::size_t count, void* user) {
  auto& hop = *static_cast<Hop*>(user);
  const std::size_t bytes = size * count;
  const auto decoded = static_cast<std::int64_t>(hop.body.size() + bytes);
  if (decoded > hop.bytes_max) {
    hop.abort(FetchClass::kTooLarge, "the body is larger than " + std::to_string(hop.bytes_max) + " bytes");
    return 0;
  }
  // The count of bytes from the wire lags by the chunk that is being decoded.
  if (decoded > kRatioFrom && decoded > hop.limits.ratio * (wire_bytes(hop.handle) + kWireChunk)) {
    hop.abort(FetchClass::kTooLarge, "the body unpacks to more than " + std::to_string(hop.limits.ratio) + " times its size");
    return 0;
  }
  hop.body.append(data, bytes);
  return bytes;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

void keep_header(Hop& hop, std::string_view line) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0) return;
  HttpHeader header{clean_header_value(line.substr(0, colon)), clean_header_value(line.substr(colon + 1))};
  if (lower(header.name) == "location") hop.location = header.value;
  const std::size_t bytes = header.name.size() + header.value.size();
  if (hop.headers.size() >= kKeptHeaders || hop.kept_header_bytes + bytes > kKeptHeaderBytes) return;
  hop.kept_header_bytes += bytes;
  hop.headers.push_back(std::move(header));
}

std::size_t take_header(char* data, std::size_t size, std::size_t count, void* user) {
  auto& hop = *static_cast<Hop*>(user);
  const std::size_t bytes = size * count;
  hop.header_bytes += static_cast<std::int64_t>(bytes);
  if (hop.header_bytes > hop.limits.header_bytes) {
    hop.abort(FetchClass::kTooLarge, "the headers are larger than " + std::to_string(hop.limits.header_bytes) + " bytes");
    return 0;
  }
  const std::string_view line(data, bytes);
  if (line.starts_with("HTTP/")) {  // an interim answer came before
    hop.headers.clear();
    hop.kept_header_bytes = 0;
    hop.location.clear();
  } else {
    keep_header(hop, line);
  }
  return bytes;
}

int watch_progress(void* user, curl_off_t, curl_off_t now, curl_off_t, curl_off_t) {
  auto& hop = *static_cast<Hop*>(user);
  if (hop.stopping()) {
    hop.abort(FetchClass::kStopped, "the crawler is stopping");
    return 1;
  }
  if (now > hop.bytes_max) {
    hop.abort(FetchClass::kTooLarge, "more than " + std::to_string(hop.bytes_max) + " bytes were sent");
    return 1;
  }
  return 0;
}

FetchClass class_of_failure(CURLcode code, const Hop& hop) {
  if (hop.aborted) return *hop.aborted;
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
      return FetchClass::kDns;
    case CURLE_OPERATION_TIMEDOUT:
      return FetchClass::kTimeout;
    case CURLE_FILESIZE_EXCEEDED:
      return FetchClass::kTooLarge;
    case CURLE_PARTIAL_FILE:
    case CURLE_BAD_CONTENT_ENCODING:
    case CURLE_RECV_ERROR:
    case CURLE_HTTP2_STREAM:
    case CURLE_HTTP2:
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_UNSUPPORTED_PROTOCOL:  // the scheme is known to be HTTP: the answer is not
      return FetchClass::kTruncated;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
      return FetchClass::kTls;
    case CURLE_URL_MALFORMAT:
      return FetchClass::kRefusedAddress;
    default:
      return !hop.opened && !hop.refused_address.empty() ? FetchClass::kRefusedAddress : FetchClass::kConnect;
  }
}

const std::string* find(const std::vector<HttpHeader>& headers, std::string_view name) {
  for (const HttpHeader& header : headers) {
    if (lower(header.name) == name) return &header.value;
  }
  return nullptr;
}

std::string value_of(const std::vector<HttpHeader>& headers, std::string_view name) {
  const std::string* value = find(headers, name);
  return value == nullptr ? std::string() : *value;
}

// Whether libcurl reads the same host and port in the address as this program does.
bool is_read_alike(const Url& url) {
  CURLU* parsed = curl_url();
  char *host = nullptr, *port = nullptr;
  const std::string text = to_string(url);
  const bool alike = parsed != nullptr && curl_url_set(parsed, CURLUPART_URL, text.c_str(), CURLU_DISALLOW_USER | CURLU_PATH_AS_IS) == CURLUE_OK &&
                     curl_url_get(parsed, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
                     curl_url_get(parsed, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) == CURLUE_OK && lower(host) == url.host &&
                     std::to_string(url.port) == port;
  curl_free(host);
  curl_free(port);
  curl_url_cleanup(parsed);
  return alike;
}

// Request headers; freed with the hop.
class HeaderList {
 public:
  HeaderList() = default;
  ~HeaderList() { curl_slist_free_all(list_); }
  HeaderList(const HeaderList&) = delete;
  HeaderList& operator=(const HeaderList&) = delete;
  void add(const std::string& line) {
    curl_slist* longer = curl_slist_append(list_, line.c_str());
    GOUJI_CHECK(longer != nullptr);
    list_ = longer;
  }
  curl_slist* get() const { return list_; }

 private:
  curl_slist* list_ = nullptr;
};

// An option that this libcurl does not know would be a limit that does not hold.
template <typename Value>
void set(CURL* handle, CURLoption option, Value value) {
  GOUJI_CHECK(curl_easy_setopt(handle, option, value) == CURLE_OK);
}

void set_callbacks(CURL* handle, Hop& hop) {
  set(handle, CURLOPT_OPENSOCKETFUNCTION, open_socket);
  set(handle, CURLOPT_OPENSOCKETDATA, &hop);
  set(handle, CURLOPT_WRITEFUNCTION, take_body);
  set(handle, CURLOPT_WRITEDATA, &hop);
  set(handle, CURLOPT_HEADERFUNCTION, take_header);
  set(handle, CURLOPT_HEADERDATA, &hop);
  set(handle, CURLOPT_XFERINFOFUNCTION, watch_progress);
  set(handle, CURLOPT_XFERINFODATA, &hop);
  set(handle, CURLOPT_NOPROGRESS, 0L);
}

void set_limits(CURL* handle, const Hop& hop, std::chrono::milliseconds left) {
  set(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  set(handle, CURLOPT_FOLLOWLOCATION, 0L);
  // Not from the environment: a proxy would connect to addresses that nobody checked.
  set(handle, CURLOPT_PROXY, "");
  set(handle, CURLOPT_NOPROXY, "*");
  set(handle, CURLOPT_NOSIGNAL, 1L);
  set(handle, CURLOPT_PATH_AS_IS, 1L);
  set(handle, CURLOPT_SSL_VERIFYPEER, 1L);
  set(handle, CURLOPT_SSL_VERIFYHOST, 2L);
  set(handle, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  set(handle, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(std::min(left, hop.limits.connect).count()));
  set(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(left.count()));
  set(handle, CURLOPT_LOW_SPEED_LIMIT, static_cast<long>(hop.limits.slowest_bytes_per_second));
  set(handle, CURLOPT_LOW_SPEED_TIME, static_cast<long>(hop.limits.slow_for.count()));
  set(handle, CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(hop.bytes_max));
  set(handle, CURLOPT_BUFFERSIZE, static_cast<long>(kWireChunk));
  set(handle, CURLOPT_MAXLIFETIME_CONN, 300L);
}

}  // namespace

struct HttpFetcher::Impl {
  HttpFetcherOptions options;
  const Clock& clock;
  std::function<bool()> stopping;
  AddressGuard guard;
  CURL* handle;

  Impl(HttpFetcherOptions with, const Clock& time, std::function<bool()> stop, CURL* made)
      : options(std::move(with)), clock(time), stopping(std::move(stop)), guard(options.allow_net), handle(made) {}
  ~Impl() { curl_easy_cleanup(handle); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  CURLcode perform(const FetchRequest& request, const Url& url, Hop& hop, std::chrono::milliseconds left);
  void finish(FetchResult& result, Hop& hop, CURLcode code);
};

CURLcode HttpFetcher::Impl::perform(const FetchRequest& request, const Url& url, Hop& hop, std::chrono::milliseconds left) {
  curl_easy_reset(handle);  // keeps the open connections
  hop.handle = handle;
  hop.bytes_max = request.bytes_max;
  set_callbacks(handle, hop);
  set_limits(handle, hop, left);
  set(handle, CURLOPT_URL, to_string(url).c_str());
  set(handle, CURLOPT_USERAGENT, options.user_agent.c_str());
  set(handle, CURLOPT_ACCEPT_ENCODING, "");  // all that this libcurl decodes
  HeaderList headers;
  headers.add("Accept-Language: zh-CN,zh;q=0.9,en;q=0.5");
  if (!request.etag.empty()) headers.add("If-None-Match: " + request.etag);
  if (!request.last_modified.empty()) headers.add("If-Modified-Since: " + request.last_modified);
  set(handle, CURLOPT_HTTPHEADER, headers.get());
  const CURLcode code = curl_easy_perform(handle);
  curl_easy_setopt(handle, CURLOPT_HTTPHEADER, nullptr);
  return code;
}

void HttpFetcher::Impl::finish(FetchResult& result, Hop& hop, CURLcode code) {
  result.wire_bytes += wire_bytes(handle);
  const std::string address = to_string(result.final_url);
  if (code != CURLE_OK) {
    result.result = class_of_failure(code, hop);
    result.message = address + ": " +
                     (result.result == FetchClass::kRefusedAddress && !hop.refused_address.empty()
                          ? "its network address " + hop.refused_address + " is not public; allow it with --allow-net if it is meant"
                      : hop.aborted ? hop.why
                                    : std::string(curl_easy_strerror(code)));
    return;
  }
  long status = 0;
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
  result.status = static_cast<int>(status);
  result.result = class_of_status(result.status);
  result.headers = std::move(hop.headers);
  result.media_type = value_of(result.headers, "content-type");
  result.etag = value_of(result.headers, "etag");
  result.last_modified = value_of(result.headers, "last-modified");
  result.retry_after = retry_after(value_of(result.headers, "retry-after"), clock.unix_millis());
  if (result.result == FetchClass::kOk) {
    result.body = std::move(hop.body);
  } else {
    result.message = address + ": HTTP status " + std::to_string(result.status);
  }
}

HttpFetcher::HttpFetcher(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpFetcher::~HttpFetcher() = default;

Result<std::unique_ptr<HttpFetcher>> HttpFetcher::create(HttpFetcherOptions options, const Clock& clock, std::function<bool()> stopping) {
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  CURL* handle = ready == CURLE_OK ? curl_easy_init() : nullptr;
  if (handle == nullptr) return fatal(ErrorCode::kInternal, "libcurl cannot be started");
  return std::unique_ptr<HttpFetcher>(new HttpFetcher(std::make_unique<Impl>(std::move(options), clock, std::move(stopping), handle)));
}

FetchResult HttpFetcher::fetch(const FetchRequest& request) {
  FetchResult result;
  result.final_url = request.url;
  const auto end = impl_->clock.monotonic() + impl_->options.limits.total;
  std::vector<Url> visited;
  while (true) {
    const Url& url = result.final_url;
    const auto refuse = [&](FetchClass why, const std::string& message) {
      result.result = why;
      result.message = to_string(url) + ": " + message;
      return result;
    };
    if (!is_read_alike(url)) return refuse(FetchClass::kRefusedAddress, "an address in disguise; write it plainly");
    if (const Admission admission = request.admit(url); admission.result != FetchClass::kOk) return refuse(admission.result, admission.message);
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - impl_->clock.monotonic());
    if (left.count() <= 0) return refuse(FetchClass::kTimeout, "no time left after its redirects");
    Hop hop(impl_->options.limits, impl_->guard, impl_->stopping);
    const CURLcode code = impl_->perform(request, url, hop, left);
    const std::string location = hop.location;
    impl_->finish(result, hop, code);
    if (code != CURLE_OK || !is_redirect(result.status)) return result;
    visited.push_back(url);
    const auto next = resolve(url, location);
    if (location.empty() || !next) return refuse(location.empty() ? FetchClass::kRedirects : FetchClass::kRefusedAddress,
                                                 location.empty() ? "a redirect to nowhere" : next.error().message);
    if (std::find(visited.begin(), visited.end(), *next) != visited.end()) return refuse(FetchClass::kRedirects, "redirects in a circle");
    if (static_cast<int>(visited.size()) > impl_->options.limits.redirects) {
      return refuse(FetchClass::kRedirects, "more than " + std::to_string(impl_->options.limits.redirects) + " redirects");
    }
    result.final_url = *next;
  }
}

}  // namespace gouji::crawler
