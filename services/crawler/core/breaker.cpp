#include "services/crawler/core/breaker.h"

#include <algorithm>

namespace gouji::crawler {

void Breaker::failed(const BreakerRules& rules, Tick now) {
  faults += 1;
  // The request of a half-open breaker decides alone.
  if (openings == 0 && faults < rules.faults) return;
  const int doublings = std::min(openings, 16);
  open_until = now + std::min(rules.rest_min * (1 << doublings), rules.rest_max);
  openings = std::min(openings + 1, 17);
}

}  // namespace gouji::crawler
