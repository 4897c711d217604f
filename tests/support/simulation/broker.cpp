#include "tests/support/simulation/broker.h"

#include <algorithm>
#include <set>

#include "common/core/check.h"

namespace gouji::testing::simulation {

using eventlog::Isolation;

int place_of(const eventlog::TopicPartition& at) {
  for (int topic = 0; topic < kTopics; ++topic) {
    if (at.topic == kTopicNames[static_cast<std::size_t>(topic)]) return place_of(topic, at.partition);
  }
  GOUJI_CHECK(false);
  return 0;
}

void Places::add(int place) {
  if (std::find(places.begin(), places.end(), place) == places.end()) places.push_back(place);
}

bool Places::remove(int place) {
  const auto found = std::find(places.begin(), places.end(), place);
  if (found == places.end()) return false;
  places.erase(found);
  return true;
}

// --- producers ------------------------------------------------------------------------------------

int Broker::open_producer(int producer) {
  Producer& state = producers_[producer];
  if (state.open >= 0) decide(producer, Fate::kAborted);
  finish(producer);
  return ++state.epoch;
}

// The next transaction of a producer waits until the one before has all its markers.
int Broker::ensure_open(int producer) {
  Producer& state = producers_[producer];
  if (state.open >= 0) return state.open;
  finish(producer);
  state.open = static_cast<int>(transactions_.size());
  transactions_.push_back({producer, Fate::kOpen, {}});
  return state.open;
}

Answer Broker::append(int producer, int epoch, int& wanted, const eventlog::Outgoing& outgoing) {
  if (epoch != producers_[producer].epoch) return Answer::kStaleEpoch;
  if (wanted >= 0 && producers_[producer].open != wanted) return Answer::kNoTransaction;
  wanted = ensure_open(producer);
  const std::int32_t by_key = outgoing.record.key ? eventlog::partition_of(*outgoing.record.key, kPartitions) : 0;
  const int place = place_of({outgoing.topic, outgoing.partition.value_or(by_key)});
  transactions_[static_cast<std::size_t>(wanted)].unmarked.add(place);
  at(place).push_back({outgoing.record, wanted});
  return Answer::kOk;
}

void Broker::append_outside(const eventlog::Outgoing& outgoing) {
  const std::int32_t by_key = outgoing.record.key ? eventlog::partition_of(*outgoing.record.key, kPartitions) : 0;
  at(place_of({outgoing.topic, outgoing.partition.value_or(by_key)})).push_back({outgoing.record});
}

Answer Broker::apply(const Request& request) {
  if (request.epoch != producers_[request.producer].epoch) return Answer::kStaleEpoch;
  if (request.kind != Request::kOffsets) {
    if (producers_[request.producer].open >= 0) {
      decide(request.producer, request.kind == Request::kCommit ? Fate::kCommitted : Fate::kAborted);
    }
    return Answer::kOk;
  }
  if (!ignores_generations && !is_current(request.member, request.generation)) return Answer::kStaleMember;
  const int transaction = ensure_open(request.producer);
  transactions_[static_cast<std::size_t>(transaction)].unmarked.add(kOffsetsPlace);
  for (const auto& [where, offset] : request.offsets) {
    const int place = place_of(where);
    std::erase_if(pending_offsets_, [&](const PendingOffset& pending) {
      return pending.transaction == transaction && pending.place == place;
    });
    pending_offsets_.push_back({transaction, place, offset});
  }
  return Answer::kOk;
}

void Broker::decide(int producer, Fate fate) {
  Producer& state = producers_[producer];
  Transaction& transaction = transactions_[static_cast<std::size_t>(state.open)];
  transaction.fate = fate;
  for (const int place : transaction.unmarked.places) due_.emplace_back(state.open, place);
  state.ending = state.open;
  state.open = -1;
}

void Broker::mark(int transaction, int place) {
  Transaction& ended = transactions_[static_cast<std::size_t>(transaction)];
  if (!ended.unmarked.remove(place)) return;
  if (place != kOffsetsPlace) {
    at(place).push_back({{}, transaction, true});
    return;
  }
  for (const PendingOffset& pending : pending_offsets_) {
    if (pending.transaction != transaction || ended.fate != Fate::kCommitted) continue;
    auto& known = committed_[static_cast<std::size_t>(pending.place)];
    if (known && pending.offset < *known) ++regressions;
    known = pending.offset;
  }
  std::erase_if(pending_offsets_, [&](const PendingOffset& pending) { return pending.transaction == transaction; });
}

void Broker::finish(int producer) {
  int& ending = producers_[producer].ending;
  if (ending < 0) return;
  const std::vector<int> places = transactions_[static_cast<std::size_t>(ending)].unmarked.places;
  for (const int place : places) mark(ending, place);
  std::erase_if(due_, [&](const auto& due) { return due.first == ending; });
  ending = -1;
}

void Broker::time_out(int producer) {
  Producer& state = producers_[producer];
  ++state.epoch;
  if (state.open >= 0) decide(producer, Fate::kAborted);
}

void Broker::time_out_after(std::int64_t now) {
  for (auto& [id, state] : producers_) {
    if (state.open >= 0 && now > state.deadline) time_out(id);
  }
}

bool Broker::has_marker_due() const { return !due_.empty(); }

void Broker::write_marker(int choice) {
  const auto at_choice = due_.begin() + choice % static_cast<int>(due_.size());
  const auto [transaction, place] = *at_choice;
  due_.erase(at_choice);
  mark(transaction, place);
}

void Broker::write_all_markers() {
  while (!due_.empty()) write_marker(0);
}

// --- readers --------------------------------------------------------------------------------------

std::int64_t Broker::end(int place, Isolation isolation) const {
  const auto& all = entries(place);
  if (isolation == Isolation::kCommitted) {
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (all[i].transaction < 0 || all[i].is_marker) continue;
      const auto& open = transactions_[static_cast<std::size_t>(all[i].transaction)].unmarked.places;
      if (std::find(open.begin(), open.end(), place) != open.end()) return static_cast<std::int64_t>(i);
    }
  }
  return static_cast<std::int64_t>(all.size());
}

// Of an entry below the end that goes with the isolation.
bool Broker::is_visible(const Entry& entry, int /*place*/, Isolation isolation) const {
  if (entry.is_marker || entry.is_gone) return false;
  return isolation == Isolation::kUncommitted || entry.transaction < 0 ||
         transactions_[static_cast<std::size_t>(entry.transaction)].fate == Fate::kCommitted;
}

void Broker::compact(int place) {
  std::set<std::string> newer;
  auto& all = at(place);
  for (std::int64_t i = end(place, Isolation::kCommitted) - 1; i >= 0; --i) {
    Entry& entry = all[static_cast<std::size_t>(i)];
    if (!is_visible(entry, place, Isolation::kCommitted)) continue;
    if (!newer.insert(entry.record.key.value_or("")).second) entry.is_gone = true;
  }
}

// --- the group ------------------------------------------------------------------------------------

bool Broker::is_offset_pending(int place) const {
  return std::any_of(pending_offsets_.begin(), pending_offsets_.end(),
                     [&](const PendingOffset& pending) { return pending.place == place; });
}

void Broker::join(int member) {
  if (!group_.is_preparing) rebalance();
  group_.is_member[static_cast<std::size_t>(member)] = true;
  group_.has_joined[static_cast<std::size_t>(member)] = true;
  complete_group();
}

void Broker::leave(int member) {
  if (!group_.is_member[static_cast<std::size_t>(member)]) return;
  if (!group_.is_preparing) rebalance();
  group_.is_member[static_cast<std::size_t>(member)] = false;
  complete_group();
}

void Broker::rebalance() {
  group_.is_preparing = true;
  group_.has_joined = {};
}

void Broker::complete_group() {
  std::vector<int> members;
  for (int m = 0; m < 2; ++m) {
    if (!group_.is_member[static_cast<std::size_t>(m)]) continue;
    if (!group_.has_joined[static_cast<std::size_t>(m)]) return;
    members.push_back(m);
  }
  group_.owner = {-1, -1};
  if (members.empty()) return;
  ++group_.generation;
  group_.is_preparing = false;
  const int turn = group_.turn++ / 2;
  for (int p = 0; p < kPartitions; ++p) {
    group_.owner[static_cast<std::size_t>(p)] = members[static_cast<std::size_t>(p + turn) % members.size()];
  }
}

}  // namespace gouji::testing::simulation
