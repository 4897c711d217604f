// What a stage runner reports about its work, as facts; telemetry gives them names. Called on the
// stage's own thread. Every method defaults to nothing, so that tests need not listen.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "common/core/error.h"

namespace gouji {

// The end of one transaction.
enum class TransactionResult { kCommitted, kAborted, kUnknown };

class StageObserver {
 public:
  virtual ~StageObserver() = default;
  virtual void heartbeat() {}  // once per turn of the loop, at least every second
  virtual void consumed(std::string_view /*topic*/, std::int64_t /*records*/) {}
  // Counted when the transaction is committed, never before.
  virtual void produced(std::string_view /*topic*/, std::int64_t /*records*/) {}
  virtual void dead_lettered(std::string_view /*topic*/, ErrorCode /*code*/, std::int64_t /*records*/) {}
  virtual void retried(ErrorCode /*code*/) {}  // a record met something unavailable and waits
  virtual void processed(std::chrono::nanoseconds /*took*/) {}
  // From the event time of an input to the commit of what came of it.
  virtual void end_to_end(std::chrono::milliseconds /*latency*/) {}
  virtual void transaction(TransactionResult /*result*/, std::int64_t /*records*/,
                           std::chrono::nanoseconds /*took*/) {}
  virtual void producer_recreated(std::string_view /*why*/) {}
  virtual void fenced() {}
  virtual void rebalanced(std::int64_t /*assigned_partitions*/) {}
  // End offset minus committed offset, after a commit and at rest.
  virtual void lag(std::string_view /*topic*/, std::int32_t /*partition*/, std::int64_t /*records*/) {}
  virtual void lag_gone(std::string_view /*topic*/, std::int32_t /*partition*/) {}
  virtual void restoring(std::int32_t /*partition*/, std::int64_t /*done*/, std::int64_t /*of*/) {}
  virtual void note(std::string_view /*message*/) {}  // for the log, at INFO
  virtual void warn(std::string_view /*message*/) {}  // for the log, at WARNING
};

}  // namespace gouji
