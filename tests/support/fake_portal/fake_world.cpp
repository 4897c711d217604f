#include "tests/support/fake_portal/fake_world.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <stdexcept>

namespace gouji::testing_support {

namespace {

constexpr int kTurnMs = 20;
constexpr int kPatienceMs = 300;

void write_file(const char* path, const std::string& text) {
  const int file = ::open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return;
  [[maybe_unused]] const ssize_t size = ::write(file, text.data(), text.size());
  ::close(file);
}

std::string address_of(int connection) {
  sockaddr_in6 own{};
  socklen_t size = sizeof own;
  ::getsockname(connection, reinterpret_cast<sockaddr*>(&own), &size);
  char text[INET6_ADDRSTRLEN] = "";
  ::inet_ntop(AF_INET6, &own.sin6_addr, text, sizeof text);
  const std::string address(text);
  return address.starts_with("::ffff:") && address.find('.') != std::string::npos ? address.substr(7) : address;
}

std::string big_endian(unsigned value) { return {static_cast<char>(value >> 8), static_cast<char>(value & 0xff)}; }

std::string encoded_name(const std::string& name) {
  std::string out;
  for (std::size_t at = 0; at < name.size();) {
    const auto dot = std::min(name.find('.', at), name.size());
    out.push_back(static_cast<char>(dot - at));
    out += name.substr(at, dot - at);
    at = dot + 1;
  }
  return out + std::string(1, '\0');
}

std::string resource(const std::string& name, unsigned type, const std::string& data) {
  // Class IN, no time to live: the next connection asks again.
  return encoded_name(name) + big_endian(type) + big_endian(1) + std::string(4, '\0') + big_endian(static_cast<unsigned>(data.size())) + data;
}

}  // namespace

std::optional<std::string> FakeWorld::enter() {
  const uid_t user = ::geteuid();
  const int flags = CLONE_NEWNET | CLONE_NEWNS | (user == 0 ? 0 : CLONE_NEWUSER);
  if (::unshare(flags) != 0) return std::string("no network namespace may be made here: ") + std::strerror(errno);
  if (user != 0) write_file("/proc/self/uid_map", "0 " + std::to_string(user) + " 1");
  if (std::system("ip link set lo up && ip route add local 0.0.0.0/0 dev lo && ip -6 route add local ::/0 dev lo") != 0)
    return "the namespace has no routes; it needs the program ip (apt-get install iproute2)";
  ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
  char path[] = "/tmp/gouji-resolv-XXXXXX";
  const int file = ::mkstemp(path);
  if (file >= 0) ::close(file);
  write_file(path, "nameserver 127.0.0.1\nsearch corp.internal\noptions timeout:1 attempts:1\n");
  if (::mount(path, "/etc/resolv.conf", nullptr, MS_BIND, nullptr) != 0) return std::string("no resolv.conf of its own: ") + std::strerror(errno);
  ::unlink(path);
  return std::nullopt;
}

FakeWorld::FakeWorld() {
  for (const int port : kPorts) {
    const int listener = ::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int on = 1, off = 0;
    ::setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    ::setsockopt(listener, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    sockaddr_in6 any{};
    any.sin6_family = AF_INET6;
    any.sin6_port = htons(static_cast<std::uint16_t>(port));
    if (::bind(listener, reinterpret_cast<sockaddr*>(&any), sizeof any) != 0 || ::listen(listener, 64) != 0)
      throw std::runtime_error("fake world: port " + std::to_string(port) + " cannot be had");
    threads_.emplace_back([this, listener, port] { serve(listener, port); });
  }
  threads_.emplace_back([this] { serve_names(); });
}

FakeWorld::~FakeWorld() {
  stopping_ = true;
  for (std::thread& thread : threads_) thread.join();
}

void FakeWorld::name(const std::string& name, std::function<NameAnswer(int)> answer) {
  const std::lock_guard guard(mutex_);
  names_[name] = std::move(answer);
}

void FakeWorld::name(const std::string& one, NameAnswer fixed) {
  name(one, [fixed = std::move(fixed)](int) { return fixed; });
}

void FakeWorld::answer(int number, std::string bytes) {
  const std::lock_guard guard(mutex_);
  answers_["/to?" + std::to_string(number)] = std::move(bytes);
}

void FakeWorld::answer(const std::string& host, const std::string& path, std::string bytes) {
  const std::lock_guard guard(mutex_);
  answers_[host + path] = std::move(bytes);
}

std::vector<FakeWorld::Touch> FakeWorld::touches() const {
  const std::lock_guard guard(mutex_);
  return touches_;
}

void FakeWorld::forget() {
  const std::lock_guard guard(mutex_);
  touches_.clear();
}

void FakeWorld::serve(int listener, int port) {
  while (!stopping_) {
    pollfd waiting{listener, POLLIN, 0};
    if (::poll(&waiting, 1, kTurnMs) <= 0) continue;
    const int connection = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection < 0) continue;
    take(connection, port);
    ::close(connection);
  }
  ::close(listener);
}

void FakeWorld::take(int connection, int port) {
  std::size_t place = 0;
  {
    const std::lock_guard guard(mutex_);
    touches_.push_back({address_of(connection), port, ""});
    place = touches_.size() - 1;
  }
  std::string text;
  char buffer[4096];
  while (text.find("\r\n\r\n") == std::string::npos) {
    pollfd waiting{connection, POLLIN, 0};
    if (::poll(&waiting, 1, kPatienceMs) <= 0) return;
    const ssize_t size = ::recv(connection, buffer, sizeof buffer, 0);
    if (size <= 0) return;
    text.append(buffer, static_cast<std::size_t>(size));
  }
  std::string bytes = "HTTP/1.1 200 OK\r\nContent-Length: 7\r\nConnection: close\r\n\r\nreached";
  {
    const std::lock_guard guard(mutex_);
    if (place < touches_.size()) touches_[place].request = text.substr(0, text.find("\r\n"));
    const std::string path = text.starts_with("GET ") ? text.substr(4, text.find(' ', 4) - 4) : "";
    const auto at = text.find("\r\nHost: ");
    const std::string host = at == std::string::npos ? "" : text.substr(at + 8, text.find("\r\n", at + 8) - at - 8);
    for (const std::string& name : {path, host + path}) {
      if (const auto found = answers_.find(name); found != answers_.end()) bytes = found->second;
    }
  }
  [[maybe_unused]] const ssize_t sent = ::send(connection, bytes.data(), bytes.size(), MSG_NOSIGNAL);
}

void FakeWorld::serve_names() {
  const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_in own{};
  own.sin_family = AF_INET;
  own.sin_port = htons(53);
  own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::bind(socket, reinterpret_cast<sockaddr*>(&own), sizeof own) != 0) return;
  while (!stopping_) {
    pollfd waiting{socket, POLLIN, 0};
    if (::poll(&waiting, 1, kTurnMs) <= 0) continue;
    char buffer[1500];
    sockaddr_in from{};
    socklen_t size = sizeof from;
    const ssize_t length = ::recvfrom(socket, buffer, sizeof buffer, 0, reinterpret_cast<sockaddr*>(&from), &size);
    if (length < 17) continue;
    const std::string reply = reply_to(std::string(buffer, static_cast<std::size_t>(length)));
    ::sendto(socket, reply.data(), reply.size(), 0, reinterpret_cast<sockaddr*>(&from), size);
  }
  ::close(socket);
}

NameAnswer FakeWorld::resolve(const std::string& name, bool is_v6) {
  const std::lock_guard guard(mutex_);
  const auto found = names_.find(name);
  if (found == names_.end()) return {};
  // The resolver asks for both kinds of addresses: one look-up is one question of each.
  int& asked = asked_[name + (is_v6 ? "/6" : "/4")];
  return found->second(asked++);
}

std::string FakeWorld::reply_to(const std::string& question) {
  std::string name;
  std::size_t at = 12;
  while (at < question.size() && question[at] != 0) {
    const auto length = static_cast<unsigned char>(question[at]);
    name += (name.empty() ? "" : ".") + question.substr(at + 1, length);
    at += length + 1U;
  }
  if (at + 5 > question.size()) return {};
  const bool is_v6 = question[at + 2] == 28;
  const std::string asked = question.substr(12, at + 5 - 12);
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  std::string records;
  unsigned count = 0;
  NameAnswer answer = resolve(name, is_v6);
  for (int step = 0; step < 16 && !answer.alias.empty(); ++step, ++count) {
    records += resource(name, 5, encoded_name(answer.alias));
    name = answer.alias;
    answer = resolve(name, is_v6);
  }
  for (const std::string& address : is_v6 ? answer.v6 : answer.v4) {
    char bytes[16];
    ::inet_pton(is_v6 ? AF_INET6 : AF_INET, address.c_str(), bytes);
    records += resource(name, is_v6 ? 28 : 1, std::string(bytes, is_v6 ? 16 : 4));
    ++count;
  }
  const bool is_nothing = answer.v4.empty() && answer.v6.empty() && count == 0;
  return question.substr(0, 2) + std::string(is_nothing ? "\x81\x83" : "\x81\x80", 2) + big_endian(1) + big_endian(count) + big_endian(0) + big_endian(0) + asked + records;
}

}  // namespace gouji::testing_support
