#include "common/telemetry/admin_server.h"

#include <utility>

#include "common/telemetry/http_request.h"
#include "common/telemetry/http_server.h"

namespace gouji::telemetry {

namespace {

HttpAnswer answer_of(const Health::Answer& health) {
  HttpAnswer answer;
  answer.status = health.is_good ? 200 : 503;
  answer.body = health.text;
  return answer;
}

HttpAnswer answer_path(std::string_view path, const Metrics& metrics, const Health& health) {
  if (path == "/healthz") return answer_of(health.live());
  if (path == "/readyz") return answer_of(health.ready());
  if (path == "/metrics") return {200, "text/plain; version=0.0.4; charset=utf-8", metrics.text()};
  auto answer = refuse_http(404);
  answer.body = "here are /metrics, /healthz, /readyz\n";
  return answer;
}

}  // namespace

class AdminServer::Impl {
 public:
  explicit Impl(std::unique_ptr<HttpServer> started) : server(std::move(started)) {}
  std::unique_ptr<HttpServer> server;
};

Result<std::unique_ptr<AdminServer>> AdminServer::start(std::string_view address, const Metrics& metrics,
                                                        const Health& health) {
  auto server = HttpServer::start(
      address, [&metrics, &health](std::string_view path) { return answer_path(path, metrics, health); });
  if (!server) return with_context("admin endpoint", std::move(server).error());
  return std::unique_ptr<AdminServer>(new AdminServer(std::make_unique<Impl>(*std::move(server))));
}

AdminServer::AdminServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
AdminServer::~AdminServer() = default;

std::string AdminServer::address() const { return impl_->server->address(); }

}  // namespace gouji::telemetry
