#include "services/crawler/io/http_hop.h"

#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "common/core/check.h"
#include "common/text/ascii.h"
#include "services/crawler/core/content_decoding.h"
#include "services/crawler/core/http_rules.h"

namespace gouji::crawler {

namespace {

constexpr std::int64_t kWireChunk = 64 * 1024;       // CURLOPT_BUFFERSIZE
constexpr std::int64_t kRatioFrom = 1024 * 1024;     // small bodies may compress as well as they like
constexpr std::size_t kKeptHeaderBytes = 16 * 1024;  // of what goes into the event
constexpr std::size_t kKeptHeaders = 100;
constexpr std::size_t kErrorBodyMax = 1024 * 1024;   // of answers that are no document

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
  if (purpose != CURLSOCKTYPE_IPCXN || !known || !hop.guard->is_allowed(ip)) {
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
  if (static_cast<std::int64_t>(hop.encoded.size() + bytes) > hop.request.bytes_max) {
    if (hop.request.may_be_cut) {
      hop.encoded.append(data, static_cast<std::size_t>(hop.request.bytes_max) - hop.encoded.size());
      hop.is_cut = true;
      return 0;
    }
    hop.abort(FetchClass::kTooLarge, "the body is larger than " + std::to_string(hop.request.bytes_max) + " bytes");
    return 0;
  }
  hop.encoded.append(data, bytes);
  return bytes;
}

void keep_header(Hop& hop, std::string_view line) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0) return;
  HttpHeader header{clean_header_value(line.substr(0, colon)), clean_header_value(line.substr(colon + 1))};
  const std::string name = ascii_lower(header.name);
  if (name == "location") hop.location = header.value;
  if (name == "content-encoding") hop.content_encoding += (hop.content_encoding.empty() ? "" : ",") + header.value;
  const std::size_t bytes = header.name.size() + header.value.size();
  if (hop.headers.size() >= kKeptHeaders || hop.kept_header_bytes + bytes > kKeptHeaderBytes) return;
  hop.kept_header_bytes += bytes;
  hop.headers.push_back(std::move(header));
}

std::size_t take_header(char* data, std::size_t size, std::size_t count, void* user) {
  auto& hop = *static_cast<Hop*>(user);
  const std::size_t bytes = size * count;
  hop.header_bytes += static_cast<std::int64_t>(bytes);
  if (hop.header_bytes > hop.limits->header_bytes) {
    hop.abort(FetchClass::kTooLarge, "the headers are larger than " + std::to_string(hop.limits->header_bytes) + " bytes");
    return 0;
  }
  const std::string_view line(data, bytes);
  if (line.starts_with("HTTP/")) {  // an interim answer came before
    hop.headers.clear();
    hop.response_head.clear();
    hop.kept_header_bytes = 0;
    hop.location.clear();
    hop.content_encoding.clear();
  } else {
    keep_header(hop, line);
  }
  hop.response_head.append(line);
  return bytes;
}

int take_trace(CURL*, curl_infotype type, char* data, std::size_t size, void* user) {
  auto& hop = *static_cast<Hop*>(user);
  // A connection that was closed while idle makes libcurl send the same request again.
  if (type == CURLINFO_HEADER_OUT) hop.request_head.assign(data, size);
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
      // A handshake that the network cut short says nothing about certificates and versions.
      return std::strstr(hop.error.data(), "SYSCALL") != nullptr ? FetchClass::kConnect : FetchClass::kTls;
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
    if (ascii_lower(header.name) == name) return &header.value;
  }
  return nullptr;
}

std::string value_of(const std::vector<HttpHeader>& headers, std::string_view name) {
  const std::string* value = find(headers, name);
  return value == nullptr ? std::string() : *value;
}

// An option that this libcurl does not know would be a limit that does not hold.
template <typename Value>
void set(CURL* handle, CURLoption option, Value value) {
  GOUJI_CHECK(curl_easy_setopt(handle, option, value) == CURLE_OK);
}

void set_callbacks(CURL* handle, Hop& hop) {
  set(handle, CURLOPT_PRIVATE, &hop);
  set(handle, CURLOPT_ERRORBUFFER, hop.error.data());
  set(handle, CURLOPT_OPENSOCKETFUNCTION, open_socket);
  set(handle, CURLOPT_OPENSOCKETDATA, &hop);
  set(handle, CURLOPT_WRITEFUNCTION, take_body);
  set(handle, CURLOPT_WRITEDATA, &hop);
  set(handle, CURLOPT_HEADERFUNCTION, take_header);
  set(handle, CURLOPT_HEADERDATA, &hop);
  if (!hop.keeps_exchange) return;
  set(handle, CURLOPT_DEBUGFUNCTION, take_trace);
  set(handle, CURLOPT_DEBUGDATA, &hop);
  set(handle, CURLOPT_VERBOSE, 1L);
}

void set_limits(CURL* handle, const Hop& hop, std::chrono::milliseconds left) {
  set(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  set(handle, CURLOPT_FOLLOWLOCATION, 0L);
  // Not from the environment: a proxy would connect to addresses that nobody checked.
  set(handle, CURLOPT_PROXY, "");
  set(handle, CURLOPT_NOPROXY, "*");
  set(handle, CURLOPT_NOSIGNAL, 1L);
  set(handle, CURLOPT_PATH_AS_IS, 1L);
  set(handle, CURLOPT_HTTP_CONTENT_DECODING, 0L);
  set(handle, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(std::min(left, hop.limits->connect).count()));
  set(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(left.count()));
  set(handle, CURLOPT_LOW_SPEED_LIMIT, static_cast<long>(hop.limits->slowest_bytes_per_second));
  set(handle, CURLOPT_LOW_SPEED_TIME, static_cast<long>(hop.limits->slow_for.count()));
  set(handle, CURLOPT_MAXFILESIZE_LARGE, hop.request.may_be_cut ? curl_off_t{0} : static_cast<curl_off_t>(hop.request.bytes_max));
  set(handle, CURLOPT_BUFFERSIZE, static_cast<long>(kWireChunk));
  set(handle, CURLOPT_MAXLIFETIME_CONN, 300L);
}

long tls_version(const std::string& name) {
  if (name == "1.0") return CURL_SSLVERSION_TLSv1_0;
  if (name == "1.1") return CURL_SSLVERSION_TLSv1_1;
  return name == "1.3" ? CURL_SSLVERSION_TLSv1_3 : CURL_SSLVERSION_TLSv1_2;
}

// Servers that only know the renegotiation of before RFC 5746.
CURLcode allow_legacy(CURL*, void* context, void*) {
  SSL_CTX_set_options(static_cast<SSL_CTX*>(context), SSL_OP_LEGACY_SERVER_CONNECT);
  return CURLE_OK;
}

void set_tls(CURL* handle, const FetchRequest& request) {
  const TlsPolicy& tls = request.tls;
  set(handle, CURLOPT_SSL_VERIFYPEER, tls.verify ? 1L : 0L);
  set(handle, CURLOPT_SSL_VERIFYHOST, tls.verify ? 2L : 0L);
  set(handle, CURLOPT_SSLVERSION, tls_version(tls.min_version));
  // What such servers speak, OpenSSL takes only at the lowest security level.
  if (tls.min_version == "1.0" || tls.min_version == "1.1" || tls.legacy_renegotiation) set(handle, CURLOPT_SSL_CIPHER_LIST, "DEFAULT@SECLEVEL=0");
  if (tls.legacy_renegotiation) set(handle, CURLOPT_SSL_CTX_FUNCTION, allow_legacy);
  if (request.ip_family == "4") set(handle, CURLOPT_IPRESOLVE, static_cast<long>(CURL_IPRESOLVE_V4));
  if (request.ip_family == "6") set(handle, CURLOPT_IPRESOLVE, static_cast<long>(CURL_IPRESOLVE_V6));
}

void set_request(CURL* handle, Hop& hop, const std::string& user_agent) {
  const FetchRequest& request = hop.request;
  set(handle, CURLOPT_URL, to_string(request.url).c_str());
  set(handle, CURLOPT_USERAGENT, (request.user_agent.empty() ? user_agent : request.user_agent).c_str());
  hop.header_list.add("Accept-Encoding: " + std::string(kAcceptEncoding));
  hop.header_list.add("Accept-Language: zh-CN,zh;q=0.9,en;q=0.5");
  if (!request.etag.empty()) hop.header_list.add("If-None-Match: " + request.etag);
  if (!request.last_modified.empty()) hop.header_list.add("If-Modified-Since: " + request.last_modified);
  for (const HttpHeader& header : request.headers) hop.header_list.add(clean_header_value(header.name) + ": " + clean_header_value(header.value));
  if (request.method == "POST") {
    hop.header_list.add("Expect:");  // the body is small: no question before it
    set(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    set(handle, CURLOPT_POSTFIELDS, request.body.c_str());
  }
  set(handle, CURLOPT_HTTPHEADER, hop.header_list.get());
}

std::string message_of(const Hop& hop, CURLcode code, FetchClass result) {
  if (result == FetchClass::kRefusedAddress && !hop.refused_address.empty()) {
    return "its network address " + hop.refused_address + " is not public; allow it with --allow-net if it is meant";
  }
  if (hop.aborted) return hop.why;
  const std::string why = hop.error[0] != '\0' ? hop.error.data() : curl_easy_strerror(code);
  return result == FetchClass::kTls ? why + "; where the portal cannot mend it, its portal file may relax \"tls\", with a reason" : why;
}

Exchange exchange_of(Hop& hop, CURLcode code) {
  Exchange exchange;
  exchange.url = to_string(hop.request.url);
  exchange.request_head = std::move(hop.request_head);
  exchange.request_body = hop.request.body;
  exchange.response_head = std::move(hop.response_head);
  char* peer = nullptr;
  long port = 0, version = 0;
  curl_off_t took = 0, sent = 0;
  if (curl_easy_getinfo(hop.handle, CURLINFO_PRIMARY_IP, &peer) == CURLE_OK && peer != nullptr) exchange.peer_address = peer;
  curl_easy_getinfo(hop.handle, CURLINFO_PRIMARY_PORT, &port);
  curl_easy_getinfo(hop.handle, CURLINFO_HTTP_VERSION, &version);
  curl_easy_getinfo(hop.handle, CURLINFO_TOTAL_TIME_T, &took);
  exchange.peer_port = static_cast<std::uint16_t>(port);
  exchange.protocol = version == CURL_HTTP_VERSION_2_0 ? "HTTP/2" : version == CURL_HTTP_VERSION_1_0 ? "HTTP/1.0" : "HTTP/1.1";
  exchange.tls = hop.request.url.scheme == "https" ? hop.request.tls.reason : "";
  exchange.began_at = hop.began_at;
  curl_easy_getinfo(hop.handle, CURLINFO_PRETRANSFER_TIME_T, &sent);
  exchange.took = std::chrono::milliseconds{took / 1'000};
  exchange.sent_after = std::chrono::milliseconds{sent / 1'000};
  exchange.is_whole = code == CURLE_OK;
  return exchange;
}

// The body as a document; a result that says why there is none.
void decode(FetchResult& result, Hop& hop) {
  const bool is_document = result.result == FetchClass::kOk;
  if (hop.keeps_exchange) result.exchange.encoded_body = hop.encoded;
  if (!is_document && hop.encoded.size() > kErrorBodyMax) return;
  auto decoded = decode_content(hop.content_encoding, std::move(hop.encoded), {hop.request.bytes_max, hop.limits->ratio, kRatioFrom});
  if (decoded) {
    result.body = std::move(*decoded);
  } else if (is_document) {
    result.result = decoded.error().code == ErrorCode::kTooLarge ? FetchClass::kTooLarge : FetchClass::kTruncated;
    result.message = to_string(result.final_url) + ": " + decoded.error().message;
  }
}

}  // namespace

void HeaderList::add(const std::string& line) {
  curl_slist* longer = curl_slist_append(list_, line.c_str());
  GOUJI_CHECK(longer != nullptr);
  list_ = longer;
}

// Whether libcurl reads the same host and port in the address as this program does.
bool is_read_alike(const Url& url) {
  CURLU* parsed = curl_url();
  char *host = nullptr, *port = nullptr;
  const std::string text = to_string(url);
  const bool alike = parsed != nullptr && curl_url_set(parsed, CURLUPART_URL, text.c_str(), CURLU_DISALLOW_USER | CURLU_PATH_AS_IS) == CURLUE_OK &&
                     curl_url_get(parsed, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
                     curl_url_get(parsed, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) == CURLUE_OK && ascii_lower(host) == url.host &&
                     std::to_string(url.port) == port;
  curl_free(host);
  curl_free(port);
  curl_url_cleanup(parsed);
  return alike;
}

void prepare(Hop& hop, const std::string& user_agent, std::chrono::milliseconds left) {
  curl_easy_reset(hop.handle);  // keeps the open connections
  set_callbacks(hop.handle, hop);
  set_limits(hop.handle, hop, left);
  set_tls(hop.handle, hop.request);
  set_request(hop.handle, hop, user_agent);
}

FetchResult result_of(Hop& hop, CURLcode code, UnixMillis now) {
  FetchResult result;
  result.final_url = hop.request.url;
  result.wire_bytes = wire_bytes(hop.handle);
  result.exchange = exchange_of(hop, code);
  const std::string address = to_string(result.final_url);
  if ((code != CURLE_OK && !hop.is_cut) || hop.aborted) {
    result.result = class_of_failure(code, hop);
    result.message = address + ": " + message_of(hop, code, result.result);
    return result;
  }
  long status = 0;
  curl_easy_getinfo(hop.handle, CURLINFO_RESPONSE_CODE, &status);
  result.status = static_cast<int>(status);
  result.result = class_of_status(result.status);
  result.headers = std::move(hop.headers);
  result.location = std::move(hop.location);
  result.media_type = value_of(result.headers, "content-type");
  result.etag = value_of(result.headers, "etag");
  result.last_modified = value_of(result.headers, "last-modified");
  result.retry_after = retry_after(value_of(result.headers, "retry-after"), now);
  if (result.result != FetchClass::kOk) result.message = address + ": HTTP status " + std::to_string(result.status);
  decode(result, hop);
  return result;
}

}  // namespace gouji::crawler
