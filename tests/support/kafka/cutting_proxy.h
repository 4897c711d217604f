// A TCP proxy in front of a broker that reads Kafka's frames and can cut a connection at one of them.
#pragma once

#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

namespace gouji::testing {

// Frames to the broker are u32 length, i16 api key, …; both big-endian.
class CuttingProxy {
 public:
  CuttingProxy();  // listens on a free port of loopback at once
  ~CuttingProxy();
  CuttingProxy(const CuttingProxy&) = delete;
  CuttingProxy& operator=(const CuttingProxy&) = delete;

  std::uint16_t port() const { return port_; }
  void forward_to(std::uint16_t broker_port);  // once, before clients come
  // The next request of this kind is not forwarded; its connection is closed.
  void cut_next(int api_key) { cut_ = api_key; }
  int cuts() const { return cuts_; }

 private:
  void accept_all();
  void serve(int client, int broker);

  std::uint16_t port_ = 0;
  std::uint16_t broker_port_ = 0;
  int listener_ = -1;
  std::atomic<int> cut_{-1};
  std::atomic<int> cuts_{0};
  std::atomic<bool> ends_{false};
  std::thread acceptor_;
  std::vector<std::thread> pumps_;  // of the acceptor until it has ended
  std::vector<int> sockets_;        // the same
};

}  // namespace gouji::testing
