#include "common/telemetry/admin_server.h"

#include <charconv>
#include <condition_variable>
#include <deque>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <httplib.h>

namespace gouji::telemetry {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t kThreads = 4;
constexpr std::size_t kPendingMax = 16;
constexpr auto kIoTimeout = 2s;
constexpr std::size_t kBodyMax = 1024;

struct Address {
  std::string host;
  int port = 0;
};

Error bad_address(std::string_view text) {
  return fatal(ErrorCode::kBadSettings,
               fmt::format("'{}' is no address of the admin endpoint; write HOST:PORT, such as 127.0.0.1:9464", text));
}

Result<Address> parse_address(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return bad_address(text);
  Address address;
  address.host = text.substr(0, colon);
  const auto digits = text.substr(colon + 1);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), address.port);
  if (error != std::errc{} || end != digits.data() + digits.size() || address.port < 0 || address.port > 65535)
    return bad_address(text);
  if (address.host.front() == '[' && address.host.back() == ']')
    address.host = address.host.substr(1, address.host.size() - 2);
  return address;
}

// A few threads and a short queue. When it is full the accepting thread waits, so that further
// connections stay in the kernel's backlog, which is bounded too.
class BoundedQueue : public httplib::TaskQueue {
 public:
  using Task = std::function<void()>;
  using Enqueued = decltype(std::declval<httplib::TaskQueue&>().enqueue(Task{}));  // bool since 0.15

  BoundedQueue() {
    for (std::size_t i = 0; i < kThreads; ++i) threads_.emplace_back([this] { run(); });
  }

  Enqueued enqueue(Task task) override {
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return tasks_.size() < kPendingMax; });
      tasks_.push_back(std::move(task));
    }
    changed_.notify_all();
    return Enqueued(true);
  }

  void shutdown() override {
    {
      const std::lock_guard lock(mutex_);
      is_closing_ = true;
    }
    changed_.notify_all();
    for (auto& thread : threads_) thread.join();
  }

 private:
  void run() {
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [this] { return is_closing_ || !tasks_.empty(); });
      if (tasks_.empty()) return;
      const Task task = std::move(tasks_.front());
      tasks_.pop_front();
      lock.unlock();
      changed_.notify_all();
      task();
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Task> tasks_;
  bool is_closing_ = false;
  std::vector<std::thread> threads_;
};

void answer(httplib::Response& response, const Health::Answer& health) {
  response.status = health.is_good ? 200 : 503;
  response.set_content(health.text, "text/plain; charset=utf-8");
}

}  // namespace

class AdminServer::Impl {
 public:
  Impl(const Metrics& metrics, const Health& health) {
    server_.new_task_queue = [] { return new BoundedQueue; };
    server_.set_keep_alive_max_count(1);
    server_.set_read_timeout(kIoTimeout);
    server_.set_write_timeout(kIoTimeout);
    server_.set_payload_max_length(kBodyMax);
    server_.set_pre_routing_handler([](const httplib::Request& request, httplib::Response& response) {
      if (request.method == "GET" || request.method == "HEAD") return httplib::Server::HandlerResponse::Unhandled;
      response.status = 405;
      response.set_header("Allow", "GET");
      return httplib::Server::HandlerResponse::Handled;
    });
    server_.Get("/metrics", [&metrics](const httplib::Request&, httplib::Response& response) {
      response.set_content(metrics.text(), "text/plain; version=0.0.4; charset=utf-8");
    });
    server_.Get("/healthz", [&health](const httplib::Request&, httplib::Response& response) {
      answer(response, health.live());
    });
    server_.Get("/readyz", [&health](const httplib::Request&, httplib::Response& response) {
      answer(response, health.ready());
    });
  }

  ~Impl() {
    if (!thread_.joinable()) return;
    while (!server_.is_running()) std::this_thread::yield();  // stop() before that is lost
    server_.stop();
    thread_.join();
  }

  Result<void> start(const Address& address) {
    const bool is_bound = address.port == 0 ? (port_ = server_.bind_to_any_port(address.host)) > 0
                                            : server_.bind_to_port(address.host, port_ = address.port);
    if (!is_bound)
      return unavailable(ErrorCode::kUnreadable, fmt::format("the admin endpoint cannot listen on {}:{}; is another "
                                                             "program there?",
                                                             address.host, address.port));
    host_ = address.host;
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    return ok();
  }

  std::string address() const {
    return host_.find(':') == std::string::npos ? fmt::format("{}:{}", host_, port_) : fmt::format("[{}]:{}", host_, port_);
  }

 private:
  httplib::Server server_;
  std::string host_;
  int port_ = 0;
  std::thread thread_;
};

Result<std::unique_ptr<AdminServer>> AdminServer::start(std::string_view address, const Metrics& metrics,
                                                        const Health& health) {
  GOUJI_ASSIGN(const Address parsed, parse_address(address));
  auto impl = std::make_unique<Impl>(metrics, health);
  GOUJI_TRY(impl->start(parsed));
  return std::unique_ptr<AdminServer>(new AdminServer(std::move(impl)));
}

AdminServer::AdminServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
AdminServer::~AdminServer() = default;

std::string AdminServer::address() const { return impl_->address(); }

}  // namespace gouji::telemetry
