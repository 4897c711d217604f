// What the HTTP server understands of a request, and how it writes an answer. RFC 9112.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "common/telemetry/http_server.h"

namespace gouji::telemetry {

struct HttpIncomplete {};  // more bytes are needed
struct HttpPath {
  std::string path;  // without query and fragment
};
struct HttpRefusal {
  int status = 400;
};

std::variant<HttpIncomplete, HttpPath, HttpRefusal> parse_http_request(std::string_view received);
std::string format_http_answer(const HttpAnswer& answer);
HttpAnswer refuse_http(int status);

}  // namespace gouji::telemetry
