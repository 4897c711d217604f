#include "common/eventlog/log.h"

#include <charconv>

#include <fmt/format.h>

namespace gouji::eventlog {

namespace {

Error bad_address(std::string_view text, std::string_view what) {
  return fatal(ErrorCode::kBadArgument,
               fmt::format("log '{}': {}; it is local:PATH or kafka:HOST:PORT[,HOST:PORT…]", text, what));
}

bool is_host_and_port(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return false;
  const std::string_view digits = text.substr(colon + 1);
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  return error == std::errc() && end == digits.data() + digits.size() && port != 0;
}

}  // namespace

std::string_view to_string(Outcome outcome) {
  switch (outcome) {
    case Outcome::kOk: return "OK";
    case Outcome::kRetriable: return "RETRIABLE";
    case Outcome::kAbortable: return "ABORTABLE";
    case Outcome::kFenced: return "FENCED";
    case Outcome::kUnknown: return "UNKNOWN";
    case Outcome::kFatal: return "FATAL";
  }
  return "FATAL";
}

Result<LogAddress> parse_log_address(std::string_view text) {
  if (text.starts_with("local:")) {
    const std::string_view path = text.substr(6);
    if (path.empty()) return bad_address(text, "the path is missing");
    if (path.find('\0') != std::string_view::npos) return bad_address(text, "the path holds a zero byte");
    return LogAddress{false, std::string(path), {}};
  }
  if (!text.starts_with("kafka:")) return bad_address(text, "it begins with neither local: nor kafka:");
  const std::string_view servers = text.substr(6);
  for (std::string_view rest = servers;;) {
    const std::size_t comma = rest.find(',');
    if (!is_host_and_port(rest.substr(0, comma))) return bad_address(text, "a server is not HOST:PORT");
    if (comma == std::string_view::npos) break;
    rest.remove_prefix(comma + 1);
  }
  return LogAddress{true, {}, std::string(servers)};
}

}  // namespace gouji::eventlog
