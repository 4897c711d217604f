#include "tests/support/kafka/cutting_proxy.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstring>

#include "common/core/check.h"

namespace gouji::testing {

namespace {

constexpr std::uint32_t kFrameBytesMax = 64 * 1024 * 1024;

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

const sockaddr* plain(const sockaddr_in& address) { return reinterpret_cast<const sockaddr*>(&address); }

bool receive_all(int from, char* bytes, std::size_t size) {
  for (std::size_t got = 0; got < size;) {
    const ssize_t more = recv(from, bytes + got, size - got, 0);
    if (more <= 0) return false;
    got += static_cast<std::size_t>(more);
  }
  return true;
}

bool send_all(int to, const char* bytes, std::size_t size) {
  for (std::size_t sent = 0; sent < size;) {
    const ssize_t more = send(to, bytes + sent, size - sent, MSG_NOSIGNAL);
    if (more <= 0) return false;
    sent += static_cast<std::size_t>(more);
  }
  return true;
}

void close_both_ways(int one, int other) {
  shutdown(one, SHUT_RDWR);
  shutdown(other, SHUT_RDWR);
}

void pump_answers(int broker, int client) {
  std::array<char, 16 * 1024> piece{};
  ssize_t got = 0;
  while ((got = recv(broker, piece.data(), piece.size(), 0)) > 0) {
    if (!send_all(client, piece.data(), static_cast<std::size_t>(got))) break;
  }
  close_both_ways(broker, client);
}

}  // namespace

CuttingProxy::CuttingProxy() : listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof(address);
  GOUJI_CHECK(bind(listener_, plain(address), size) == 0 && listen(listener_, 64) == 0);
  GOUJI_CHECK(getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  port_ = ntohs(address.sin_port);
}

CuttingProxy::~CuttingProxy() {
  ends_ = true;
  shutdown(listener_, SHUT_RDWR);
  if (acceptor_.joinable()) acceptor_.join();
  for (const int one : sockets_) shutdown(one, SHUT_RDWR);
  for (std::thread& pump : pumps_) pump.join();
  for (const int one : sockets_) close(one);
  close(listener_);
}

void CuttingProxy::forward_to(std::uint16_t broker_port) {
  broker_port_ = broker_port;
  acceptor_ = std::thread([this] { accept_all(); });
}

void CuttingProxy::accept_all() {
  while (!ends_) {
    const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) continue;
    const int broker = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockets_.insert(sockets_.end(), {client, broker});
    const sockaddr_in address = loopback(broker_port_);
    if (connect(broker, plain(address), sizeof(address)) != 0) {
      close_both_ways(client, broker);
      continue;
    }
    pumps_.emplace_back([this, client, broker] { serve(client, broker); });
    pumps_.emplace_back([client, broker] { pump_answers(broker, client); });
  }
}

void CuttingProxy::serve(int client, int broker) {
  std::vector<char> frame;
  std::array<char, 4> head{};
  while (receive_all(client, head.data(), head.size())) {
    std::uint32_t size = 0;
    std::memcpy(&size, head.data(), sizeof(size));
    size = ntohl(size);
    if (size < 2 || size > kFrameBytesMax) break;
    frame.resize(size);
    if (!receive_all(client, frame.data(), size)) break;
    std::uint16_t api_key = 0;
    std::memcpy(&api_key, frame.data(), sizeof(api_key));
    int wanted = ntohs(api_key);
    if (cut_.compare_exchange_strong(wanted, -1)) {
      ++cuts_;
      break;
    }
    if (!send_all(broker, head.data(), head.size()) || !send_all(broker, frame.data(), size)) break;
  }
  close_both_ways(client, broker);
}

}  // namespace gouji::testing
