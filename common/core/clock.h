// Time comes in through this interface, so that logic can be tested without waiting.
#pragma once

#include <chrono>
#include <cstdint>

namespace gouji {

// Milliseconds since 1970-01-01 UTC: the unit of every stored time.
using UnixMillis = std::int64_t;

class Clock {
 public:
  virtual ~Clock() = default;
  // Wall-clock time; may jump. For stored times only.
  virtual UnixMillis unix_millis() const = 0;
  // Never goes back. For waits, deadlines and durations.
  virtual std::chrono::nanoseconds monotonic() const = 0;
};

}  // namespace gouji
