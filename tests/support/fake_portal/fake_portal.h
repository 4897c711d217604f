// A web server on loopback that misbehaves on purpose: answers are bytes, written as they are, and
// what follows them is chosen. One thread accepts, one serves each connection.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace gouji::testing_support {

struct PortalRequest {
  std::string method, path;                    // with its query
  std::map<std::string, std::string> headers;  // names in lower case
};

enum class AfterBytes {
  kClose,    // the answer ends
  kHold,     // nothing more comes, and the connection stays
  kDrip,     // a byte now and then, for ever
  kEndless,  // zeros as fast as they are taken, for ever
};

struct PortalAnswer {
  std::string bytes;
  AfterBytes then = AfterBytes::kClose;
};

// A whole answer with its length. `headers` are lines without line ends.
PortalAnswer answer(int status, std::string_view body, const std::vector<std::string>& headers = {});
PortalAnswer html(std::string_view body, const std::vector<std::string>& headers = {});
PortalAnswer redirect_to(std::string_view location, int status = 302);
// `size` zero bytes, compressed with gzip and sent with Content-Encoding.
PortalAnswer gzip_bomb(std::size_t size);

class FakePortal {
 public:
  using Handler = std::function<PortalAnswer(const PortalRequest&)>;
  FakePortal();  // on 127.0.0.1, a free port
  ~FakePortal();
  FakePortal(const FakePortal&) = delete;
  FakePortal& operator=(const FakePortal&) = delete;

  // Answers of a path; other paths are 404. May be changed at any time.
  void on(const std::string& path, Handler handler);
  void on(const std::string& path, PortalAnswer fixed);
  std::string url(std::string_view path) const;
  int port() const { return port_; }
  std::vector<PortalRequest> requests(const std::string& path) const;
  std::size_t requests_in_all() const;

 private:
  void accept_connections();
  void serve(int connection);
  PortalAnswer answer_for(const PortalRequest& request);
  void follow(int connection, AfterBytes then);

  int listener_ = -1;
  int port_ = 0;
  std::atomic<bool> stopping_ = false;
  mutable std::mutex mutex_;
  std::map<std::string, Handler> handlers_;
  std::vector<PortalRequest> requests_;
  std::list<std::thread> connections_;
  std::thread acceptor_;
};

}  // namespace gouji::testing_support
