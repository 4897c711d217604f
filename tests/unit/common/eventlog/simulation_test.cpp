// The stage runner under every fault that the simulated broker knows, seed after seed; and the same
// with mistakes planted, each of which must be found.
//
//   GOUJI_TEST_SEED=N            the first seed (1 unless told); a failing one is named
//   GOUJI_SIMULATION_SEEDS=M     how many (20 000 unless told, 1 000 000 with GOUJI_TEST_LONG=1)
//   GOUJI_SIMULATION_TOLD=1      tells every call of the first seed
#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <future>
#include <optional>
#include <thread>

#include "tests/support/simulation/world.h"

namespace gouji::testing::simulation {
namespace {

constexpr std::uint64_t kSeeds = 20'000;

std::optional<std::uint64_t> number_from(const char* name) {
  const char* text = std::getenv(name);
  return text == nullptr ? std::nullopt : std::optional<std::uint64_t>(std::strtoull(text, nullptr, 10));
}

std::uint64_t first_seed() { return number_from("GOUJI_TEST_SEED").value_or(1); }
std::uint64_t seeds() {
  return number_from("GOUJI_SIMULATION_SEEDS").value_or(std::getenv("GOUJI_TEST_LONG") != nullptr ? 1'000'000 : kSeeds);
}

struct Sum {
  Marks marks;
  std::int64_t calls = 0;
  std::vector<std::string> failures;
};

Sum run_seeds(std::uint64_t from, std::uint64_t to, std::uint64_t step) {
  Sum sum;
  for (std::uint64_t seed = from; seed < to && sum.failures.size() < 10; seed += step) {
    const auto run = simulate(seed);
    sum.marks.add(run.marks);
    sum.calls += run.calls;
    for (const Finding& finding : run.findings)
      sum.failures.push_back("seed " + std::to_string(seed) + ": " + std::string(to_string(finding.flaw)) + ": " + finding.text);
  }
  return sum;
}

Sum run_on_all_cores(std::uint64_t from, std::uint64_t count) {
  const std::uint64_t workers = std::max(1U, std::thread::hardware_concurrency());
  std::vector<std::future<Sum>> parts;
  for (std::uint64_t w = 0; w < workers; ++w)
    parts.push_back(std::async(std::launch::async, [=] { return run_seeds(from + w, from + count, workers); }));
  Sum sum;
  for (auto& part : parts) {
    Sum one = part.get();
    sum.marks.add(one.marks);
    sum.calls += one.calls;
    sum.failures.insert(sum.failures.end(), one.failures.begin(), one.failures.end());
  }
  return sum;
}

TEST(Simulation, LosesDoublesAndMixesUpNothingWhateverFails) {
  const auto began = std::chrono::steady_clock::now();
  if (number_from("GOUJI_SIMULATION_TOLD")) simulate(first_seed(), Mutant::kNone, true);
  const Sum sum = run_on_all_cores(first_seed(), seeds());
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  for (const std::string& failure : sum.failures) ADD_FAILURE() << failure;
  const Marks& marks = sum.marks;
  std::printf("GOUJI_TEST_SEED=%llu: %llu seeds, %lld calls in %.1f s\n", static_cast<unsigned long long>(first_seed()),
              static_cast<unsigned long long>(seeds()), static_cast<long long>(sum.calls), seconds);
  // A fault that never hit would prove nothing: once in a thousand seeds is the least.
  const auto least = static_cast<std::int64_t>(seeds() / 1000);
  const std::pair<const char*, std::int64_t> hits[] = {
      {"crashes inside a transaction", marks.crashes_in_transaction}, {"late requests", marks.late_requests},
      {"late requests held off", marks.late_refused}, {"rebalances", marks.rebalances},
      {"partitions lost", marks.partitions_lost}, {"fenced", marks.fenced}, {"aborted", marks.aborted},
      {"unknown", marks.unknown}, {"in doubt", marks.doubts}, {"transaction time-outs", marks.transaction_timeouts},
      {"dead letters", marks.dead_letters}, {"restores behind an open transaction", marks.restores_behind_open_transactions},
      {"works on the state", marks.works}, {"breakers opened", marks.breakers}, {"aborted inputs", marks.upstream_aborts},
      {"compactions", marks.compactions}, {"forgotten offsets", marks.offsets_forgotten},
      {"records of a second input", marks.second_inputs}};
  for (const auto& [name, count] : hits) {
    std::printf("  %-36s %lld\n", name, static_cast<long long>(count));
    EXPECT_GE(count, least) << name;
  }
}

TEST(Simulation, GivesTheSameTraceForTheSameSeed) {
  for (std::uint64_t seed = first_seed(); seed < first_seed() + 1000; ++seed) {
    const auto one = simulate(seed);
    const auto two = simulate(seed);
    ASSERT_EQ(one.trace_hash, two.trace_hash) << "seed " << seed;
    ASSERT_EQ(one.calls, two.calls) << "seed " << seed;
  }
  EXPECT_NE(simulate(1).trace_hash, simulate(2).trace_hash);
}

class PlantedMistake : public ::testing::TestWithParam<Mutant> {};

// Which flaw it must show, where it is not enough that one is found.
bool is_found(Mutant mutant, const Finding& finding) {
  switch (mutant) {
    case Mutant::kNoBreaker: return finding.flaw == Flaw::kDrained;
    // Without the ledger in front a torn transaction could only double.
    case Mutant::kLedgerBeforeOutputs:
    case Mutant::kOffsetsBeforeOutputs:
    case Mutant::kOffsetTooFar: return finding.flaw == Flaw::kLost;
    case Mutant::kOutputsBeforeOffsets:
    case Mutant::kOffsetTooNear:
    case Mutant::kDeadLetterOutside:
    case Mutant::kNoNewProducerAfterDoubt: return finding.flaw == Flaw::kDuplicate;
    case Mutant::kReadsUncommitted: return finding.flaw == Flaw::kInvented;
    default: return finding.flaw != Flaw::kStuck && finding.flaw != Flaw::kMisuse;
  }
}

TEST_P(PlantedMistake, IsFound) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    for (const Finding& finding : simulate(seed, GetParam()).findings) {
      if (!is_found(GetParam(), finding)) continue;
      std::printf("%s: seed %llu: %s: %s\n", std::string(to_string(GetParam())).c_str(),
                  static_cast<unsigned long long>(seed), std::string(to_string(finding.flaw)).c_str(), finding.text.c_str());
      return;
    }
  }
  FAIL() << to_string(GetParam()) << " was not found";
}

INSTANTIATE_TEST_SUITE_P(All, PlantedMistake, ::testing::ValuesIn(kMutants), [](const auto& mutant) {
  std::string name(to_string(mutant.param));
  for (char& c : name) c = std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
  return name;
});

}  // namespace
}  // namespace gouji::testing::simulation
