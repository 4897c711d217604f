#include <atomic>

#include <fmt/format.h>

#include "services/gouji/commands.h"
#include "services/gouji/exit_codes.h"
#include "services/gouji/io/http_client.h"

namespace gouji::command {

int health(const HealthRequest& request) {
  const std::atomic<bool> stopping{false};
  HttpClient client(stopping);
  const std::string url = fmt::format("http://{}/{}", request.address, request.ready ? "readyz" : "healthz");
  const auto answer = client.get(url);
  if (!answer) {
    fmt::print(stderr, "gouji health: {}: {}\n", url, answer.error().message);
    return kLogUnavailable;
  }
  fmt::print("{}", answer->body);
  return answer->status == 200 ? kOk : kFindings;
}

}  // namespace gouji::command
