// One request and its answer as they went over the wire: what an archive of evidence keeps. Every hop
// is one, redirects and robots.txt too.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "common/core/clock.h"

namespace gouji::crawler {

struct Exchange {
  std::string url;            // canonical, asked for
  std::string request_head;   // as sent, with its empty line; rebuilt in the manner of HTTP/1.1 for HTTP/2
  std::string request_body;
  std::string response_head;  // as received, interim answers left out, with its empty line
  std::string encoded_body;   // as received, before Content-Encoding is undone; chunks put together
  std::string peer_address;   // numeric
  std::uint16_t peer_port = 0;
  std::string protocol;       // "HTTP/1.1", "HTTP/2"
  std::string tls;            // why the portal's TLS is relaxed; empty when it is verified or there is none
  UnixMillis began_at = 0;
  std::chrono::milliseconds took{0};
  bool is_whole = false;      // the answer came to its end
};

}  // namespace gouji::crawler
