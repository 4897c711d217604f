#include "common/telemetry/http_server.h"

#include <netdb.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstring>
#include <list>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "common/core/check.h"
#include "common/telemetry/http_request.h"

namespace gouji::telemetry {

namespace {

using namespace std::chrono_literals;
using Time = std::chrono::steady_clock::time_point;

constexpr auto kFullPause = 100ms;  // when this process has no descriptor left
constexpr int kBacklog = 128;

struct HostAndPort {
  std::string host;
  std::string port;
};

Result<HostAndPort> parse_address(std::string_view text) {
  const auto colon = text.rfind(':');
  const auto port = colon == std::string_view::npos ? std::string_view{} : text.substr(colon + 1);
  auto host = text.substr(0, std::min(colon, text.size()));
  unsigned number = 0;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
  const bool is_bracketed = host.starts_with('[') && host.ends_with(']');
  if (is_bracketed) host = host.substr(1, host.size() - 2);
  if (host.empty() || error != std::errc{} || end != port.data() + port.size() || number > 65535 ||
      (!is_bracketed && host.find(':') != std::string_view::npos))
    return fatal(ErrorCode::kBadSettings,
                 fmt::format("'{}' is no address to listen on; write HOST:PORT, such as 127.0.0.1:9464", text));
  return HostAndPort{std::string(host), std::string(port)};
}

Error cannot_listen(std::string_view address, std::string_view why) {
  return unavailable(ErrorCode::kUnreadable,
                     fmt::format("cannot listen on {}: {}; choose another address or port", address, why));
}

Result<int> listen_on(std::string_view address) {
  GOUJI_ASSIGN(const HostAndPort parsed, parse_address(address));
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int failed = getaddrinfo(parsed.host.c_str(), parsed.port.c_str(), &hints, &found);
  if (failed != 0) return cannot_listen(address, gai_strerror(failed));
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owned(found, freeaddrinfo);
  const int socket_fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (socket_fd < 0) return cannot_listen(address, std::strerror(errno));
  const int yes = 1;
  setsockopt(socket_fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (bind(socket_fd, found->ai_addr, found->ai_addrlen) != 0 || listen(socket_fd, kBacklog) != 0) {
    const int error = errno;
    close(socket_fd);
    return cannot_listen(address, std::strerror(error));
  }
  return socket_fd;
}

std::string real_address(int socket_fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  std::array<char, NI_MAXHOST> host{};
  std::array<char, NI_MAXSERV> port{};
  auto* const plain = reinterpret_cast<sockaddr*>(&address);
  GOUJI_CHECK(getsockname(socket_fd, plain, &size) == 0);
  GOUJI_CHECK(getnameinfo(plain, size, host.data(), host.size(), port.data(), port.size(),
                          NI_NUMERICHOST | NI_NUMERICSERV) == 0);
  const bool is_v6 = address.ss_family == AF_INET6;
  return fmt::format("{}{}{}:{}", is_v6 ? "[" : "", host.data(), is_v6 ? "]" : "", port.data());
}

// One client: sends its request, gets its answer, and is then listened to until it hangs up, because
// closing with unread bytes would destroy the answer on its way.
class Connection {
 public:
  Connection(int socket_fd, Time closes_at) : socket_(socket_fd), closes_at_(closes_at) {}
  ~Connection() { close(socket_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  int socket() const { return socket_; }
  short events() const { return is_sending() ? POLLOUT : POLLIN; }
  Time closes_at() const { return closes_at_; }
  // False when the connection is over.
  bool advance(const HttpServer::Handler& answer) { return is_sending() ? send_on() : receive(answer); }

 private:
  bool is_sending() const { return sent_ < out_.size(); }
  bool is_answered() const { return !out_.empty(); }

  bool receive(const HttpServer::Handler& answer) {
    std::array<char, 4096> buffer;
    const ssize_t got = recv(socket_, buffer.data(), buffer.size(), 0);
    if (got == 0) return false;
    if (got < 0) return errno == EAGAIN || errno == EINTR;
    if (is_answered()) return true;
    in_.append(buffer.data(), std::min(static_cast<std::size_t>(got), kHttpRequestBytesMax - in_.size()));
    const auto request = parse_http_request(in_);
    if (std::holds_alternative<HttpIncomplete>(request)) return true;
    const auto* path = std::get_if<HttpPath>(&request);
    out_ = format_http_answer(path != nullptr ? answer(path->path)
                                              : refuse_http(std::get<HttpRefusal>(request).status));
    in_ = {};
    return send_on();
  }

  bool send_on() {
    const ssize_t sent = send(socket_, out_.data() + sent_, out_.size() - sent_, MSG_NOSIGNAL);
    if (sent < 0) return errno == EAGAIN || errno == EINTR;
    sent_ += static_cast<std::size_t>(sent);
    return is_sending() || shutdown(socket_, SHUT_WR) == 0;
  }

  const int socket_;
  const Time closes_at_;
  std::string in_;
  std::string out_;
  std::size_t sent_ = 0;
};

}  // namespace

class HttpServer::Loop {
 public:
  Loop(int listener, Handler answer, std::chrono::milliseconds connection_limit)
      : listener_(listener), wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)), answer_(std::move(answer)),
        connection_limit_(connection_limit), address_(real_address(listener)) {
    GOUJI_CHECK(wake_ >= 0);
    thread_ = std::thread([this] { run(); });
  }
  ~Loop() {
    is_closing_ = true;
    eventfd_write(wake_, 1);
    thread_.join();
    close(listener_);
    close(wake_);
  }
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  const std::string& address() const { return address_; }

 private:
  void run() {
    while (!is_closing_) {
      std::vector<pollfd> waited{{wake_, POLLIN, 0}, {is_full() ? -1 : listener_, POLLIN, 0}};
      for (const auto& connection : connections_) waited.push_back({connection.socket(), connection.events(), 0});
      if (poll(waited.data(), waited.size(), wait_ms()) < 0) continue;
      auto at = waited.begin() + 2;
      for (auto connection = connections_.begin(); connection != connections_.end(); ++at) {
        const bool goes_on = at->revents == 0 || connection->advance(answer_);
        connection = goes_on ? std::next(connection) : connections_.erase(connection);
      }
      drop_late();
      if (waited[1].revents != 0) accept_one();
    }
  }

  bool is_full() const { return std::chrono::steady_clock::now() < full_until_; }

  int wait_ms() const {
    if (connections_.empty() && !is_full()) return -1;
    const Time next = is_full() ? full_until_ : connections_.front().closes_at();
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(next - std::chrono::steady_clock::now());
    return static_cast<int>(std::max<std::int64_t>(left.count(), 0));
  }

  // The list is in order of arrival, and so in order of closing.
  void drop_late() {
    const Time now = std::chrono::steady_clock::now();
    while (!connections_.empty() && connections_.front().closes_at() <= now) connections_.pop_front();
  }

  void accept_one() {
    const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    const Time now = std::chrono::steady_clock::now();
    if (client < 0) {
      if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) full_until_ = now + kFullPause;
      return;
    }
    if (connections_.size() >= kHttpConnectionsMax) connections_.pop_front();
    connections_.emplace_back(client, now + connection_limit_);
  }

  const int listener_;
  const int wake_;
  const Handler answer_;
  const std::chrono::milliseconds connection_limit_;
  const std::string address_;
  std::list<Connection> connections_;
  Time full_until_{};
  std::atomic<bool> is_closing_{false};
  std::thread thread_;
};

Result<std::unique_ptr<HttpServer>> HttpServer::start(std::string_view address, Handler answer,
                                                      std::chrono::milliseconds connection_limit) {
  GOUJI_ASSIGN(const int listener, listen_on(address));
  auto loop = std::make_unique<Loop>(listener, std::move(answer), connection_limit);
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(loop)));
}

HttpServer::HttpServer(std::unique_ptr<Loop> loop) : loop_(std::move(loop)) {}
HttpServer::~HttpServer() = default;

const std::string& HttpServer::address() const { return loop_->address(); }

}  // namespace gouji::telemetry
