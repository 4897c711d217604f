// The seed of a random test: GOUJI_TEST_SEED, or a new one; printed, so that a failure is repeated.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>

namespace gouji::testing {

inline std::uint32_t seed() {
  const char* given = std::getenv("GOUJI_TEST_SEED");
  const auto value = given != nullptr ? static_cast<std::uint32_t>(std::strtoul(given, nullptr, 10))
                                      : std::random_device{}();
  std::printf("GOUJI_TEST_SEED=%u\n", value);
  return value;
}

}  // namespace gouji::testing
