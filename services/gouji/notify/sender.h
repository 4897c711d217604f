// Posts what is due for one receiver, on a thread of its own, with growing waits while the receiver fails.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "common/core/clock.h"
#include "common/core/result.h"
#include "common/telemetry/admin_server.h"
#include "services/gouji/io/http_client.h"
#include "services/gouji/notify/notify_state.h"
#include "services/gouji/notify/notify_telemetry.h"
#include "services/gouji/notify/pace.h"
#include "services/gouji/notify/refusal.h"
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
  Result<bool> post_deliveries();
  Result<bool> post_one(const Delivery& delivery, UnixMillis now);
  Result<bool> post_together(const std::vector<Delivery>& deliveries, UnixMillis now);
  // What became of an attempt; sets when the next one may be.
  Refusal ask(const NotifyTarget& target, const std::string& id, const std::string& body, UnixMillis now);
  // Notes what was taken; when the disk does not take it, again before anything else is posted.
  Result<void> note();
  void pause();

  NotifyTarget target_;
  Parts parts_;
  std::atomic<bool> stopping_{false};
  std::atomic<bool> idle_{false};
  HttpClient poster_;
  Pace pace_;
  std::int64_t failures_ = 0;  // in a row
  std::size_t together_max_;  // halved by a refusal for something that was said, until that is found
  std::chrono::nanoseconds not_before_{0};
  std::function<Result<void>()> unnoted_;  // empty where all is noted
  mutable std::mutex mutex_;
  std::condition_variable woken_;
  bool is_woken_ = false;
  std::string failure_;
  std::thread thread_;
};

}  // namespace gouji::command
