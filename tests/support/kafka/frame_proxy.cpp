#include "tests/support/kafka/frame_proxy.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <utility>

#include "common/core/check.h"

namespace gouji::testing {

namespace {

constexpr std::uint32_t kFrameBytesMax = 64 * 1024 * 1024;
constexpr std::chrono::seconds kAnswerWait{5};

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

// With its length in front.
bool receive_frame(int from, std::vector<char>& frame) {
  std::uint32_t size = 0;
  frame.resize(sizeof(size));
  if (!receive_all(from, frame.data(), sizeof(size))) return false;
  std::memcpy(&size, frame.data(), sizeof(size));
  size = ntohl(size);
  if (size < sizeof(std::uint16_t) || size > kFrameBytesMax) return false;
  frame.resize(sizeof(size) + size);
  return receive_all(from, frame.data() + sizeof(size), size);
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

}  // namespace

FrameProxy::FrameProxy(std::uint16_t port, std::uint16_t broker_port)
    : listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)), broker_port_(broker_port) {
  const int on = 1;
  setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  const sockaddr_in address = loopback(port);
  GOUJI_CHECK(bind(listener_, plain(address), sizeof(address)) == 0 && listen(listener_, 64) == 0);
  acceptor_ = std::thread([this] { accept_all(); });
}

FrameProxy::~FrameProxy() {
  ends_ = true;
  shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  for (const Link& link : links_) close_both_ways(link.client, link.broker);
  for (std::thread& pump : pumps_) pump.join();
  for (const Link& link : links_) {
    close(link.client);
    close(link.broker);
  }
  close(listener_);
}

void FrameProxy::hold(int api_key, std::deque<int> until, int times) {
  const std::scoped_lock lock(mutex_);
  hold_ = {api_key, std::move(until), times, {}, {}, nullptr};
}

void FrameProxy::accept_all() {
  while (!ends_) {
    const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) continue;
    Link& link = links_.emplace_back();
    link.client = client;
    link.broker = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_in address = loopback(broker_port_);
    if (connect(link.broker, plain(address), sizeof(address)) != 0) {
      close_both_ways(link.client, link.broker);
      continue;
    }
    pumps_.emplace_back([this, &link] { forward_requests(link); });
    pumps_.emplace_back([this, &link] { pump_answers(link); });
  }
}

void FrameProxy::forward_requests(Link& link) {
  std::vector<char> frame;
  while (receive_frame(link.client, frame)) {
    std::uint16_t api_key = 0;
    std::memcpy(&api_key, frame.data() + sizeof(std::uint32_t), sizeof(api_key));
    int wanted = ntohs(api_key);
    if (keep_or_release(link, wanted, frame)) {
      shutdown(link.client, SHUT_RDWR);
      return;
    }
    if (cut_.compare_exchange_strong(wanted, -1)) {
      ++cuts_;
      break;
    }
    if (!send_all(link.broker, frame.data(), frame.size())) break;
  }
  const std::scoped_lock lock(mutex_);
  if (!link.is_held) close_both_ways(link.client, link.broker);
}

// True when the frame is the one to keep.
bool FrameProxy::keep_or_release(Link& link, int api_key, const std::vector<char>& frame) {
  std::unique_lock lock(mutex_);
  if (hold_.times > 0 && hold_.frame.empty() && api_key == hold_.api_key) {
    hold_.frame = frame;
    hold_.link = &link;
    hold_.awaited = hold_.until;
    link.is_held = true;
    return true;
  }
  if (!hold_.frame.empty()) {
    if (hold_.awaited.front() == api_key) hold_.awaited.pop_front();
    if (hold_.awaited.empty()) release(link, lock);
  }
  ++link.requests;
  return false;
}

void FrameProxy::release(const Link& current, std::unique_lock<std::mutex>& lock) {
  const std::vector<char> frame = std::exchange(hold_.frame, {});
  Link& link = *std::exchange(hold_.link, nullptr);
  --hold_.times;
  answered_.wait_for(lock, kAnswerWait, [&] { return current.answers == current.requests; });
  const std::uint64_t before = link.answers;
  if (!send_all(link.broker, frame.data(), frame.size())) return;
  const bool is_answered = answered_.wait_for(lock, kAnswerWait, [&] { return link.answers > before; });
  if (is_answered) ++late_;
}

void FrameProxy::pump_answers(Link& link) {
  std::vector<char> frame;
  while (receive_frame(link.broker, frame)) {
    const bool is_sent = send_all(link.client, frame.data(), frame.size());
    const std::scoped_lock lock(mutex_);
    ++link.answers;
    answered_.notify_all();
    if (!is_sent && !link.is_held) break;
  }
  close_both_ways(link.broker, link.client);
}

}  // namespace gouji::testing
