#include "common/eventlog/poison_breaker.h"

#include <algorithm>

namespace gouji::eventlog {

std::int64_t PoisonBreaker::slot_number(std::chrono::nanoseconds now) const {
  using std::chrono::nanoseconds;
  return now / std::max(nanoseconds(options_.window) / static_cast<int>(kSlots), nanoseconds(1));
}

void PoisonBreaker::add(std::chrono::nanoseconds now, std::int64_t records, std::int64_t poison) {
  const std::int64_t number = slot_number(now);
  Slot& slot = slots_[static_cast<std::size_t>(number) % kSlots];
  if (slot.number != number) slot = {number, 0, 0};
  slot.records += records;
  slot.poison += poison;
}

bool PoisonBreaker::is_open(std::chrono::nanoseconds now, std::int64_t records, std::int64_t poison) const {
  const std::int64_t oldest = slot_number(now) - static_cast<std::int64_t>(kSlots);
  for (const Slot& slot : slots_) {
    if (slot.number <= oldest) continue;
    records += slot.records;
    poison += slot.poison;
  }
  return records >= options_.records_min && poison * 100 > records * options_.poison_percent;
}

}  // namespace gouji::eventlog
