// A small HTTP/1.1 server for a few read-only pages: one thread, one poll loop, GET only, one request
// a connection. It holds its limits against slow and greedy clients: a new connection always gets
// in, in place of the oldest one when there are too many.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "common/core/result.h"

namespace gouji::telemetry {

inline constexpr std::size_t kHttpConnectionsMax = 64;
inline constexpr std::size_t kHttpRequestBytesMax = 8 * 1024;  // request line and headers; no bodies

struct HttpAnswer {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
};

class HttpServer {
 public:
  // `answer` gets the path without its query, on the server's thread; must not throw nor block.
  using Handler = std::function<HttpAnswer(std::string_view path)>;

  // `address` is "HOST:PORT" or "[IPV6]:PORT"; port 0 takes a free one. kFatal BAD_SETTINGS for
  // something else, kUnavailable UNREADABLE when it cannot be bound. A connection is cut when it is
  // `connection_limit` old, whatever the other end does.
  static Result<std::unique_ptr<HttpServer>> start(
      std::string_view address, Handler answer,
      std::chrono::milliseconds connection_limit = std::chrono::seconds(5));
  ~HttpServer();  // open connections are cut
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;
  const std::string& address() const;  // with the real port

 private:
  class Loop;
  explicit HttpServer(std::unique_ptr<Loop> loop);
  std::unique_ptr<Loop> loop_;
};

}  // namespace gouji::telemetry
