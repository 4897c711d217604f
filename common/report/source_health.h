// How a source of the crawler does: the plain form of the event SourceHealth.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/core/clock.h"

namespace gouji {

enum class SourceState : std::uint8_t { kActive, kDegraded, kBlocked };

// How the report that an organ owes for a year does, by the crawler's hints.
enum class ExpectationState : std::uint8_t {
  kAwaited,  // not seen, its day has not come
  kSeen,     // seen in time
  kLate,     // seen after its day
  kOverdue,  // not seen, its day is over
  kGone,     // was seen, and every address of it is withdrawn
};
inline constexpr ExpectationState kExpectationStates[] = {ExpectationState::kAwaited, ExpectationState::kSeen, ExpectationState::kLate,
                                                          ExpectationState::kOverdue, ExpectationState::kGone};

struct Expectation {
  std::string organ;  // as hinted
  std::int32_t year = 0;
  ExpectationState state = ExpectationState::kAwaited;
  UnixMillis due_by = 0;   // the first moment that is too late
  UnixMillis seen_at = 0;  // first; 0 = never
  friend bool operator==(const Expectation&, const Expectation&) = default;
};

struct SourceHealth {
  std::string source_id;
  std::string address;  // URL or path
  SourceState state = SourceState::kActive;
  std::string reason;   // closed set in upper snake case; empty when active
  std::string message;
  UnixMillis last_attempt_at = 0;
  UnixMillis last_success_at = 0;  // 0 = never
  std::int64_t documents = 0;      // listed at the last success
  std::int32_t failures = 0;       // in a row
  std::vector<Expectation> expectations;
  std::int64_t unlisted = 0;       // documents that are there and that its list no longer names
};

}  // namespace gouji
