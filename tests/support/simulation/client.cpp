#include "tests/support/simulation/client.h"

#include <algorithm>

namespace gouji::testing::simulation {

using namespace eventlog;  // NOLINT: this file implements its interface

namespace {

// Visible records of a partition from `from` on; where to read on.
std::int64_t collect(const Broker& broker, const TopicPartition& at, std::int64_t from, std::size_t limit,
                     Isolation isolation, std::vector<StoredRecord>& out) {
  const int place = place_of(at);
  const std::int64_t end = broker.end(place, isolation);
  const auto& entries = broker.entries(place);
  for (; from < end && out.size() < limit; ++from) {
    const Entry& entry = entries[static_cast<std::size_t>(from)];
    if (broker.is_visible(entry, place, isolation)) out.push_back({at, from, entry.record});
  }
  return from;
}

}  // namespace

// --- the log ----------------------------------------------------------------------------------------

Result<void> ClientLog::meet() {
  switch (place_.around.meet(Call::kRead, place_.member)) {
    case Fault::kNone: return ok();
    case Fault::kCrashBefore:
    case Fault::kCrashAfter:
    case Fault::kCrashLate: throw Crash();
    default: return unavailable(ErrorCode::kLogUnavailable, "read: away");
  }
}

Result<ReadBatch> ClientLog::read(const TopicPartition& at, std::int64_t from, const ReadLimits& limits) {
  GOUJI_TRY(meet());
  ReadBatch batch;
  const std::size_t limit = std::min(limits.records_max, static_cast<std::size_t>(place_.around.records_at_once()));
  batch.next = collect(place_.broker, at, from, limit, reads_uncommitted ? Isolation::kUncommitted : Isolation::kCommitted,
                       batch.records);
  return batch;
}

Result<std::int64_t> ClientLog::begin_offset(const TopicPartition& at) {
  GOUJI_TRY(meet());
  return place_.broker.begin(place_of(at));
}

Result<std::int64_t> ClientLog::end_offset(const TopicPartition& at, Isolation isolation) {
  GOUJI_TRY(meet());
  return place_.broker.end(place_of(at), asks_committed_ends ? Isolation::kCommitted : isolation);
}

Result<std::vector<CommittedOffset>> ClientLog::committed_offsets() { return std::vector<CommittedOffset>(); }

Result<std::unique_ptr<Appender>> ClientLog::open_appender() {
  return fatal(ErrorCode::kBadArgument, "the simulation appends itself");
}

Result<std::unique_ptr<StageLog>> ClientLog::open_stage_log(const StageLogOptions&) {
  return std::unique_ptr<StageLog>(std::make_unique<ClientStageLog>(place_));
}

// --- the consumer -----------------------------------------------------------------------------------

ClientStageLog::ClientStageLog(const Place& place) : place_(place) {
  // A restarted static member finds its partitions again; any other is a new member.
  if (!place_.around.is_static()) place_.broker.leave(place_.member);
}

void ClientStageLog::give_up(bool lost) {
  generation_ = lost ? -1 : generation_;
  place_.around.revoked(place_.member, lost);
  if (listener_ != nullptr && !inputs_.empty()) listener_->revoked(assignment(), lost);
  generation_ = -1;
  inputs_.clear();
}

void ClientStageLog::take_over() {
  const auto& group = place_.broker.group();
  generation_ = group.generation;
  for (int p = 0; p < kPartitions; ++p) {
    if (group.owner[static_cast<std::size_t>(p)] != place_.member) continue;
    for (const int topic : place_.around.inputs()) inputs_[{kTopicNames[static_cast<std::size_t>(topic)], p}] = {};
  }
  place_.around.assigned(place_.member, assignment());
  if (listener_ != nullptr) listener_->assigned(assignment());
}

// False while the group is without an assignment.
bool ClientStageLog::follow_group() {
  Broker& broker = place_.broker;
  const auto me = static_cast<std::size_t>(place_.member);
  const auto is_lost = [&] {
    return generation_ >= 0 && (!broker.group().is_member[me] || generation_ != broker.group().generation);
  };
  if (is_lost()) give_up(true);
  if (!broker.group().is_member[me]) broker.join(place_.member);
  if (broker.group().is_preparing && !broker.group().has_joined[me]) {
    if (generation_ >= 0) give_up(false);
    broker.join(place_.member);
  }
  if (broker.group().is_preparing) return false;
  if (generation_ != broker.group().generation) take_over();
  return true;
}

void ClientStageLog::fetch(std::size_t limit, std::vector<StoredRecord>& records) {
  for (auto& [at, input] : inputs_) {
    if (input.is_paused) continue;
    if (!input.position) {
      if (place_.broker.is_offset_pending(place_of(at)) && !takes_unstable_offsets) continue;
      input.position = place_.broker.committed(place_of(at)).value_or(0);
    }
    input.position = collect(place_.broker, at, *input.position, records.size() + limit,
                             reads_uncommitted ? Isolation::kUncommitted : Isolation::kCommitted, records);
  }
}

Result<std::vector<StoredRecord>> ClientStageLog::poll(std::chrono::milliseconds wait, const ReadLimits& limits) {
  if (epoch_ == 0) misuse_ = "poll before open_producer";
  const Fault fault = place_.around.meet(Call::kPoll, place_.member);
  if (fault == Fault::kCrashBefore) throw Crash();
  if (fault == Fault::kAway) return unavailable(ErrorCode::kLogUnavailable, "poll: away");
  std::vector<StoredRecord> records;
  const std::size_t limit = std::min(limits.records_max, static_cast<std::size_t>(place_.around.records_at_once()));
  if (follow_group()) fetch(limit, records);
  if (fault == Fault::kCrashAfter || fault == Fault::kCrashLate) throw Crash();
  if (records.empty()) place_.around.wait(std::max(wait, std::chrono::milliseconds(1)), place_.member);
  return records;
}

std::vector<TopicPartition> ClientStageLog::assignment() const {
  std::vector<TopicPartition> all;
  for (const auto& [at, input] : inputs_) all.push_back(at);
  return all;
}

Result<Offsets> ClientStageLog::committed(const std::vector<TopicPartition>& partitions) {
  const Fault fault = place_.around.meet(Call::kCommitted, place_.member);
  if (fault == Fault::kCrashBefore || fault == Fault::kCrashAfter) throw Crash();
  if (fault != Fault::kNone) return unavailable(ErrorCode::kLogUnavailable, "committed: away");
  Offsets known;
  for (const TopicPartition& at : partitions) {
    if (place_.broker.is_offset_pending(place_of(at)) && !takes_unstable_offsets)
      return unavailable(ErrorCode::kLogUnavailable, "committed: an offset is not decided");
    if (const auto offset = place_.broker.committed(place_of(at))) known.emplace(at, *offset);
  }
  return known;
}

Result<void> ClientStageLog::seek(const Offsets& positions) {
  const Fault fault = place_.around.meet(Call::kSeek, place_.member);
  if (fault == Fault::kCrashBefore || fault == Fault::kCrashAfter) throw Crash();
  if (fault != Fault::kNone) return unavailable(ErrorCode::kLogUnavailable, "seek: away");
  for (const auto& [at, offset] : positions) {
    const auto input = inputs_.find(at);
    if (input == inputs_.end()) {
      misuse_ = "seek in a partition that is not assigned";
    } else {
      input->second.position = offset;
    }
  }
  return ok();
}

void ClientStageLog::pause(const std::vector<TopicPartition>& partitions) {
  for (const TopicPartition& at : partitions) {
    if (const auto input = inputs_.find(at); input != inputs_.end()) input->second.is_paused = true;
  }
}

void ClientStageLog::resume(const std::vector<TopicPartition>& partitions) {
  for (const TopicPartition& at : partitions) {
    if (const auto input = inputs_.find(at); input != inputs_.end()) input->second.is_paused = false;
  }
}

void ClientStageLog::close() { place_.broker.leave(place_.member); }

// --- the producer -----------------------------------------------------------------------------------

void ClientStageLog::check_use(Call name) {
  if (epoch_ == 0 && name != Call::kOpenProducer) misuse_ = "a call before open_producer";
  if (repeated_ && *repeated_ != name && name != Call::kAbort) misuse_ = "another call after RETRIABLE";
  repeated_.reset();
  const bool ends = name == Call::kAbort || name == Call::kOpenProducer;
  if (wanted_ == Wanted::kAbort && !ends) misuse_ = "no abort after ABORTABLE";
  if (wanted_ == Wanted::kNewProducer && name != Call::kOpenProducer) misuse_ = "no new producer after UNKNOWN or in doubt";
  if (wanted_ == Wanted::kNothing && name != Call::kAbort) misuse_ = "a call after the end";
}

Outcome ClientStageLog::end_with(Call name, Outcome outcome) {
  place_.around.note(name, place_.member, outcome);
  wanted_ = Wanted::kAnything;
  if (outcome == Outcome::kRetriable) repeated_ = name;
  if (outcome == Outcome::kAbortable) wanted_ = Wanted::kAbort;
  if (outcome == Outcome::kUnknown) wanted_ = Wanted::kNewProducer;
  if (outcome == Outcome::kFenced || outcome == Outcome::kFatal) wanted_ = Wanted::kNothing;
  const bool is_end = name == Call::kCommit || name == Call::kAbort;
  if (outcome == Outcome::kOk && is_end && in_doubt_) wanted_ = Wanted::kNewProducer;
  return outcome;
}

Outcome ClientStageLog::outcome_of(Answer answer) const {
  switch (answer) {
    case Answer::kOk: return Outcome::kOk;
    case Answer::kStaleEpoch: return Outcome::kFenced;
    case Answer::kStaleMember: return Outcome::kAbortable;
    // librdkafka: fatal INVALID_TXN_STATE, which ends the producer and tells nothing of the transaction.
    case Answer::kNoTransaction: return Outcome::kUnknown;
  }
  return Outcome::kFatal;
}

Request ClientStageLog::request_of(Request::Kind kind) const {
  return {kind, place_.member, epoch_, place_.member, generation_, {}};
}

// `request`: what a second copy of it would be; null where there can be none.
template <typename Body>
Outcome ClientStageLog::call(Call name, const Request* request, Body body) {
  check_use(name);
  Fault fault = place_.around.meet(name, place_.member);
  // What has happened, although the answer was lost, is not refused any more.
  if (fault == Fault::kRefused && !is_begun_) fault = Fault::kNone;
  switch (fault) {
    case Fault::kCrashBefore: throw Crash();
    case Fault::kAway: return end_with(name, Outcome::kRetriable);
    case Fault::kRefused: return end_with(name, Outcome::kAbortable);
    case Fault::kUnknownBefore: return end_with(name, Outcome::kUnknown);
    case Fault::kTimedOut: place_.broker.time_out(place_.member); return end_with(name, Outcome::kFenced);
    case Fault::kUnknownLate:
    case Fault::kCrashLate:
      if (request != nullptr) place_.around.send_late(*request);
      if (fault == Fault::kCrashLate) throw Crash();
      return end_with(name, Outcome::kUnknown);
    case Fault::kNone:
    case Fault::kCrashAfter:
    case Fault::kAnswerLost:
    case Fault::kUnknownAfter:
    case Fault::kTwice: break;
  }
  const Outcome outcome = body();
  if (fault == Fault::kCrashAfter) throw Crash();
  if (outcome != Outcome::kOk) return end_with(name, outcome);
  if (fault == Fault::kTwice && request != nullptr) {
    place_.around.send_late(*request);
    in_doubt_ = true;
  }
  if (fault == Fault::kAnswerLost) return end_with(name, Outcome::kRetriable);
  if (fault == Fault::kUnknownAfter) return end_with(name, Outcome::kUnknown);
  return end_with(name, Outcome::kOk);
}

Outcome ClientStageLog::open_producer() {
  return call(Call::kOpenProducer, nullptr, [&] {
    epoch_ = place_.broker.open_producer(place_.member);
    is_begun_ = in_doubt_ = false;
    transaction_ = -1;
    return Outcome::kOk;
  });
}

Outcome ClientStageLog::begin() {
  return call(Call::kBegin, nullptr, [&] {
    if (is_begun_) misuse_ = "begin inside a transaction";
    is_begun_ = true;
    in_doubt_ = false;
    transaction_ = -1;
    const auto deadline = place_.clock.monotonic() + place_.around.transaction_timeout();
    place_.broker.set_deadline(place_.member, deadline.count());
    return Outcome::kOk;
  });
}

Outcome ClientStageLog::append(const Outgoing& outgoing) {
  if (outgoing.record.value && outgoing.record.value->starts_with("cursed")) {
    check_use(Call::kAppend);
    return end_with(Call::kAppend, Outcome::kAbortable);
  }
  return call(Call::kAppend, nullptr, [&] {
    if (!is_begun_) misuse_ = "append outside of a transaction";
    return outcome_of(place_.broker.append(place_.member, epoch_, transaction_, outgoing));
  });
}

Outcome ClientStageLog::send_offsets(const Offsets& next) {
  Request request = request_of(Request::kOffsets);
  request.offsets = next;
  return call(Call::kOffsets, &request, [&] {
    if (!is_begun_) misuse_ = "offsets outside of a transaction";
    // As the library does: the member as the consumer knows it now.
    request = request_of(Request::kOffsets);
    request.offsets = next;
    return outcome_of(place_.broker.apply(request));
  });
}

Outcome ClientStageLog::commit() {
  const Request request = request_of(Request::kCommit);
  return call(Call::kCommit, &request, [&] {
    const Answer answer = place_.broker.apply(request);
    if (answer == Answer::kOk) is_begun_ = false;
    return outcome_of(answer);
  });
}

Outcome ClientStageLog::abort() {
  const Request request = request_of(Request::kAbort);
  return call(Call::kAbort, &request, [&] {
    const Answer answer = place_.broker.apply(request);
    if (answer == Answer::kOk) is_begun_ = false;
    return outcome_of(answer);
  });
}

}  // namespace gouji::testing::simulation
