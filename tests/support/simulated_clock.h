// A clock that moves only when a test says so.
#pragma once

#include <atomic>
#include <chrono>

#include "common/core/clock.h"

namespace gouji::testing {

class SimulatedClock final : public Clock {
 public:
  UnixMillis unix_millis() const override {
    return kStart + std::chrono::duration_cast<std::chrono::milliseconds>(monotonic() - kMonotonicStart).count();
  }
  std::chrono::nanoseconds monotonic() const override { return std::chrono::nanoseconds(now_.load()); }
  void advance(std::chrono::nanoseconds by) { now_.fetch_add(by.count()); }

  static constexpr UnixMillis kStart = 1'700'000'000'000;

 private:
  static constexpr std::chrono::nanoseconds kMonotonicStart = std::chrono::seconds(1);
  std::atomic<std::int64_t> now_{kMonotonicStart.count()};
};

}  // namespace gouji::testing
