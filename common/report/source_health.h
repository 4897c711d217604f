// How a source of the crawler does: the plain form of the event SourceHealth.
#pragma once

#include <cstdint>
#include <string>

#include "common/core/clock.h"

namespace gouji {

enum class SourceState : std::uint8_t { kActive, kDegraded, kBlocked };

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
};

}  // namespace gouji
