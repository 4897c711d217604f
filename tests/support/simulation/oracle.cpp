#include "tests/support/simulation/oracle.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "common/eventlog/dead_letter.h"
#include "tests/support/simulation/stage.h"

namespace gouji::testing::simulation {

using eventlog::Isolation;

namespace {

std::vector<eventlog::StoredRecord> committed_records(const Broker& broker, int topic, int partition) {
  std::vector<eventlog::StoredRecord> all;
  const int place = place_of(topic, partition);
  const auto& entries = broker.entries(place);
  const std::int64_t end = broker.end(place, Isolation::kCommitted);
  for (std::int64_t i = 0; i < end; ++i) {
    const Entry& entry = entries[static_cast<std::size_t>(i)];
    if (!broker.is_visible(entry, place, Isolation::kCommitted)) continue;
    all.push_back({{kTopicNames[static_cast<std::size_t>(topic)], partition}, i, entry.record});
  }
  return all;
}

using Letters = std::map<std::pair<int, std::int64_t>, int>;  // place and offset of the input → how often

std::vector<eventlog::StoredRecord> committed_inputs(const Broker& broker, int partition) {
  auto all = committed_records(broker, kIn, partition);
  for (auto& stored : committed_records(broker, kMore, partition)) all.push_back(std::move(stored));
  return all;
}

struct Expected {
  std::map<std::string, std::vector<std::string>> effects;  // per key, in order
  std::map<std::string, KeyState> states;
  Letters letters;
};

Expected expect(const Broker& broker, bool is_careful) {
  Expected expected;
  for (int p = 0; p < kPartitions; ++p) {
    for (const auto& stored : committed_inputs(broker, p)) {
      const Input input = input_of(stored.record.value.value_or(""));
      KeyState& state = expected.states[input.key];
      const bool is_news = !is_careful || input.number > state.last;
      if (input.kind == 'p' || input.kind == 's' || (input.kind == 'c' && is_news)) {
        ++expected.letters[{place_of(stored.at), stored.offset}];
        continue;
      }
      if (!is_news) continue;
      state.last = input.number;
      ++state.count;
      expected.effects[input.key].push_back(fmt::format("{}:{}#{}", input.key, input.number, state.count));
    }
  }
  return expected;
}

class Judge {
 public:
  Judge(const Broker& broker, bool is_careful, const std::array<int, kPartitions>& versions)
      : broker_(broker), versions_(versions), expected_(expect(broker, is_careful)) {}

  std::vector<Finding> run() {
    judge_effects();
    judge_letters();
    judge_state();
    return std::move(findings_);
  }

 private:
  void find(Flaw flaw, std::string text) { findings_.push_back({flaw, std::move(text)}); }

  void judge_effects() {
    std::map<std::string, std::vector<std::string>> seen;
    for (int p = 0; p < kPartitions; ++p) {
      for (const auto& stored : committed_records(broker_, kOut, p)) {
        const std::string value = stored.record.value.value_or("");
        const std::string key = value.substr(0, value.find(':'));
        if (eventlog::partition_of(key, kPartitions) != p) find(Flaw::kInvented, value + " stands in the wrong partition");
        if (value.find('!') != std::string::npos) {
          if (++works_[key] == 2) find(Flaw::kDuplicate, value + ": worked on twice");
        } else {
          seen[key].push_back(value);
        }
      }
    }
    for (const auto& [key, values] : seen) expected_.effects.try_emplace(key);
    for (const auto& [key, wanted] : expected_.effects) compare(wanted, seen[key]);
  }

  // Identity is what stands before '#': the count behind it is the state's.
  static std::string identity(const std::string& effect) { return effect.substr(0, effect.find('#')); }

  void compare(const std::vector<std::string>& wanted, const std::vector<std::string>& seen) {
    if (wanted == seen) return;
    std::map<std::string, int> balance;
    for (const std::string& effect : wanted) ++balance[identity(effect)];
    std::set<std::string> known;
    for (const auto& [effect, count] : balance) known.insert(effect);
    for (const std::string& effect : seen) --balance[identity(effect)];
    bool is_complete = true;
    for (const auto& [effect, count] : balance) {
      is_complete = is_complete && count == 0;
      if (count > 0) find(Flaw::kLost, effect);
      if (count < 0) find(known.contains(effect) ? Flaw::kDuplicate : Flaw::kInvented, effect);
    }
    if (!is_complete) return;
    const bool is_ordered = std::equal(wanted.begin(), wanted.end(), seen.begin(), seen.end(),
                                       [](const auto& a, const auto& b) { return identity(a) == identity(b); });
    find(is_ordered ? Flaw::kState : Flaw::kDisorder, seen.back());
  }

  void judge_letters() {
    Letters balance = expected_.letters;
    for (int i = 0; i < 2 * kPartitions; ++i) {
      for (const auto& letter : committed_records(broker_, i < kPartitions ? kDead : kDeadMore, i % kPartitions)) {
        const auto origin = eventlog::origin_of(letter);
        if (!origin) {
          find(Flaw::kInvented, "a dead letter without origin");
          continue;
        }
        --balance[{place_of(origin->at), origin->offset}];
      }
    }
    for (const auto& [place, count] : balance) {
      const std::string text = fmt::format("dead letter of {} partition {} offset {}", kTopicNames[static_cast<std::size_t>(place.first / kPartitions)],
                                           place.first % kPartitions, place.second);
      if (count > 0) find(Flaw::kLost, text);
      if (count < 0) find(expected_.letters.contains(place) ? Flaw::kDuplicate : Flaw::kInvented, text);
    }
  }

  void judge_state() {
    std::map<std::string, std::string> states;
    for (int p = 0; p < kPartitions; ++p) {
      for (const auto& stored : committed_records(broker_, kState, p)) {
        const std::string key = stored.record.key.value_or("");
        if (key.starts_with("state:")) states[key.substr(6)] = stored.record.value.value_or("");
      }
    }
    for (const auto& [key, wanted] : expected_.states) {
      if (wanted.count == 0) continue;
      const KeyState state = key_state_of(states[key]);
      if (state.count != wanted.count || state.last != wanted.last)
        find(Flaw::kState, fmt::format("{} is at {}, not at {}", key, states[key], wanted.count));
      const int works = state.version > state.made_by ? 1 : 0;
      const int wanted_version = versions_[static_cast<std::size_t>(eventlog::partition_of(key, kPartitions))];
      // Work is asked for where the first input has a position: state that only another one made waits for it.
      if (state.version < wanted_version && key.starts_with("k")) find(Flaw::kLost, key + ": the state was not worked on");
      if (works_[key] < works) find(Flaw::kLost, key + ": work on the state has no effect");
    }
  }

  const Broker& broker_;
  const std::array<int, kPartitions> versions_;
  Expected expected_;
  std::map<std::string, int> works_;
  std::vector<Finding> findings_;
};

}  // namespace

std::string_view to_string(Flaw flaw) {
  switch (flaw) {
    case Flaw::kLost: return "lost";
    case Flaw::kDuplicate: return "duplicate";
    case Flaw::kDisorder: return "disorder";
    case Flaw::kInvented: return "invented";
    case Flaw::kState: return "state";
    case Flaw::kStuck: return "stuck";
    case Flaw::kMisuse: return "misuse";
    case Flaw::kDrained: return "drained";
  }
  return {};
}

std::vector<Finding> judge(const Broker& broker, bool is_careful, const std::array<int, kPartitions>& versions) {
  return Judge(broker, is_careful, versions).run();
}

}  // namespace gouji::testing::simulation
