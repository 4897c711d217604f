#include "services/crawler/core/url.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "common/text/ascii.h"

namespace gouji::crawler {

namespace {

constexpr std::string_view kHex = "0123456789ABCDEF";

Error refused(std::string_view text, std::string_view why) {
  std::string shown;
  for (const char c : text.substr(0, 200)) shown.push_back(static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c);
  return invalid_input(ErrorCode::kRefusedAddress, "address \"" + shown + "\": " + std::string(why));
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z'; }
bool is_hex(char c) { return hex_digit(c) >= 0; }
bool is_unreserved(char c) { return is_letter(c) || is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~'; }

// Path and query in one spelling: what needs no encoding is decoded, what needs one has it.
std::string normal_part(std::string_view text, std::string_view plain) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '%' && i + 2 < text.size() && is_hex(text[i + 1]) && is_hex(text[i + 2])) {
      const auto decoded = static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
      if (is_unreserved(decoded)) {
        out.push_back(decoded);
      } else {
        const auto byte = static_cast<unsigned char>(decoded);
        out.append({'%', kHex[byte >> 4], kHex[byte & 15]});
      }
      i += 2;
    } else if (is_unreserved(c) || plain.find(c) != std::string_view::npos) {
      out.push_back(c);
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out.append({'%', kHex[byte >> 4], kHex[byte & 15]});
    }
  }
  return out;
}

// RFC 3986, section 5.2.4.
std::string without_dot_segments(std::string_view path) {
  std::vector<std::string_view> kept;
  bool ends_open = false;  // the path ends in a folder
  for (std::size_t at = 1; at <= path.size();) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    const std::string_view segment = path.substr(at, end - at);
    const bool is_last = end == path.size();
    ends_open = segment == "." || segment == "..";
    if (segment == ".." && !kept.empty()) kept.pop_back();
    if (!ends_open) kept.push_back(segment);
    if (is_last) break;
    at = end + 1;
  }
  std::string out;
  for (const std::string_view segment : kept) out.append("/").append(segment);
  if (ends_open || out.empty()) out.append("/");
  return out;
}

bool has_forbidden(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f || c == '\\';
  });
}

// A name of letters, digits, '-', '_' and '.', or an IPv6 address in brackets; lower case.
std::optional<std::string> host_from(std::string_view text) {
  std::string host = ascii_lower(text);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    const std::string_view inside = std::string_view(host).substr(1, host.size() - 2);
    const bool is_plain = std::all_of(inside.begin(), inside.end(), [](char c) { return is_hex(c) || c == ':' || c == '.'; });
    return is_plain ? std::optional(host) : std::nullopt;
  }
  if (host.empty() || host.size() > 253 || host.front() == '.' || host.find("..") != std::string::npos) return std::nullopt;
  if (host.back() == '.') host.pop_back();
  const bool is_plain = std::all_of(host.begin(), host.end(), [](char c) { return is_letter(c) || is_digit(c) || c == '-' || c == '_' || c == '.'; });
  return is_plain ? std::optional(host) : std::nullopt;
}

std::optional<std::uint16_t> port_from(std::string_view text) {
  unsigned port = 0;
  if (text.empty() || text.size() > 5) return std::nullopt;
  for (const char c : text) {
    if (!is_digit(c)) return std::nullopt;
    port = port * 10 + static_cast<unsigned>(c - '0');
  }
  return port >= 1 && port <= 65'535 ? std::optional(static_cast<std::uint16_t>(port)) : std::nullopt;
}

std::uint16_t default_port(std::string_view scheme) { return scheme == "https" ? 443 : 80; }

Result<void> read_authority(Url& url, std::string_view authority, std::string_view text) {
  if (authority.find('@') != std::string_view::npos) return refused(text, "user names in addresses are not taken");
  const auto bracket = authority.rfind(']');
  const auto colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  const auto host = host_from(authority.substr(0, colon));
  if (!host) return refused(text, "the host is not a plain name or address; write names in other scripts as xn--…");
  url.host = *host;
  url.port = default_port(url.scheme);
  if (colon == std::string_view::npos || colon + 1 == authority.size()) return ok();
  const auto port = port_from(authority.substr(colon + 1));
  if (!port) return refused(text, "the port is not 1…65535");
  url.port = *port;
  return ok();
}

void read_path(Url& url, std::string_view rest) {
  const auto question = rest.find('?');
  const std::string_view path = rest.substr(0, question);
  url.path = without_dot_segments(normal_part(path.empty() ? "/" : path, "/!$&'()*+,;=:@"));
  url.query = question == std::string_view::npos ? "" : "?" + normal_part(rest.substr(question + 1), "/?!$&'()*+,;=:@[]{}|^`\"<>");
  if (url.query == "?") url.query.clear();
}

// "scheme" of "scheme:…"; empty when there is none.
std::string scheme_of(std::string_view text) {
  const auto colon = text.find_first_of(":/?#");
  if (colon == std::string_view::npos || colon == 0 || text[colon] != ':' || !is_letter(text.front())) return {};
  return ascii_lower(text.substr(0, colon));
}

Result<Url> checked(Url url, std::string_view text) {
  if (to_string(url).size() > kUrlBytesMax) return refused(text, "longer than " + std::to_string(kUrlBytesMax) + " bytes");
  return url;
}

std::string_view stripped(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n\f");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n\f") - first + 1);
}

}  // namespace

Result<Url> parse_url(std::string_view text) {
  text = stripped(text);
  text = text.substr(0, text.find('#'));
  if (text.size() > 4 * kUrlBytesMax) return refused(text, "too long");
  if (has_forbidden(text)) return refused(text, "blanks, control characters and backslashes are not taken");
  Url url;
  url.scheme = scheme_of(text);
  if (url.scheme != "http" && url.scheme != "https") return refused(text, "only http:// and https:// are fetched");
  std::string_view rest = text.substr(url.scheme.size() + 1);
  if (!rest.starts_with("//")) return refused(text, "no host");
  rest.remove_prefix(2);
  const std::size_t end = std::min(rest.find_first_of("/?"), rest.size());
  GOUJI_TRY(read_authority(url, rest.substr(0, end), text));
  read_path(url, rest.substr(end));
  return checked(std::move(url), text);
}

Result<Url> resolve(const Url& base, std::string_view reference) {
  std::string_view text = stripped(reference);
  text = text.substr(0, text.find('#'));
  if (!scheme_of(text).empty()) return parse_url(text);
  if (text.starts_with("//")) return parse_url(base.scheme + ":" + std::string(text));
  if (text.size() > 4 * kUrlBytesMax) return refused(text, "too long");
  if (has_forbidden(text)) return refused(text, "blanks, control characters and backslashes are not taken");
  Url url = base;
  if (text.empty()) return url;
  if (text.front() == '/') {
    read_path(url, text);
  } else if (text.front() == '?') {
    read_path(url, base.path + std::string(text));
  } else {
    read_path(url, base.path.substr(0, base.path.rfind('/') + 1) + std::string(text));
  }
  return checked(std::move(url), text);
}

std::string to_string(const Url& url) { return origin_of(url) + url.path + url.query; }

std::string origin_of(const Url& url) {
  std::string out = url.scheme + "://" + url.host;
  if (url.port != default_port(url.scheme)) out += ":" + std::to_string(url.port);
  return out;
}

}  // namespace gouji::crawler
