#include "tests/support/fake_portal/fake_portal.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace gouji::testing_support {

namespace {

constexpr int kTurnMs = 20;

bool send_all(int connection, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(connection, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

std::optional<PortalRequest> read_request(int connection) {
  std::string text;
  char buffer[4096];
  while (text.find("\r\n\r\n") == std::string::npos) {
    const ssize_t size = ::recv(connection, buffer, sizeof buffer, 0);
    if (size <= 0 || text.size() > 100'000) return std::nullopt;
    text.append(buffer, static_cast<std::size_t>(size));
  }
  PortalRequest request;
  const auto first_end = text.find("\r\n");
  const auto space = text.find(' '), second = text.find(' ', space + 1);
  request.method = text.substr(0, space);
  request.path = text.substr(space + 1, second - space - 1);
  for (std::size_t at = first_end + 2; at < text.size();) {
    const auto end = text.find("\r\n", at);
    if (end == at || end == std::string::npos) break;
    const auto colon = text.find(": ", at);
    std::string name = text.substr(at, colon - at);
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    request.headers[name] = text.substr(colon + 2, end - colon - 2);
    at = end + 2;
  }
  return request;
}

std::string gzip(std::size_t zeros) {
  z_stream stream{};
  deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY);
  std::string in(1 << 16, '\0'), out(1 << 16, '\0'), all;
  for (std::size_t left = zeros; stream.avail_in > 0 || left > 0 || all.empty();) {
    if (stream.avail_in == 0) {
      const std::size_t part = std::min(left, in.size());
      stream.next_in = reinterpret_cast<Bytef*>(in.data());
      stream.avail_in = static_cast<uInt>(part);
      left -= part;
    }
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    const int code = deflate(&stream, left == 0 ? Z_FINISH : Z_NO_FLUSH);
    all.append(out.data(), out.size() - stream.avail_out);
    if (code == Z_STREAM_END) break;
  }
  deflateEnd(&stream);
  return all;
}

}  // namespace

PortalAnswer answer(int status, std::string_view body, const std::vector<std::string>& headers) {
  std::string text = "HTTP/1.1 " + std::to_string(status) + " Status\r\nConnection: close\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
  for (const std::string& header : headers) text += header + "\r\n";
  return {text + "\r\n" + std::string(body), AfterBytes::kClose};
}

PortalAnswer html(std::string_view body, const std::vector<std::string>& headers) {
  std::vector<std::string> all = headers;
  all.emplace_back("Content-Type: text/html; charset=utf-8");
  return answer(200, body, all);
}

PortalAnswer redirect_to(std::string_view location, int status) { return answer(status, "", {"Location: " + std::string(location)}); }

PortalAnswer gzip_bomb(std::size_t size) { return answer(200, gzip(size), {"Content-Encoding: gzip"}); }

FakePortal::FakePortal() {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ::bind(listener_, reinterpret_cast<sockaddr*>(&address), size);
  ::listen(listener_, 64);
  ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { accept_connections(); });
}

FakePortal::~FakePortal() {
  stopping_ = true;
  acceptor_.join();
  for (std::thread& connection : connections_) connection.join();
  ::close(listener_);
}

void FakePortal::on(const std::string& path, Handler handler) {
  const std::lock_guard guard(mutex_);
  handlers_[path] = std::move(handler);
}

void FakePortal::on(const std::string& path, PortalAnswer fixed) {
  on(path, [fixed = std::move(fixed)](const PortalRequest&) { return fixed; });
}

std::string FakePortal::url(std::string_view path) const { return "http://127.0.0.1:" + std::to_string(port_) + std::string(path); }

std::vector<PortalRequest> FakePortal::requests(const std::string& path) const {
  const std::lock_guard guard(mutex_);
  std::vector<PortalRequest> found;
  std::copy_if(requests_.begin(), requests_.end(), std::back_inserter(found), [&](const PortalRequest& request) { return request.path == path; });
  return found;
}

std::size_t FakePortal::requests_in_all() const {
  const std::lock_guard guard(mutex_);
  return requests_.size();
}

void FakePortal::accept_connections() {
  while (!stopping_) {
    pollfd waiting{listener_, POLLIN, 0};
    if (::poll(&waiting, 1, kTurnMs) <= 0) continue;
    const int connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection >= 0) connections_.emplace_back([this, connection] { serve(connection); });
  }
}

PortalAnswer FakePortal::answer_for(const PortalRequest& request) {
  Handler handler;
  {
    const std::lock_guard guard(mutex_);
    requests_.push_back(request);
    const auto found = handlers_.find(request.path);
    if (found != handlers_.end()) handler = found->second;
  }
  return handler ? handler(request) : answer(404, "not here");
}

void FakePortal::serve(int connection) {
  const timeval limit{2, 0};
  ::setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  if (const auto request = read_request(connection)) {
    const PortalAnswer prepared = answer_for(*request);
    if (send_all(connection, prepared.bytes)) follow(connection, prepared.then);
  }
  ::close(connection);
}

void FakePortal::follow(int connection, AfterBytes then) {
  const std::string zeros(65'536, '0');
  while (!stopping_ && then != AfterBytes::kClose) {
    if (then == AfterBytes::kDrip && !send_all(connection, "x")) return;
    if (then == AfterBytes::kEndless) {
      if (!send_all(connection, zeros)) return;
      continue;
    }
    pollfd closed{connection, POLLIN | POLLRDHUP, 0};
    if (::poll(&closed, 1, kTurnMs) > 0 && (closed.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0) return;
  }
}

}  // namespace gouji::testing_support
