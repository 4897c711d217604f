#include "common/telemetry/http_request.h"

#include <algorithm>

#include <fmt/format.h>

namespace gouji::telemetry {

namespace {

std::string_view reason(int status) {
  switch (status) {
    case 200: return "OK";
    case 400: return "Bad Request";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 431: return "Request Header Fields Too Large";
    case 503: return "Service Unavailable";
    case 505: return "HTTP Version Not Supported";
    default: return "Error";
  }
}

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

bool is_printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

}  // namespace

std::variant<HttpIncomplete, HttpPath, HttpRefusal> parse_http_request(std::string_view received) {
  const bool is_complete = received.find("\r\n\r\n") != std::string_view::npos;
  if (!is_complete) {
    if (received.size() >= kHttpRequestBytesMax) return HttpRefusal{431};
    return HttpIncomplete{};
  }
  const std::string_view line = received.substr(0, received.find("\r\n"));
  const auto method_end = line.find(' ');
  const auto target_end = line.rfind(' ');
  if (method_end == std::string_view::npos || target_end == method_end) return HttpRefusal{400};
  const auto method = line.substr(0, method_end);
  const auto target = line.substr(method_end + 1, target_end - method_end - 1);
  const auto http = line.substr(target_end + 1);
  if (!is_token(method) || !target.starts_with('/') || !is_printable(target) || !http.starts_with("HTTP/"))
    return HttpRefusal{400};
  if (http != "HTTP/1.1" && http != "HTTP/1.0") return HttpRefusal{505};
  if (method != "GET") return HttpRefusal{405};
  return HttpPath{std::string(target.substr(0, target.find_first_of("?#")))};
}

std::string format_http_answer(const HttpAnswer& answer) {
  return fmt::format(
      "HTTP/1.1 {} {}\r\nContent-Type: {}\r\nContent-Length: {}\r\n{}"
      "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n{}",
      answer.status, reason(answer.status), answer.content_type, answer.body.size(),
      answer.status == 405 ? "Allow: GET\r\n" : "", answer.body);
}

HttpAnswer refuse_http(int status) {
  HttpAnswer answer;
  answer.status = status;
  answer.body = fmt::format("{}\n", reason(status));
  return answer;
}

}  // namespace gouji::telemetry
