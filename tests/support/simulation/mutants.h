// Planted mistakes: each is what a runner, or the broker, would do to the log if it were wrong in one
// thing. A simulation that does not find them proves nothing.
#pragma once

#include <array>
#include <memory>
#include <string_view>
#include <vector>

#include "tests/support/simulation/client.h"

namespace gouji::testing::simulation {

enum class Mutant {
  kNone,
  kOffsetsBeforeOutputs,       // two transactions: offsets first
  kOutputsBeforeOffsets,       // two transactions: outputs first
  kNoNewProducerAfterDoubt,
  kLedgerBeforeOutputs,        // …and no new producer after doubt, which alone only doubles
  kStateKeptOnAbort,
  kChangelogEndAskedCommitted,
  kChangelogReadUncommitted,
  kDeadLetterOutside,
  kOffsetTooFar,
  kOffsetTooNear,
  kNoBreaker,
  kReadsUncommitted,
  kUnknownTakenForCommitted,
  kUnknownTakenForAborted,
  kNoSeekAfterAbort,
  kUnstableOffsets,
  kStateKeptOnRevoke,
  kLostTakenForRevoked,        // generations ignored by the broker as well
  kCommitRepeatedWithNewProducer,
};
inline constexpr std::array kMutants{
    Mutant::kOffsetsBeforeOutputs,       Mutant::kOutputsBeforeOffsets,     Mutant::kNoNewProducerAfterDoubt,
    Mutant::kLedgerBeforeOutputs,        Mutant::kStateKeptOnAbort,         Mutant::kChangelogEndAskedCommitted,
    Mutant::kChangelogReadUncommitted,   Mutant::kDeadLetterOutside,        Mutant::kOffsetTooFar,
    Mutant::kOffsetTooNear,              Mutant::kNoBreaker,                Mutant::kReadsUncommitted,
    Mutant::kUnknownTakenForCommitted,   Mutant::kUnknownTakenForAborted,   Mutant::kNoSeekAfterAbort,
    Mutant::kUnstableOffsets,            Mutant::kStateKeptOnRevoke,        Mutant::kLostTakenForRevoked,
    Mutant::kCommitRepeatedWithNewProducer};
std::string_view to_string(Mutant mutant);

// Stands between the runner and its log, and forwards all but the mistake.
class MutantStageLog final : public eventlog::StageLog, private eventlog::RebalanceListener {
 public:
  MutantStageLog(const Place& place, Mutant mutant);

  eventlog::Outcome open_producer() override { return inner_.open_producer(); }
  void set_listener(eventlog::RebalanceListener& listener) override {
    listener_ = &listener;
    inner_.set_listener(*this);
  }
  Result<std::vector<eventlog::StoredRecord>> poll(std::chrono::milliseconds wait,
                                                   const eventlog::ReadLimits& limits) override {
    return inner_.poll(wait, limits);
  }
  std::vector<eventlog::TopicPartition> assignment() const override { return inner_.assignment(); }
  Result<eventlog::Offsets> committed(const std::vector<eventlog::TopicPartition>& partitions) override {
    return inner_.committed(partitions);
  }
  Result<void> seek(const eventlog::Offsets& positions) override;
  void pause(const std::vector<eventlog::TopicPartition>& partitions) override { inner_.pause(partitions); }
  void resume(const std::vector<eventlog::TopicPartition>& partitions) override { inner_.resume(partitions); }
  eventlog::Outcome begin() override { return inner_.begin(); }
  eventlog::Outcome append(const eventlog::Outgoing& outgoing) override;
  eventlog::Outcome send_offsets(const eventlog::Offsets& next) override;
  eventlog::Outcome commit() override;
  eventlog::Outcome abort() override;
  bool in_doubt() const override;
  const std::string& last_error() const override { return inner_.last_error(); }
  void close() override { inner_.close(); }

  const std::string& misuse() const { return inner_.misuse(); }

 private:
  void assigned(const std::vector<eventlog::TopicPartition>& partitions) override { listener_->assigned(partitions); }
  void revoked(const std::vector<eventlog::TopicPartition>& partitions, bool lost) override;
  eventlog::Outcome append_kept();
  eventlog::Outcome send_split(const eventlog::Offsets& next);

  Place place_;
  Mutant mutant_;
  ClientStageLog inner_;
  eventlog::RebalanceListener* listener_ = nullptr;
  std::vector<eventlog::Outgoing> kept_;  // held back until the offsets
};

}  // namespace gouji::testing::simulation
