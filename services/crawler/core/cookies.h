// Cookies of portals whose file says "cookies": "host". They live as long as the process, and each goes
// back to the one host that set it alone, whatever Domain it names. Otherwise after RFC 6265, as far as
// sending them back needs it.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "common/core/clock.h"
#include "common/report/raw_report.h"
#include "services/crawler/core/url.h"

namespace gouji::crawler {

// Of one portal. Bounded: what is too many, too long or meant for other hosts is not kept.
class CookieJar {
 public:
  // What the answer of an address sets or deletes. True when something is there now that was not.
  bool learn(const Url& url, const std::vector<HttpHeader>& headers, UnixMillis now);
  // The value of the Cookie header for a request; empty without any.
  std::string header_for(const Url& url) const;

 private:
  struct Cookie {
    std::string host, path, name, value;
    bool is_secure = false;
  };
  bool take(Cookie cookie, bool is_deleted);

  std::vector<Cookie> cookies_;  // in the order of their first setting
};

}  // namespace gouji::crawler
