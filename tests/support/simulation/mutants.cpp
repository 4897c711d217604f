#include "tests/support/simulation/mutants.h"

#include <algorithm>
#include <utility>

namespace gouji::testing::simulation {

using namespace eventlog;  // NOLINT: this file implements its interface

std::string_view to_string(Mutant mutant) {
  switch (mutant) {
    case Mutant::kNone: return "none";
    case Mutant::kOffsetsBeforeOutputs: return "offsets committed before outputs";
    case Mutant::kOutputsBeforeOffsets: return "outputs committed before offsets";
    case Mutant::kNoNewProducerAfterDoubt: return "no new producer after doubt";
    case Mutant::kLedgerBeforeOutputs: return "ledger record before outputs";
    case Mutant::kStateKeptOnAbort: return "staged state not thrown away on abort";
    case Mutant::kChangelogEndAskedCommitted: return "changelog end offset asked committed";
    case Mutant::kChangelogReadUncommitted: return "changelog read uncommitted";
    case Mutant::kDeadLetterOutside: return "dead letter outside the transaction";
    case Mutant::kOffsetTooFar: return "offset one too far";
    case Mutant::kOffsetTooNear: return "offset one too near";
    case Mutant::kNoBreaker: return "breaker drains into the dead letters";
    case Mutant::kReadsUncommitted: return "input read uncommitted";
    case Mutant::kUnknownTakenForCommitted: return "unknown commit taken for committed";
    case Mutant::kUnknownTakenForAborted: return "unknown commit taken for aborted";
    case Mutant::kNoSeekAfterAbort: return "no way back after an abort";
    case Mutant::kUnstableOffsets: return "committed offsets not waited for";
    case Mutant::kStateKeptOnRevoke: return "state kept when a partition goes";
    case Mutant::kLostTakenForRevoked: return "lost partitions committed, generations ignored";
    case Mutant::kCommitRepeatedWithNewProducer: return "transaction repeated after an unknown commit";
  }
  return {};
}

MutantStageLog::MutantStageLog(const Place& place, Mutant mutant) : place_(place), mutant_(mutant), inner_(place) {
  inner_.reads_uncommitted = mutant == Mutant::kReadsUncommitted;
  inner_.takes_unstable_offsets = mutant == Mutant::kUnstableOffsets;
}

Result<void> MutantStageLog::seek(const Offsets& positions) {
  return mutant_ == Mutant::kNoSeekAfterAbort ? ok() : inner_.seek(positions);
}

Outcome MutantStageLog::append(const Outgoing& outgoing) {
  switch (mutant_) {
    case Mutant::kOffsetsBeforeOutputs:
    case Mutant::kOutputsBeforeOffsets:
    case Mutant::kLedgerBeforeOutputs:
    case Mutant::kCommitRepeatedWithNewProducer: return kept_.push_back(outgoing), Outcome::kOk;
    case Mutant::kDeadLetterOutside:
      if (outgoing.topic != kTopicNames[kDead] && outgoing.topic != kTopicNames[kDeadMore]) break;
      place_.broker.append_outside(outgoing);
      return Outcome::kOk;
    default: break;
  }
  return inner_.append(outgoing);
}

Outcome MutantStageLog::append_kept() {
  for (const Outgoing& outgoing : std::exchange(kept_, {})) {
    Outcome outcome = Outcome::kRetriable;
    while (outcome == Outcome::kRetriable) outcome = inner_.append(outgoing);
    if (outcome != Outcome::kOk) return outcome;
  }
  return Outcome::kOk;
}

// One half as a transaction of its own, the other left to the caller's commit.
Outcome MutantStageLog::send_split(const Offsets& next) {
  const bool is_offsets_first = mutant_ == Mutant::kOffsetsBeforeOutputs;
  const auto half = [&](bool is_offsets) { return is_offsets ? inner_.send_offsets(next) : append_kept(); };
  for (const bool is_first : {true, false}) {
    Outcome outcome = Outcome::kRetriable;
    while (outcome == Outcome::kRetriable) outcome = half(is_first == is_offsets_first);
    if (outcome != Outcome::kOk || !is_first) return outcome;
    do outcome = inner_.commit();
    while (outcome == Outcome::kRetriable);
    if (outcome != Outcome::kOk) return outcome;
    do outcome = inner_.begin();
    while (outcome == Outcome::kRetriable);
    if (outcome != Outcome::kOk) return outcome;
  }
  return Outcome::kOk;
}

Outcome MutantStageLog::send_offsets(const Offsets& next) {
  if (mutant_ == Mutant::kOffsetsBeforeOutputs || mutant_ == Mutant::kOutputsBeforeOffsets) return send_split(next);
  if (mutant_ == Mutant::kLedgerBeforeOutputs) {
    std::stable_partition(kept_.begin(), kept_.end(), [](const Outgoing& o) { return o.topic == kTopicNames[kState]; });
  }
  if (const std::vector<Outgoing> all = kept_; !all.empty()) {
    const Outcome appended = append_kept();
    if (appended != Outcome::kOk) return appended;
    if (mutant_ == Mutant::kCommitRepeatedWithNewProducer) kept_ = all;
  }
  Offsets changed = next;
  for (auto& [at, offset] : changed) {
    if (mutant_ == Mutant::kOffsetTooFar) ++offset;
    if (mutant_ == Mutant::kOffsetTooNear && offset > 0) --offset;
  }
  const Outcome sent = inner_.send_offsets(changed);
  if (mutant_ == Mutant::kCommitRepeatedWithNewProducer && sent == Outcome::kRetriable) kept_.clear();
  return sent;
}

Outcome MutantStageLog::commit() {
  const Outcome outcome = inner_.commit();
  const bool is_unknown = outcome == Outcome::kUnknown;
  if (is_unknown && mutant_ == Mutant::kUnknownTakenForCommitted)
    return inner_.open_producer() == Outcome::kOk ? Outcome::kOk : outcome;
  if (is_unknown && mutant_ == Mutant::kUnknownTakenForAborted)
    return inner_.open_producer() == Outcome::kOk ? Outcome::kAbortable : outcome;
  if (is_unknown && mutant_ == Mutant::kCommitRepeatedWithNewProducer && inner_.open_producer() == Outcome::kOk &&
      inner_.begin() == Outcome::kOk && append_kept() == Outcome::kOk)
    return inner_.commit();
  if (outcome != Outcome::kRetriable) kept_.clear();
  return outcome;
}

Outcome MutantStageLog::abort() {
  kept_.clear();
  return inner_.abort();
}

bool MutantStageLog::in_doubt() const {
  if (mutant_ == Mutant::kNoNewProducerAfterDoubt || mutant_ == Mutant::kLedgerBeforeOutputs) return false;
  return inner_.in_doubt();
}

void MutantStageLog::revoked(const std::vector<TopicPartition>& partitions, bool lost) {
  if (mutant_ == Mutant::kStateKeptOnRevoke && !lost) return;
  listener_->revoked(partitions, mutant_ != Mutant::kLostTakenForRevoked && lost);
}

}  // namespace gouji::testing::simulation
