#include "services/crawler/core/cookies.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "common/text/ascii.h"
#include "services/crawler/core/http_rules.h"

namespace gouji::crawler {

namespace {

constexpr std::size_t kCookiesMax = 50;
constexpr std::size_t kCookieBytesMax = 4'096;
constexpr std::size_t kHeaderBytesMax = 8'192;

// The part up to `end`, which is taken off the text.
std::string_view cut_to(std::string_view& text, char end) {
  const std::string_view part = text.substr(0, text.find(end));
  text.remove_prefix(std::min(part.size() + 1, text.size()));
  return trimmed(part);
}

// RFC 6265, section 5.1.4.
std::string default_path(const Url& url) {
  const auto slash = url.path.rfind('/');
  return slash == std::string::npos || slash == 0 ? "/" : url.path.substr(0, slash);
}

bool is_path_match(std::string_view asked, std::string_view path) {
  return asked.starts_with(path) && (asked.size() == path.size() || path.ends_with('/') || asked[path.size()] == '/');
}

// The host itself, or a domain that it lies in.
bool is_domain_of(std::string_view domain, std::string_view host) {
  if (domain.starts_with('.')) domain.remove_prefix(1);
  return equals_ignoring_case(domain, host) || (host.size() > domain.size() && host[host.size() - domain.size() - 1] == '.' &&
                                                equals_ignoring_case(host.substr(host.size() - domain.size()), domain));
}

}  // namespace

bool CookieJar::learn(const Url& url, const std::vector<HttpHeader>& headers, UnixMillis now) {
  bool has_news = false;
  for (const HttpHeader& header : headers) {
    if (!equals_ignoring_case(header.name, "set-cookie") || header.value.size() > kCookieBytesMax) continue;
    std::string_view rest = header.value;
    std::string_view pair = cut_to(rest, ';');
    const auto equals = pair.find('=');
    if (equals == std::string_view::npos || equals == 0) continue;
    Cookie cookie{url.host, default_path(url), std::string(trimmed(pair.substr(0, equals))), std::string(trimmed(pair.substr(equals + 1))), false};
    bool is_deleted = false, is_ours = true;
    while (!rest.empty()) {
      std::string_view value = cut_to(rest, ';');
      const std::string name = ascii_lower(cut_to(value, '='));
      if (name == "path" && value.starts_with('/')) cookie.path = value;
      if (name == "secure") cookie.is_secure = true;
      if (name == "domain" && !value.empty()) is_ours = is_domain_of(trimmed(value), url.host);
      if (name == "max-age") is_deleted = value.starts_with('-') || value == "0";
      // A moment that is over is 0 from now.
      if (name == "expires") is_deleted = is_deleted || retry_after(trimmed(value), now) == std::chrono::milliseconds{0};
    }
    if (is_ours && !(cookie.is_secure && url.scheme != "https")) has_news = take(std::move(cookie), is_deleted) || has_news;
  }
  return has_news;
}

bool CookieJar::take(Cookie cookie, bool is_deleted) {
  const auto known = std::find_if(cookies_.begin(), cookies_.end(), [&](const Cookie& one) { return one.host == cookie.host && one.path == cookie.path && one.name == cookie.name; });
  if (is_deleted) {
    if (known != cookies_.end()) cookies_.erase(known);
    return false;
  }
  if (known != cookies_.end()) {
    const bool is_other = known->value != cookie.value;
    *known = std::move(cookie);
    return is_other;
  }
  if (cookies_.size() >= kCookiesMax) cookies_.erase(cookies_.begin());
  cookies_.push_back(std::move(cookie));
  return true;
}

std::string CookieJar::header_for(const Url& url) const {
  std::string header;
  for (const Cookie& cookie : cookies_) {
    const bool is_meant = cookie.host == url.host && is_path_match(url.path, cookie.path) && (!cookie.is_secure || url.scheme == "https");
    const std::size_t bytes = cookie.name.size() + cookie.value.size() + 3;
    if (is_meant && header.size() + bytes <= kHeaderBytesMax) header += (header.empty() ? "" : "; ") + cookie.name + "=" + cookie.value;
  }
  return header;
}

}  // namespace gouji::crawler
