#include "tests/support/simulation/world.h"

#include <algorithm>
#include <cstdio>
#include <memory>

#include <fmt/format.h>

#include "common/eventlog/stage_runner.h"
#include "tests/support/record_of.h"
#include "tests/support/simulation/random.h"
#include "tests/support/simulation/stage.h"

namespace gouji::testing::simulation {

using namespace eventlog;  // NOLINT: the file is about nothing else
using std::chrono::milliseconds;

namespace {

constexpr int kUpstream = 100;  // producer of the inputs
constexpr int kHealTurnsMax = 4000;

// Which faults a call can meet, and how often one against another.
bool is_possible(Call call, Fault fault) {
  switch (fault) {
    case Fault::kNone: return false;
    case Fault::kCrashBefore:
    case Fault::kCrashAfter: return true;
    case Fault::kAway: return true;
    case Fault::kAnswerLost: return call == Call::kOffsets || call == Call::kCommit || call == Call::kAbort || call == Call::kOpenProducer;
    case Fault::kRefused: return call == Call::kAppend || call == Call::kOffsets || call == Call::kCommit;
    case Fault::kUnknownBefore:
    case Fault::kUnknownAfter: return call == Call::kAppend || call == Call::kOffsets || call == Call::kCommit || call == Call::kAbort;
    case Fault::kUnknownLate:
    case Fault::kTwice:
    case Fault::kCrashLate: return call == Call::kOffsets || call == Call::kCommit || call == Call::kAbort;
    case Fault::kTimedOut: return call == Call::kAppend || call == Call::kOffsets || call == Call::kCommit;
  }
  return false;
}

struct Rates {
  std::array<int, kCalls> fault{};  // per mille of the calls
  std::array<std::vector<Fault>, kCalls> faults;
  int surroundings = 0;
  int step_other = 0;
  int rebalance = 0;
  int kick = 0;
  int upstream = 0;
  int compact = 0;
  int time_out = 0;
  int stop = 0;
  int forget = 0;
  int late = 0;
  int marker = 0;
};

// Each seed has its own subset of faults and its own rates; each is off in a third of the seeds.
int drawn(Random& random, int most) { return random.chance(350) ? 0 : 1 + random.below(most); }

Rates rates_of(Random& random) {
  Rates rates;
  std::array<bool, kFaults> is_on{};
  for (bool& on : is_on) on = !random.chance(350);
  const int most = random.chance(300) ? 150 : 40;
  for (int call = 0; call < kCalls; ++call) {
    const auto index = static_cast<std::size_t>(call);
    for (int fault = 0; fault < kFaults; ++fault) {
      if (!is_on[static_cast<std::size_t>(fault)] || !is_possible(static_cast<Call>(call), static_cast<Fault>(fault))) continue;
      // What only one call can meet is drawn more often, or it would hardly be met.
      const bool is_rare = static_cast<Fault>(fault) == Fault::kTwice || static_cast<Fault>(fault) == Fault::kUnknownLate;
      rates.faults[index].insert(rates.faults[index].end(), is_rare ? 4 : 1, static_cast<Fault>(fault));
    }
    if (!rates.faults[index].empty()) rates.fault[index] = drawn(random, most);
  }
  rates.surroundings = drawn(random, 300);
  rates.step_other = drawn(random, 500);
  rates.rebalance = drawn(random, 40);
  rates.kick = drawn(random, 40);
  rates.upstream = 50 + random.below(400);
  rates.compact = drawn(random, 60);
  rates.time_out = drawn(random, 30);
  rates.stop = drawn(random, 40);
  rates.forget = drawn(random, 100);
  rates.late = 20 + random.below(500);
  rates.marker = 50 + random.below(800);
  return rates;
}

struct Observer final : StageObserver {
  bool is_told = false;
  void warn(std::string_view message) override {
    if (is_told) fmt::print(stderr, "      {}\n", message);
  }
};

struct Process {
  std::unique_ptr<ClientLog> log;
  std::unique_ptr<MutantStageLog> stage_log;
  std::unique_ptr<SimulatedStage> stage;
  std::unique_ptr<StageRunner> runner;
  bool is_stepping = false;
  bool has_assignment = false;
  int generation = -1;  // of its assignment
};

class World final : public Surroundings {
 public:
  World(std::uint64_t seed, Mutant mutant, bool is_told) : random_(seed), mutant_(mutant) {
    observer_.is_told = is_told;
    rates_ = rates_of(random_);
    is_bad_build_ = random_.chance(30);
    processes_.resize(is_bad_build_ || random_.chance(250) ? 1 : 2);
    is_careful_ = random_.chance(500);
    is_static_ = random_.chance(300);
    records_at_once_ = 1 + random_.below(8);
    transaction_records_ = 1 + static_cast<std::size_t>(random_.below(4));
    broker_.ignores_generations = mutant == Mutant::kLostTakenForRevoked;
    plan_inputs();
  }

  Run run() {
    if (is_bad_build_) {
      run_bad_build();
    } else {
      fail_and_crash();
      heal();
    }
    run_.trace_hash = hash_;
    return std::move(run_);
  }

  // --- what a client meets

  Fault meet(Call call, int member) override {
    ++run_.calls;
    clock_.advance(std::chrono::microseconds(300));
    if (is_failing_ && random_.chance(rates_.surroundings)) stir(member);
    const Fault fault = is_failing_ ? choose(call) : Fault::kNone;
    if (fault != Fault::kNone) {
      ++run_.marks.faults[static_cast<std::size_t>(static_cast<int>(call) * kFaults + static_cast<int>(fault))];
      const bool is_crash = fault == Fault::kCrashBefore || fault == Fault::kCrashAfter || fault == Fault::kCrashLate;
      if (is_crash && call >= Call::kAppend && call <= Call::kCommit) ++run_.marks.crashes_in_transaction;
      if (fault == Fault::kTwice) ++run_.marks.doubts;
    }
    mix(1, static_cast<int>(call) * 64 + static_cast<int>(fault), member);
    if (observer_.is_told && fault != Fault::kNone)
      fmt::print(stderr, "{:>6} ms  process {}  call {} meets fault {}\n", millis(), member, static_cast<int>(call), static_cast<int>(fault));
    return fault;
  }

  void wait(milliseconds wait, int member) override {
    clock_.advance(wait * (1 + random_.below(16)));
    mix(2, static_cast<int>(wait.count()), member);
    time_out_transactions();
    if (is_failing_) return stir(member);
    settle();
  }

  void send_late(const Request& request) override { late_.push_back(request); }
  int records_at_once() override { return records_at_once_; }

  void assigned(int member, const std::vector<TopicPartition>& partitions) override {
    processes_[static_cast<std::size_t>(member)].has_assignment = !partitions.empty();
    processes_[static_cast<std::size_t>(member)].generation = broker_.group().generation;
    ++run_.marks.rebalances;
    for (const TopicPartition& at : partitions) {
      const int place = place_of(kState, at.partition);
      if (broker_.end(place, Isolation::kCommitted) < broker_.end(place, Isolation::kUncommitted))
        ++run_.marks.restores_behind_open_transactions;
    }
    mix(3, static_cast<int>(partitions.size()), member);
    tell("is assigned", member);
  }
  void revoked(int member, bool lost) override {
    run_.marks.partitions_lost += lost ? 1 : 0;
    mix(4, lost ? 1 : 0, member);
    tell(lost ? "has lost its partitions" : "gives its partitions up", member);
  }
  void note(Call call, int member, Outcome outcome) override {
    run_.marks.fenced += outcome == Outcome::kFenced ? 1 : 0;
    run_.marks.unknown += outcome == Outcome::kUnknown ? 1 : 0;
    run_.marks.aborted += call == Call::kAbort && outcome == Outcome::kOk ? 1 : 0;
    mix(5, static_cast<int>(call) * 16 + static_cast<int>(outcome), member);
    if (observer_.is_told)
      fmt::print(stderr, "{:>6} ms  process {}  call {} → {}\n", millis(), member, static_cast<int>(call), eventlog::to_string(outcome));
  }
  bool is_static() const override { return is_static_; }
  const std::vector<int>& inputs() const override { return inputs_; }
  milliseconds transaction_timeout() const override { return milliseconds(4000); }

 private:
  // --- the inputs

  void plan_inputs() {
    if (!is_bad_build_ && random_.chance(300)) inputs_.push_back(kMore);
    const int keys = 1 + random_.below(4);
    const int count = is_bad_build_ ? 40 : 4 + random_.below(9);
    const bool has_cursed = random_.chance(30);
    std::array<int, 4> numbers{};
    for (int i = 0; i < count; ++i) {
      const int k = random_.below(keys);
      int& number = numbers[static_cast<std::size_t>(k)];
      // Keys with an odd number come on the second input, where there is one.
      Input input{(inputs_.size() == 2 && k % 2 == 1 ? "w" : "k") + std::to_string(k), ++number, 'n'};
      if (random_.chance(120)) input.kind = "psu"[random_.below(3)];
      if (has_cursed && i == count / 2) input.kind = 'c';
      planned_.push_back(input);
      // The crawler repeats itself after a crash: the same event once more.
      if (is_careful_ && random_.chance(100)) planned_.push_back(input);
    }
    std::reverse(planned_.begin(), planned_.end());
    upstream_epoch_ = broker_.open_producer(kUpstream);
  }

  static Outgoing record_of_input(const Input& input) {
    const int topic = input.key.starts_with("w") ? kMore : kIn;
    return {kTopicNames[static_cast<std::size_t>(topic)], std::nullopt, {input.key, text_of(input), {}, SimulatedClock::kStart}};
  }

  // Most inputs are appended plainly; some in a transaction of the sender's, which may be aborted.
  void append_inputs() {
    if (upstream_transaction_ >= 0 && (planned_.empty() || random_.chance(300))) return end_upstream();
    if (planned_.empty()) return;
    if (upstream_transaction_ < 0 && !random_.chance(250)) {
      broker_.append_outside(record_of_input(planned_.back()));
      planned_.pop_back();
      return;
    }
    if (upstream_transaction_ < 0) is_upstream_aborting_ = random_.chance(400);
    Input input = planned_.back();
    if (is_upstream_aborting_) input.kind = 'g';
    if (!is_upstream_aborting_) planned_.pop_back();
    broker_.set_deadline(kUpstream, INT64_MAX);
    broker_.append(kUpstream, upstream_epoch_, upstream_transaction_, record_of_input(input));
    if (is_upstream_aborting_ && random_.chance(500)) end_upstream();
  }

  void end_upstream() {
    if (upstream_transaction_ < 0) return;
    broker_.apply({is_upstream_aborting_ ? Request::kAbort : Request::kCommit, kUpstream, upstream_epoch_, 0, 0, {}});
    run_.marks.upstream_aborts += is_upstream_aborting_ ? 1 : 0;
    upstream_transaction_ = -1;
    is_upstream_aborting_ = false;
  }

  // --- the surroundings

  void stir(int member) {
    if (broker_.has_marker_due() && random_.chance(rates_.marker)) broker_.write_marker(random_.below(16));
    if (!late_.empty() && random_.chance(rates_.late)) deliver_late(random_.below(static_cast<int>(late_.size())));
    if (random_.chance(rates_.upstream)) append_inputs();
    if (random_.chance(rates_.rebalance)) broker_.rebalance();
    if (random_.chance(rates_.kick)) broker_.leave(random_.below(2));
    if (random_.chance(rates_.time_out)) {
      broker_.time_out(random_.below(2));
      ++run_.marks.transaction_timeouts;
    }
    if (random_.chance(rates_.compact)) {
      broker_.compact(place_of(kState, random_.below(kPartitions)));
      ++run_.marks.compactions;
    }
    if (processes_.size() == 2 && random_.chance(rates_.step_other)) {
      for (int steps = 1 + random_.below(6); steps > 0; --steps) turn(1 - member);
    }
  }

  void deliver_late(int choice) {
    const Request request = late_[static_cast<std::size_t>(choice)];
    late_.erase(late_.begin() + choice);
    ++run_.marks.late_requests;
    const Answer answer = broker_.apply(request);
    if (answer == Answer::kStaleEpoch) ++run_.marks.late_refused;
    mix(6, static_cast<int>(request.kind) * 8 + static_cast<int>(answer), request.producer);
    tell("a late request arrives", request.producer);
  }

  void time_out_transactions() { broker_.time_out_after(clock_.monotonic().count()); }

  void settle() {
    while (!late_.empty()) deliver_late(0);
    broker_.write_all_markers();
  }

  Fault choose(Call call) {
    const auto index = static_cast<std::size_t>(call);
    if (!random_.chance(rates_.fault[index])) return Fault::kNone;
    const auto& faults = rates_.faults[index];
    return faults[static_cast<std::size_t>(random_.below(static_cast<int>(faults.size())))];
  }

  // --- processes

  void start(int member) {
    Process& process = processes_[static_cast<std::size_t>(member)];
    const Place place{*this, broker_, clock_, member};
    process.log = std::make_unique<ClientLog>(place);
    process.log->asks_committed_ends = mutant_ == Mutant::kChangelogEndAskedCommitted;
    process.log->reads_uncommitted = mutant_ == Mutant::kChangelogReadUncommitted;
    process.stage_log = std::make_unique<MutantStageLog>(place, mutant_);
    StageTraits traits;
    traits.is_careful = is_careful_;
    traits.version = version_;
    traits.is_bad_build = is_bad_build_;
    traits.keeps_state = mutant_ == Mutant::kStateKeptOnAbort;
    traits.inputs.clear();
    for (const int topic : inputs_) traits.inputs.emplace_back(kTopicNames[static_cast<std::size_t>(topic)]);
    traits.is_away = [this] { return is_failing_ && random_.chance(700); };
    process.stage = std::make_unique<SimulatedStage>(std::move(traits));
    process.runner = std::make_unique<StageRunner>(*process.log, *process.stage_log, *process.stage, clock_, observer_,
                                                   runner_options());
    tell("starts", member);
  }

  StageRunnerOptions runner_options() const {
    StageRunnerOptions options;
    options.group = "g";
    options.service_version = "1";
    options.transaction_records_max = transaction_records_;
    options.transaction_age_max = milliseconds(20);
    options.poll_wait = milliseconds(10);
    options.retry_wait_min = milliseconds(10);
    options.look_every = milliseconds(5);
    if (is_bad_build_ && mutant_ != Mutant::kNoBreaker) options.breaker = BreakerOptions{20, 10, std::chrono::seconds(300)};
    return options;
  }

  void kill(int member) {
    Process& process = processes_[static_cast<std::size_t>(member)];
    if (process.stage_log && !process.stage_log->misuse().empty() && mutant_ == Mutant::kNone)
      find(Flaw::kMisuse, process.stage_log->misuse());
    process = Process();
    mix(7, 0, member);
    tell("is gone", member);
  }

  // One step of a process, or its start; what it does may let the other one step inside.
  void turn(int member) {
    Process& process = processes_[static_cast<std::size_t>(member)];
    if (process.is_stepping) return;
    if (!process.runner) {
      if (is_failing_ && !random_.chance(300)) return;
      start(member);
    }
    process.is_stepping = true;
    try {
      const bool is_stopped = is_failing_ && random_.chance(rates_.stop);
      if (is_stopped) process.runner->stop();
      if (!is_stopped && process.runner->step()) {
        process.is_stepping = false;
        return;
      }
      process.runner->stop();
      note_end(process.runner->run(), *process.runner);
    } catch (const Crash&) {
      tell("crashes", member);
    }
    kill(member);
  }

  void note_end(RunnerEnd end, const StageRunner& runner) {
    mix(8, static_cast<int>(end), 0);
    if (observer_.is_told) fmt::print(stderr, "        runner ends: {} {}\n", static_cast<int>(end), runner.end_reason());
    if (end == RunnerEnd::kFatal || (end == RunnerEnd::kPoison && !is_bad_build_)) find(Flaw::kMisuse, runner.end_reason());
    if (end == RunnerEnd::kPoison) ++run_.marks.breakers;
  }

  void fail_and_crash() {
    is_failing_ = true;
    const int turns = 20 + random_.below(40);
    for (int i = 0; i < turns; ++i) {
      turn(random_.below(static_cast<int>(processes_.size())));
      time_out_transactions();
      if (random_.chance(200)) stir(random_.below(static_cast<int>(processes_.size())));
      if (random_.chance(20)) version_ = 2;
      if (random_.chance(rates_.forget)) forget_offsets();
    }
    is_failing_ = false;
  }

  // A group that was away for a year: nobody lives, and nothing is under way.
  void forget_offsets() {
    for (const Process& process : processes_) {
      if (process.runner) return;
    }
    for (int member = 0; member < 2; ++member) broker_.time_out(member);
    settle();
    for (int place = 0; place < kPlaces; ++place) {
      if (const auto known = broker_.committed(place)) forgotten_[static_cast<std::size_t>(place)] = *known;
    }
    broker_.forget_offsets();
    ++run_.marks.offsets_forgotten;
    tell("forgotten offsets", 0);
  }

  void heal() {
    settle();
    while (!planned_.empty()) {
      end_upstream();
      broker_.append_outside(record_of_input(planned_.back()));
      planned_.pop_back();
    }
    end_upstream();
    // A member that died and does not come back is thrown out sooner or later.
    for (int member = static_cast<int>(processes_.size()); member < 2; ++member) broker_.leave(member);
    settle();
    for (int i = 0; i < kHealTurnsMax; ++i) {
      for (int member = 0; member < static_cast<int>(processes_.size()); ++member) turn(member);
      if (is_through()) break;
    }
    if (!is_through()) find(Flaw::kStuck, "not everything went through");
    std::array<int, kPartitions> versions{};
    for (int p = 0; p < kPartitions; ++p) {
      const int owner = broker_.group().owner[static_cast<std::size_t>(p)];
      if (owner < 0 || broker_.group().is_preparing) continue;
      const Process& process = processes_[static_cast<std::size_t>(owner)];
      // An owner that has not heard of it yet has not begun.
      if (process.stage && process.generation == broker_.group().generation)
        versions[static_cast<std::size_t>(p)] = process.stage->version();
    }
    for (int member = 0; member < static_cast<int>(processes_.size()); ++member) kill(member);
    conclude(versions);
  }

  bool is_through() const {
    for (const int place : {place_of(kIn, 0), place_of(kIn, 1), place_of(kMore, 0), place_of(kMore, 1)}) {
      const auto& entries = broker_.entries(place);
      for (auto i = static_cast<std::size_t>(broker_.committed(place).value_or(forgotten_[static_cast<std::size_t>(place)])); i < entries.size(); ++i) {
        if (broker_.is_visible(entries[i], place, Isolation::kCommitted)) return false;
      }
    }
    return std::all_of(processes_.begin(), processes_.end(), [](const Process& process) {
      return process.runner && (!process.has_assignment || process.runner->is_idle());
    });
  }

  void conclude(const std::array<int, kPartitions>& versions) {
    settle();
    for (Finding& finding : judge(broker_, is_careful_, versions)) run_.findings.push_back(std::move(finding));
    for (int p = 0; p < kPartitions; ++p) {
      run_.marks.dead_letters += std::ssize(broker_.entries(place_of(kDead, p))) + std::ssize(broker_.entries(place_of(kDeadMore, p)));
      run_.marks.second_inputs += std::ssize(broker_.entries(place_of(kMore, p)));
      for (const Entry& entry : broker_.entries(place_of(kOut, p)))
        run_.marks.works += entry.record.value && entry.record.value->find('!') != std::string::npos ? 1 : 0;
    }
  }

  // Every record is poison: the stage must stop, and leave what it has not taken where it is.
  void run_bad_build() {
    while (!planned_.empty()) {
      broker_.append_outside(record_of_input(planned_.back()));
      planned_.pop_back();
    }
    for (int i = 0; i < kHealTurnsMax && run_.marks.breakers == 0 && !is_through(); ++i) turn(0);
    settle();
    std::int64_t letters = 0;
    for (int p = 0; p < kPartitions; ++p) {
      for (const Entry& entry : broker_.entries(place_of(kDead, p))) letters += entry.is_marker ? 0 : 1;
    }
    const auto most = static_cast<std::int64_t>(10 + transaction_records_);
    if (letters > most) find(Flaw::kDrained, fmt::format("{} dead letters, {} at most", letters, most));
    if (letters < 10) find(Flaw::kStuck, "the breaker opened too early");
  }

  // --- the trace

  void find(Flaw flaw, std::string text) { run_.findings.push_back({flaw, std::move(text)}); }
  std::int64_t millis() const { return std::chrono::duration_cast<milliseconds>(clock_.monotonic()).count(); }
  void tell(std::string_view what, int member) {
    if (observer_.is_told) fmt::print(stderr, "{:>6} ms  process {}  {}\n", millis(), member, what);
  }
  void mix(int kind, int value, int member) {
    const auto word = static_cast<std::uint64_t>(clock_.monotonic().count()) ^ (static_cast<std::uint64_t>(kind) << 60U) ^
                      (static_cast<std::uint64_t>(value) << 40U) ^ (static_cast<std::uint64_t>(member) << 56U);
    hash_ = (hash_ ^ word) * 0x100000001B3U;
    hash_ ^= hash_ >> 29U;
  }

  Random random_;
  const Mutant mutant_;
  Rates rates_;
  bool is_bad_build_ = false;
  bool is_careful_ = false;
  bool is_static_ = false;
  bool is_failing_ = false;
  int records_at_once_ = 1;
  std::size_t transaction_records_ = 1;
  int version_ = 1;
  std::vector<int> inputs_{kIn};
  std::array<std::int64_t, kPlaces> forgotten_{};
  SimulatedClock clock_;
  Broker broker_;
  Observer observer_;
  std::vector<Process> processes_;
  std::vector<Request> late_;
  std::vector<Input> planned_;
  int upstream_epoch_ = 0;
  int upstream_transaction_ = -1;
  bool is_upstream_aborting_ = false;
  std::uint64_t hash_ = 0xCBF29CE484222325U;
  Run run_;
};

}  // namespace

void Marks::add(const Marks& other) {
  for (std::size_t i = 0; i < faults.size(); ++i) faults[i] += other.faults[i];
  crashes_in_transaction += other.crashes_in_transaction;
  late_requests += other.late_requests;
  late_refused += other.late_refused;
  rebalances += other.rebalances;
  partitions_lost += other.partitions_lost;
  fenced += other.fenced;
  aborted += other.aborted;
  unknown += other.unknown;
  doubts += other.doubts;
  transaction_timeouts += other.transaction_timeouts;
  dead_letters += other.dead_letters;
  restores_behind_open_transactions += other.restores_behind_open_transactions;
  works += other.works;
  breakers += other.breakers;
  upstream_aborts += other.upstream_aborts;
  compactions += other.compactions;
  offsets_forgotten += other.offsets_forgotten;
  second_inputs += other.second_inputs;
}

Run simulate(std::uint64_t seed, Mutant mutant, bool is_told) { return World(seed, mutant, is_told).run(); }

}  // namespace gouji::testing::simulation
