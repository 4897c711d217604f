// The random numbers of a simulation: one stream a seed, the same on every machine and compiler.
#pragma once

#include <cstdint>

namespace gouji::testing::simulation {

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed * 0x9E3779B97F4A7C15U + 0x632BE59BD9B4E019U) {}

  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15U);
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31U);
  }
  int below(int limit) { return static_cast<int>(next() % static_cast<std::uint64_t>(limit)); }
  bool chance(int per_mille) { return per_mille > 0 && below(1000) < per_mille; }

 private:
  std::uint64_t state_;
};

}  // namespace gouji::testing::simulation
