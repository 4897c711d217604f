// The seed of a random test: printed, and taken from GOUJI_TEST_SEED where that is set.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>

namespace gouji::testing {

inline std::uint64_t random_seed() {
  const char* given = std::getenv("GOUJI_TEST_SEED");
  const std::uint64_t seed = given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
  std::printf("GOUJI_TEST_SEED=%llu\n", static_cast<unsigned long long>(seed));
  return seed;
}

}  // namespace gouji::testing
