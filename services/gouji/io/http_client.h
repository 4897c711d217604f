// One request, with libcurl: bounded in time and size, no redirects, certificates verified.
#pragma once

#include <atomic>
#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/core/result.h"

namespace gouji::command {

struct HttpAnswer {
  long status = 0;
  std::string body;  // at most 64 KiB of it
  std::optional<std::chrono::seconds> retry_after;
};

// Keeps its connection between calls. One thread at a time; `stopping` ends a call early.
class HttpClient {
 public:
  explicit HttpClient(const std::atomic<bool>& stopping);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  Result<HttpAnswer> get(const std::string& url);
  // kUnavailable when no answer came; every answer, whatever its status, is a value.
  Result<HttpAnswer> post(const std::string& url, const std::vector<std::pair<std::string, std::string>>& headers, const std::string& body);

 private:
  Result<HttpAnswer> perform(const std::string& url);

  void* handle_;
  const std::atomic<bool>& stopping_;
};

}  // namespace gouji::command
