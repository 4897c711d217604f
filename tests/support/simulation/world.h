// One run of the product's stage runner over the simulated broker: one or two processes, a stream of
// inputs, and a set of faults of its own for every seed. First everything may fail; then nothing does
// any more, and all must go through. One thread; the same seed gives the same trace.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/simulation/mutants.h"
#include "tests/support/simulation/oracle.h"

namespace gouji::testing::simulation {

// What happened in a run: a simulation whose faults did not hit proves nothing.
struct Marks {
  std::array<std::int64_t, kCalls * kFaults> faults{};  // call × fault
  std::int64_t crashes_in_transaction = 0;
  std::int64_t late_requests = 0;    // a copy arrived after its call had returned
  std::int64_t late_refused = 0;     // …and the epoch held it off
  std::int64_t rebalances = 0;
  std::int64_t partitions_lost = 0;
  std::int64_t fenced = 0;
  std::int64_t aborted = 0;
  std::int64_t unknown = 0;
  std::int64_t doubts = 0;
  std::int64_t transaction_timeouts = 0;
  std::int64_t dead_letters = 0;
  std::int64_t restores_behind_open_transactions = 0;
  std::int64_t works = 0;
  std::int64_t breakers = 0;
  std::int64_t upstream_aborts = 0;
  std::int64_t compactions = 0;
  std::int64_t offsets_forgotten = 0;
  std::int64_t second_inputs = 0;
  void add(const Marks& other);
};

struct Run {
  std::vector<Finding> findings;
  std::uint64_t trace_hash = 0;
  std::int64_t calls = 0;
  Marks marks;
};

// `is_told`: every call and event goes to standard error.
Run simulate(std::uint64_t seed, Mutant mutant = Mutant::kNone, bool is_told = false);

}  // namespace gouji::testing::simulation
