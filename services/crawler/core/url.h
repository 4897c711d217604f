// Addresses on the web, in one canonical spelling. Strict where programs read addresses differently
// (backslash, control characters, user names, odd hosts): such an address is refused, so that what
// is checked here and what the HTTP library connects to cannot be two different hosts.
// After RFC 3986, sections 5.2 (resolution) and 6.2.2 (normalisation).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/core/result.h"

namespace gouji::crawler {

inline constexpr std::size_t kUrlBytesMax = 2'083;

struct Url {
  std::string scheme;  // "http", "https"
  std::string host;    // lower case; a name, an IPv4 address, or an IPv6 address in brackets
  std::uint16_t port = 0;
  std::string path;    // begins with '/'; percent-encoded, dot segments removed
  std::string query;   // with its '?', or empty; order kept
  friend bool operator==(const Url&, const Url&) = default;
};

// An absolute address. The fragment is dropped. kInvalidInput REFUSED_ADDRESS says what is wrong.
Result<Url> parse_url(std::string_view text);
// `reference`, as a link of the page at `base` has it.
Result<Url> resolve(const Url& base, std::string_view reference);
// The canonical spelling: parse_url(to_string(url)) is the same url. Default ports are left out.
std::string to_string(const Url& url);
// scheme://host:port, where one robots.txt is valid.
std::string origin_of(const Url& url);

}  // namespace gouji::crawler
