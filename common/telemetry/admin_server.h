// The admin endpoint: /metrics, /healthz, /readyz over HTTP, read-only, on loopback unless told
// otherwise. Bounded in connections, header size and time.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "common/core/clock.h"
#include "common/core/result.h"
#include "common/telemetry/metrics.h"

namespace gouji::telemetry {

// What /healthz and /readyz say. Thread-safe.
class Health {
 public:
  explicit Health(const Clock& clock);
  // A loop that must turn: unhealthy when its last beat is older than `limit`. Not before its
  // first beat.
  void expect_heartbeat(std::string_view loop, std::chrono::milliseconds limit);
  void beat(std::string_view loop);
  // Ready when every condition is; conditions start as not ready.
  void expect_ready(std::string_view condition);
  void set_ready(std::string_view condition, bool ready);
  void shut_down();  // /readyz says 503 from now on

  struct Answer {
    bool is_good = false;
    std::string text;  // one line per loop or condition
  };
  Answer live() const;
  Answer ready() const;

 private:
  const Clock& clock_;
  mutable std::mutex mutex_;
  struct Loop {
    std::chrono::nanoseconds limit;
    std::chrono::nanoseconds last{0};
    bool started = false;
  };
  std::map<std::string, Loop, std::less<>> loops_;
  std::map<std::string, bool, std::less<>> conditions_;
  bool shutting_down_ = false;
};

class AdminServer {
 public:
  // `address` is "HOST:PORT"; port 0 takes a free one. kUnavailable when it cannot be bound.
  static Result<std::unique_ptr<AdminServer>> start(std::string_view address, const Metrics& metrics,
                                                    const Health& health);
  ~AdminServer();
  std::string address() const;  // with the real port: "127.0.0.1:43817"

 private:
  class Impl;
  explicit AdminServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace gouji::telemetry
