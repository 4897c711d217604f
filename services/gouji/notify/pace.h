// How often something may be said: group robots take about 20 messages a minute and are silenced for minutes above.
#pragma once

#include <algorithm>
#include <chrono>

namespace gouji::command {

// Five at once, then one every four seconds: never more than 20 in a minute.
class Pace {
 public:
  bool allows(std::chrono::nanoseconds now) {
    refill(now);
    return left_ > 0;
  }
  void take(std::chrono::nanoseconds now) {
    refill(now);
    if (left_-- == kAtOnce) since_ = now;
  }

 private:
  static constexpr int kAtOnce = 5;
  static constexpr std::chrono::seconds kEvery{4};

  void refill(std::chrono::nanoseconds now) {
    if (left_ == kAtOnce || now < since_) return;
    const auto more = static_cast<int>(std::min<std::chrono::nanoseconds::rep>((now - since_) / kEvery, kAtOnce));
    left_ = std::min(kAtOnce, left_ + more);
    since_ += more * kEvery;
  }

  int left_ = kAtOnce;
  std::chrono::nanoseconds since_{0};
};

}  // namespace gouji::command
