#include <algorithm>

#include <fmt/format.h>

#include "common/core/check.h"
#include "common/telemetry/admin_server.h"

namespace gouji::telemetry {

Health::Health(const Clock& clock) : clock_(clock) {}

void Health::expect_heartbeat(std::string_view loop, std::chrono::milliseconds limit) {
  const std::lock_guard lock(mutex_);
  loops_.insert_or_assign(std::string(loop), Loop{limit});
}

void Health::beat(std::string_view loop) {
  const std::lock_guard lock(mutex_);
  const auto found = loops_.find(loop);
  GOUJI_CHECK(found != loops_.end());
  found->second.last = clock_.monotonic();
  found->second.started = true;
}

void Health::expect_ready(std::string_view condition) {
  const std::lock_guard lock(mutex_);
  conditions_.emplace(condition, false);
}

void Health::set_ready(std::string_view condition, bool ready) {
  const std::lock_guard lock(mutex_);
  const auto found = conditions_.find(condition);
  GOUJI_CHECK(found != conditions_.end());
  found->second = ready;
}

void Health::shut_down() {
  const std::lock_guard lock(mutex_);
  shutting_down_ = true;
}

Health::Answer Health::live() const {
  using std::chrono::duration_cast;
  using std::chrono::milliseconds;
  const std::lock_guard lock(mutex_);
  const auto now = clock_.monotonic();
  Answer answer{true, {}};
  for (const auto& [name, loop] : loops_) {
    if (!loop.started) {
      answer.text += fmt::format("{}: not started\n", name);
      continue;
    }
    const auto age = now - loop.last;
    const bool is_good = age <= loop.limit;
    answer.is_good = answer.is_good && is_good;
    answer.text += fmt::format("{}: {}, last turn {} ms ago, limit {} ms\n", name, is_good ? "turns" : "stuck",
                               duration_cast<milliseconds>(age).count(),
                               duration_cast<milliseconds>(loop.limit).count());
  }
  if (answer.text.empty()) answer.text = "alive\n";
  return answer;
}

Health::Answer Health::ready() const {
  const std::lock_guard lock(mutex_);
  Answer answer{!shutting_down_, shutting_down_ ? "shutting down\n" : ""};
  for (const auto& [name, is_ready] : conditions_) {
    answer.is_good = answer.is_good && is_ready;
    answer.text += fmt::format("{}: {}\n", name, is_ready ? "ready" : "not ready");
  }
  if (answer.text.empty()) answer.text = "ready\n";
  return answer;
}

}  // namespace gouji::telemetry
