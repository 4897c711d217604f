// The real clock; created in main and passed in.
#pragma once

#include "common/core/clock.h"

namespace gouji::runtime {

class SystemClock : public Clock {
 public:
  UnixMillis unix_millis() const override;
  std::chrono::nanoseconds monotonic() const override;
};

}  // namespace gouji::runtime
