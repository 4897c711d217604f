// A TCP proxy in front of a broker that reads Kafka's frames. It can cut a connection at a request,
// or keep the request and deliver it late, after its sender has long gone on.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

namespace gouji::testing {

// The keys of the requests that a transaction is made of.
inline constexpr int kProduceApi = 0;
inline constexpr int kInitProducerIdApi = 22;
inline constexpr int kAddOffsetsToTxnApi = 25;
inline constexpr int kEndTxnApi = 26;
inline constexpr int kTxnOffsetCommitApi = 28;

// Frames to the broker are u32 length, i16 api key, …; both big-endian.
class FrameProxy {
 public:
  // Listens on `port` of loopback, forwards to `broker_port`.
  FrameProxy(std::uint16_t port, std::uint16_t broker_port);
  ~FrameProxy();
  FrameProxy(const FrameProxy&) = delete;
  FrameProxy& operator=(const FrameProxy&) = delete;

  // The next request of this kind is not forwarded; its connection is closed.
  void cut_next(int api_key) { cut_ = api_key; }
  // The next request of this kind is kept, and its connection to the client closed. The requests of
  // `until` are then awaited in their order, whatever passes between them; right before the last of
  // them is forwarded, and when those before it are answered, the broker gets the kept one over its
  // own connection, and answers it. All of that `times` times.
  void hold(int api_key, std::deque<int> until, int times);

  int cuts() const { return cuts_; }
  int delivered_late() const { return late_; }

 private:
  struct Link {
    int client = -1;
    int broker = -1;
    bool is_held = false;        // guarded
    std::uint64_t requests = 0;  // guarded; forwarded
    std::uint64_t answers = 0;   // guarded
  };
  struct Hold {
    int api_key = 0;
    std::deque<int> until;
    int times = 0;               // left, this one included
    std::deque<int> awaited;     // of `until`
    std::vector<char> frame;     // with its length; empty until it has come
    Link* link = nullptr;
  };

  void accept_all();
  void forward_requests(Link& link);
  void pump_answers(Link& link);
  bool keep_or_release(Link& link, int api_key, const std::vector<char>& frame);
  void release(const Link& current, std::unique_lock<std::mutex>& lock);

  int listener_ = -1;
  std::uint16_t broker_port_ = 0;
  std::atomic<int> cut_{-1};
  std::atomic<int> cuts_{0};
  std::atomic<int> late_{0};
  std::atomic<bool> ends_{false};
  std::mutex mutex_;
  std::condition_variable answered_;
  Hold hold_;                       // guarded
  std::thread acceptor_;
  std::vector<std::thread> pumps_;  // of the acceptor until it has ended
  std::deque<Link> links_;          // the same; a link stays where it is
};

}  // namespace gouji::testing
