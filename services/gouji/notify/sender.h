// Posts what is due for one receiver, on a thread of its own, with growing waits while the receiver fails.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>

#include "common/core/clock.h"
#include "common/core/result.h"
#include "common/telemetry/admin_server.h"
#include "services/gouji/io/http_client.h"
#include "services/gouji/notify/notify_state.h"
#include "services/gouji/notify/notify_telemetry.h"
#include "services/gouji/notify/targets.h"

namespace gouji::command {

// How long to wait after the nth failure in a row: 1 s, doubled up to 5 min, more where the receiver says so.
std::chrono::milliseconds backoff(std::int64_t failures);

class Sender {
 public:
  struct Parts {
    NotifyState& state;
    const NotifyTelemetry& telemetry;
    telemetry::Health& health;
    const Clock& clock;
  };
  Sender(NotifyTarget target, Parts parts);
  ~Sender();  // stops; what was not taken stays in the state
  Sender(const Sender&) = delete;
  Sender& operator=(const Sender&) = delete;

  void start();
  // Something new may be due.
  void wake();
  // Nothing is due: for `--once`. False while something waits for a later try.
  bool is_idle() const { return idle_.load(); }
  // The state file failed for good; empty while all is well.
  std::string failure() const;

 private:
  void run();
  // Posts at most a little; true when something was posted.
  Result<bool> post_some();
  Result<bool> post_alerts();
  Result<bool> post_delivery();
  Result<bool> took(const std::string& refusal, const Result<HttpAnswer>& answer, const std::string& what);
  void pause();

  NotifyTarget target_;
  Parts parts_;
  std::atomic<bool> stopping_{false};
  std::atomic<bool> idle_{false};
  HttpClient poster_;
  std::int64_t failures_ = 0;  // in a row
  std::chrono::nanoseconds not_before_{0};
  mutable std::mutex mutex_;
  std::condition_variable woken_;
  bool is_woken_ = false;
  std::string failure_;
  std::thread thread_;
};

}  // namespace gouji::command
