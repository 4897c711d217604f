// A clock that moves only when a test says so.
#pragma once

#include "common/core/clock.h"

namespace gouji::telemetry {

class SimulatedClock : public Clock {
 public:
  UnixMillis unix_millis() const override { return 1'700'000'000'000 + now_.count() / 1'000'000; }
  std::chrono::nanoseconds monotonic() const override { return now_; }
  void advance(std::chrono::nanoseconds time) { now_ += time; }

 private:
  std::chrono::nanoseconds now_{0};
};

}  // namespace gouji::telemetry
