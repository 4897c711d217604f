// A web server on loopback that misbehaves on purpose: answers are bytes, written as they are, and
// what follows them is chosen. One thread with one epoll loop serves all connections, so a handler
// must not block: one that waits for something says not_yet().
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace gouji::testing_support {

struct PortalRequest {
  std::string method, path;                    // with its query
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
  // When its last byte was read, and when the last byte of its answer was handed to the network or
  // the connection ended; equal to `at` while it is being answered.
  std::chrono::steady_clock::time_point at{}, done{};
};

enum class AfterBytes {
  kClose,    // the answer ends; the connection stays for further requests unless a header says "close"
  kHold,     // nothing more comes, and the connection stays
  kDrip,     // a byte now and then, for ever
  kEndless,  // zeros as fast as they are taken, for ever
  kReset,    // the connection breaks
  kAskAgain,  // the handler is asked again a moment later
};

struct PortalAnswer {
  std::string bytes;
  AfterBytes then = AfterBytes::kClose;
  std::size_t bytes_a_turn = 0;  // so many bytes every 20 ms; 0 = as fast as they are taken
};

// A whole answer with its length. `headers` are lines without line ends.
PortalAnswer answer(int status, std::string_view body, const std::vector<std::string>& headers = {});
PortalAnswer html(std::string_view body, const std::vector<std::string>& headers = {});
PortalAnswer redirect_to(std::string_view location, int status = 302);
// The handler has no answer yet.
inline PortalAnswer not_yet() { return {"", AfterBytes::kAskAgain}; }
// `size` zero bytes, compressed with gzip and sent with Content-Encoding.
PortalAnswer gzip_bomb(std::size_t size);
std::string gzip_of(std::string_view bytes);

class FakePortal {
 public:
  using Handler = std::function<PortalAnswer(const PortalRequest&)>;
  // On a loopback address; port 0 takes a free one. Throws when it cannot be bound.
  explicit FakePortal(const std::string& address = "127.0.0.1", int port = 0);
  ~FakePortal();
  FakePortal(const FakePortal&) = delete;
  FakePortal& operator=(const FakePortal&) = delete;

  // Answers of a path; other paths are 404, or what on_other() says. May be changed at any time.
  void on(const std::string& path, Handler handler);
  void on(const std::string& path, PortalAnswer fixed);
  void on_other(Handler handler);
  std::string url(std::string_view path) const;
  int port() const { return port_; }
  std::vector<PortalRequest> requests(const std::string& path) const;
  std::vector<PortalRequest> all_requests() const;
  std::size_t requests_in_all() const;
  std::size_t connections_in_all() const { return connections_in_all_; }
  // Forgets the requests so far; for long runs.
  void forget_requests();

 private:
  struct Connection;
  void serve();
  void accept_all();
  void read_some(Connection& connection);
  void begin_answer(Connection& connection);
  void ask(Connection& connection);
  void write_some(Connection& connection);
  void go_on(Connection& connection);
  void end(Connection& connection);
  void turn();
  PortalAnswer answer_for(const PortalRequest& request);

  std::string address_;
  int listener_ = -1;
  int epoll_ = -1;
  int port_ = 0;
  std::atomic<bool> stopping_ = false;
  std::atomic<std::size_t> connections_in_all_ = 0;
  mutable std::mutex mutex_;  // of the four below
  std::map<std::string, Handler> handlers_;
  Handler other_;
  std::vector<PortalRequest> requests_;
  std::size_t forgotten_ = 0;
  std::map<int, std::unique_ptr<Connection>> connections_;  // of the server's thread
  std::thread server_;
};

}  // namespace gouji::testing_support
