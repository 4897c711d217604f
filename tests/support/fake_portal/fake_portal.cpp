#include "tests/support/fake_portal/fake_portal.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <optional>
#include <stdexcept>
#include <utility>

namespace gouji::testing_support {

namespace {

constexpr int kTurnMs = 20;
constexpr std::size_t kRequestBytesMax = 1 << 20;
using Steady = std::chrono::steady_clock;

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

// The request at the beginning of the bytes and how many it takes; nothing while it is not whole.
std::optional<std::pair<PortalRequest, std::size_t>> parse_request(const std::string& text) {
  const auto head_end = text.find("\r\n\r\n");
  if (head_end == std::string::npos) return std::nullopt;
  PortalRequest request;
  const auto space = text.find(' '), second = text.find(' ', space + 1);
  request.method = text.substr(0, space);
  request.path = text.substr(space + 1, second - space - 1);
  for (std::size_t at = text.find("\r\n") + 2; at < head_end + 2;) {
    const auto line_end = text.find("\r\n", at);
    const auto colon = std::min(text.find(':', at), line_end);
    const auto value = std::min(text.find_first_not_of(' ', colon + 1), line_end);
    request.headers[lower(text.substr(at, colon - at))] = text.substr(value, line_end - value);
    at = line_end + 2;
  }
  std::size_t length = 0;
  if (const auto found = request.headers.find("content-length"); found != request.headers.end()) length = static_cast<std::size_t>(std::strtoul(found->second.c_str(), nullptr, 10));
  if (text.size() < head_end + 4 + length) return std::nullopt;
  request.body = text.substr(head_end + 4, length);
  return std::pair(std::move(request), head_end + 4 + length);
}

}  // namespace

struct FakePortal::Connection {
  int socket = -1;
  std::string in, out;
  std::size_t sent = 0;
  AfterBytes then = AfterBytes::kClose;
  std::size_t bytes_a_turn = 0;
  bool is_answering = false;
  bool closes = false;
  std::size_t request = 0;  // its number in the log
  std::optional<PortalRequest> asked;  // that its handler has no answer to yet
};

std::string gzip_of(std::string_view bytes) {
  z_stream stream{};
  deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, static_cast<uLong>(bytes.size())), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

PortalAnswer answer(int status, std::string_view body, const std::vector<std::string>& headers) {
  std::string text = "HTTP/1.1 " + std::to_string(status) + " Status\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
  for (const std::string& header : headers) text += header + "\r\n";
  return {text + "\r\n" + std::string(body)};
}

PortalAnswer html(std::string_view body, const std::vector<std::string>& headers) {
  std::vector<std::string> all = headers;
  all.emplace_back("Content-Type: text/html; charset=utf-8");
  return answer(200, body, all);
}

PortalAnswer redirect_to(std::string_view location, int status) { return answer(status, "", {"Location: " + std::string(location)}); }

PortalAnswer gzip_bomb(std::size_t size) { return answer(200, gzip_of(std::string(size, '\0')), {"Content-Encoding: gzip"}); }

FakePortal::FakePortal(const std::string& where, int port) : address_(where) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const int on = 1;
  ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  ::inet_pton(AF_INET, where.c_str(), &address.sin_addr);
  socklen_t size = sizeof address;
  if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener_, 1024) != 0) {
    ::close(listener_);
    throw std::runtime_error("fake portal: " + where + ":" + std::to_string(port) + " cannot be bound");
  }
  ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
  epoll_event event{EPOLLIN, {}};
  event.data.fd = listener_;
  ::epoll_ctl(epoll_, EPOLL_CTL_ADD, listener_, &event);
  server_ = std::thread([this] { serve(); });
}

FakePortal::~FakePortal() {
  stopping_ = true;
  server_.join();
  for (auto& [socket, connection] : connections_) ::close(socket);
  ::close(epoll_);
  ::close(listener_);
}

void FakePortal::on(const std::string& path, Handler handler) {
  const std::lock_guard guard(mutex_);
  handlers_[path] = std::move(handler);
}

void FakePortal::on(const std::string& path, PortalAnswer fixed) {
  on(path, [fixed = std::move(fixed)](const PortalRequest&) { return fixed; });
}

void FakePortal::on_other(Handler handler) {
  const std::lock_guard guard(mutex_);
  other_ = std::move(handler);
}

std::string FakePortal::url(std::string_view path) const { return "http://" + address_ + ":" + std::to_string(port_) + std::string(path); }

std::vector<PortalRequest> FakePortal::requests(const std::string& path) const {
  const std::lock_guard guard(mutex_);
  std::vector<PortalRequest> found;
  std::copy_if(requests_.begin(), requests_.end(), std::back_inserter(found), [&](const PortalRequest& request) { return request.path == path; });
  return found;
}

std::vector<PortalRequest> FakePortal::all_requests() const {
  const std::lock_guard guard(mutex_);
  return requests_;
}

std::size_t FakePortal::requests_in_all() const {
  const std::lock_guard guard(mutex_);
  return forgotten_ + requests_.size();
}

void FakePortal::forget_requests() {
  const std::lock_guard guard(mutex_);
  forgotten_ += requests_.size();
  requests_.clear();
}

void FakePortal::serve() {
  auto next_turn = Steady::now() + std::chrono::milliseconds(kTurnMs);
  while (!stopping_) {
    epoll_event events[64];
    const int count = ::epoll_wait(epoll_, events, 64, kTurnMs);
    for (int i = 0; i < count; ++i) {
      if (events[i].data.fd == listener_) {
        accept_all();
        continue;
      }
      const auto found = connections_.find(events[i].data.fd);
      if (found == connections_.end()) continue;
      Connection& connection = *found->second;
      if ((events[i].events & (EPOLLHUP | EPOLLERR)) != 0) {
        end(connection);
      } else if ((events[i].events & EPOLLIN) != 0) {
        read_some(connection);
      } else {
        go_on(connection);
      }
    }
    if (Steady::now() < next_turn) continue;
    turn();
    next_turn = Steady::now() + std::chrono::milliseconds(kTurnMs);
  }
}

void FakePortal::accept_all() {
  while (true) {
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (socket < 0) return;
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ++connections_in_all_;
    auto connection = std::make_unique<Connection>();
    connection->socket = socket;
    epoll_event event{EPOLLIN | EPOLLRDHUP, {}};
    event.data.fd = socket;
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, socket, &event);
    connections_[socket] = std::move(connection);
  }
}

void FakePortal::read_some(Connection& connection) {
  char buffer[16 * 1024];
  while (true) {
    const ssize_t size = ::recv(connection.socket, buffer, sizeof buffer, 0);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) break;
    if (size <= 0 || connection.in.size() > kRequestBytesMax) return end(connection);
    connection.in.append(buffer, static_cast<std::size_t>(size));
  }
  if (!connection.is_answering) begin_answer(connection);
}

void FakePortal::begin_answer(Connection& connection) {
  auto parsed = parse_request(connection.in);
  if (!parsed) return;
  connection.in.erase(0, parsed->second);
  PortalRequest& request = parsed->first;
  request.at = request.done = Steady::now();
  connection.is_answering = true;
  {
    const std::lock_guard guard(mutex_);
    requests_.push_back(request);
    connection.request = forgotten_ + requests_.size() - 1;
  }
  connection.asked = std::move(request);
  ask(connection);
}

void FakePortal::ask(Connection& connection) {
  PortalAnswer prepared = answer_for(*connection.asked);
  if (prepared.then == AfterBytes::kAskAgain) return;
  connection.asked.reset();
  const std::string head = lower(prepared.bytes.substr(0, prepared.bytes.find("\r\n\r\n")));
  connection.closes = prepared.then != AfterBytes::kClose || head.find("connection: close") != std::string::npos || head.find("content-length:") == std::string::npos;
  connection.out = std::move(prepared.bytes);
  connection.sent = 0;
  connection.then = prepared.then;
  connection.bytes_a_turn = prepared.bytes_a_turn;
  go_on(connection);
}

// Writes what may be written now; what cannot be taken yet waits for EPOLLOUT.
void FakePortal::write_some(Connection& connection) {
  std::size_t room = connection.bytes_a_turn == 0 ? connection.out.size() : connection.bytes_a_turn;
  while (connection.sent < connection.out.size() && room > 0) {
    const std::size_t part = std::min(room, connection.out.size() - connection.sent);
    const ssize_t size = ::send(connection.socket, connection.out.data() + connection.sent, part, MSG_NOSIGNAL);
    if (size < 0 && errno == EAGAIN) break;
    if (size <= 0) return end(connection);
    connection.sent += static_cast<std::size_t>(size);
    room -= static_cast<std::size_t>(size);
  }
}

void FakePortal::go_on(Connection& connection) {
  if (!connection.is_answering || connection.asked) return;
  const int socket = connection.socket;
  write_some(connection);
  if (!connections_.contains(socket)) return;
  if (connection.sent < connection.out.size() || connection.then == AfterBytes::kEndless) {
    if (connection.sent == connection.out.size()) {
      connection.out.assign(256 * 1024, '0');
      connection.sent = 0;
    }
    epoll_event event{EPOLLIN | EPOLLRDHUP, {}};
    if (connection.bytes_a_turn == 0) event.events |= EPOLLOUT;
    event.data.fd = socket;
    ::epoll_ctl(epoll_, EPOLL_CTL_MOD, socket, &event);
    return;
  }
  if (connection.then == AfterBytes::kHold || connection.then == AfterBytes::kDrip) return;
  if (connection.then == AfterBytes::kReset) {
    const linger at_once{1, 0};
    ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  }
  if (connection.closes) return end(connection);
  {
    const std::lock_guard guard(mutex_);
    if (connection.request >= forgotten_) requests_[connection.request - forgotten_].done = Steady::now();
  }
  connection.is_answering = false;
  epoll_event event{EPOLLIN | EPOLLRDHUP, {}};
  event.data.fd = socket;
  ::epoll_ctl(epoll_, EPOLL_CTL_MOD, socket, &event);
  begin_answer(connection);
}

void FakePortal::end(Connection& connection) {
  const int socket = connection.socket;
  if (connection.is_answering) {
    const std::lock_guard guard(mutex_);
    if (connection.request >= forgotten_) requests_[connection.request - forgotten_].done = Steady::now();
  }
  // A test may have forked: its child's copy of the socket would keep the registration alive behind close(),
  // and its hang-up would end the next connection that gets this number.
  ::epoll_ctl(epoll_, EPOLL_CTL_DEL, socket, nullptr);
  ::close(socket);
  connections_.erase(socket);
}

// What goes by the clock: answers that are sent little by little, and bytes that drip.
void FakePortal::turn() {
  std::vector<int> sockets;
  for (const auto& [socket, connection] : connections_) sockets.push_back(socket);
  for (const int socket : sockets) {
    const auto found = connections_.find(socket);
    if (found == connections_.end() || !found->second->is_answering) continue;
    Connection& connection = *found->second;
    if (connection.asked) {
      ask(connection);
      continue;
    }
    const bool is_sent = connection.sent == connection.out.size();
    if (connection.then == AfterBytes::kDrip && is_sent) {
      if (::send(socket, "x", 1, MSG_NOSIGNAL) <= 0 && errno != EAGAIN) end(connection);
    } else if (connection.bytes_a_turn != 0 && !is_sent) {
      go_on(connection);
    }
  }
}

PortalAnswer FakePortal::answer_for(const PortalRequest& request) {
  Handler handler;
  {
    const std::lock_guard guard(mutex_);
    const auto found = handlers_.find(request.path);
    handler = found != handlers_.end() ? found->second : other_;
  }
  return handler ? handler(request) : answer(404, "not here");
}

}  // namespace gouji::testing_support
