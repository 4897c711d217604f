// The judge of a simulation, or of any history that stands in a broker: every committed input ends in
// exactly one of output and dead letters, nothing takes effect twice, the order of a key is kept,
// nothing that was not committed is acted upon, and the state agrees.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "tests/support/simulation/broker.h"

namespace gouji::testing::simulation {

enum class Flaw {
  kLost,       // an input without effect and without dead letter
  kDuplicate,  // an effect or a dead letter twice
  kDisorder,
  kInvented,   // an effect of what was never committed, or in the wrong place
  kState,      // the state does not agree with the inputs
  kStuck,      // not everything went through although nothing failed any more
  kMisuse,     // a call that the interface forbids
  kDrained,    // the breaker let a topic run into the dead letters
};
std::string_view to_string(Flaw flaw);

struct Finding {
  Flaw flaw;
  std::string text;
};

// After everything went through. `is_careful`: as the stage's trait; `versions`: of the stage that has each
// partition in the end, which has worked on every key of an older one.
std::vector<Finding> judge(const Broker& broker, bool is_careful, const std::array<int, kPartitions>& versions);

}  // namespace gouji::testing::simulation
