// The circuit breaker of a stage. One bad build, or a missing library, makes every record poison;
// without this a whole topic would run through into the dead letters before anybody looks.
//
// It opens when of the records taken within the last `window` at least `records_min` were counted
// and more than `poison_percent` of them became dead letters that alert (not_a_report does not
// count). A stage whose breaker is open ends, with everything before committed.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>

namespace gouji::eventlog {

struct BreakerOptions {
  std::int64_t poison_percent = 20;
  std::int64_t records_min = 100;
  std::chrono::seconds window{300};
};

class PoisonBreaker {
 public:
  explicit PoisonBreaker(const BreakerOptions& options) : options_(options) {}

  // Of a committed transaction; `now` is monotonic and never goes back.
  void add(std::chrono::nanoseconds now, std::int64_t records, std::int64_t poison);
  // Whether it is open when these are counted, too.
  bool is_open(std::chrono::nanoseconds now, std::int64_t records = 0, std::int64_t poison = 0) const;

 private:
  static constexpr std::size_t kSlots = 30;  // the window moves in steps of a thirtieth
  struct Slot {
    std::int64_t number = -1;
    std::int64_t records = 0;
    std::int64_t poison = 0;
  };
  std::int64_t slot_number(std::chrono::nanoseconds now) const;

  const BreakerOptions options_;
  std::array<Slot, kSlots> slots_{};
};

}  // namespace gouji::eventlog
