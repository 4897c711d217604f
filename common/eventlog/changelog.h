// The changelog of a stage's keyed state: a compacted topic with as many partitions as the inputs.
// The state of input partition p stands in its partition p, under two kinds of keys:
//
//   "state:<key>"    the bytes of that key of the state; null when it was erased
//   "next:<input>"   in decimal, the next offset to read of input topic <input>, partition p: where a
//                    group goes on whose committed offsets have expired
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "common/core/clock.h"
#include "common/core/result.h"
#include "common/core/stage_observer.h"
#include "common/eventlog/log.h"
#include "common/eventlog/stage.h"

namespace gouji::eventlog {

// Bytes that the changelog adds to a key of the state.
inline constexpr std::size_t kStateKeyOverhead = 6;

// The key of the state that a record of the changelog is about; none for other records.
std::optional<std::string_view> state_key(std::string_view record_key);

Outgoing state_change(const TopicPartition& changelog, std::string_view key, std::optional<std::string> value,
                      UnixMillis now);
Outgoing next_offset_note(const TopicPartition& changelog, std::string_view input, std::int64_t next, UnixMillis now);

struct RestoredState {
  KeyedState state;
  std::map<std::string, std::int64_t> next;  // by input topic
};

// Reads one partition of the changelog to the end that it has now. The caller has opened its
// producer (which ends the open transaction of a former incarnation) and read the committed offsets
// before. kUnavailable when another's transaction stays open for a minute; kFatal LOG_CORRUPT when
// a record is not of the form above.
Result<RestoredState> restore_state(EventLog& log, const TopicPartition& changelog, const Clock& clock,
                                    StageObserver& observer);

}  // namespace gouji::eventlog
