// How long a call takes where nobody disturbs it.
#pragma once

#include <ctime>

#include <algorithm>

namespace gouji::bench {

// Of this thread, in seconds. Unlike the clock on the wall it stands still while others compute.
inline double processor_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// Shortest of many timings of as many calls as one timing needs to mean something; seconds a call.
template <typename Call>
double shortest(Call call, int rounds = 40) {
  constexpr double kTimingSeconds = 2e-4;
  constexpr int kCallsMax = 4'096;
  int calls = 1;
  double best = 1e9;
  for (int round = 0; round < rounds; ++round) {
    const double begin = processor_seconds();
    for (int i = 0; i < calls; ++i) call();
    const double taken = processor_seconds() - begin;
    best = std::min(best, taken / calls);
    if (taken >= kTimingSeconds || calls >= kCallsMax) continue;
    calls *= 2;
    --round;
  }
  return best;
}

}  // namespace gouji::bench
