// How far a stage has come in its inputs: lag, and whether anything is left. Offsets have gaps, so
// an end offset behind the committed one does not yet mean that a record stands between them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "common/core/result.h"
#include "common/core/stage_observer.h"
#include "common/eventlog/log.h"

namespace gouji::eventlog {

class InputProgress {
 public:
  InputProgress(EventLog& log, StageObserver& observer) : log_(log), observer_(observer) {}

  // `position` = next offset to read; nullopt: from the beginning.
  void assigned(const TopicPartition& at, std::optional<std::int64_t> position);
  void revoked(const TopicPartition& at);
  void committed(const Offsets& next);
  std::optional<std::int64_t> position(const TopicPartition& at) const;

  // Asks the log for its ends and reports the lag.
  Result<void> look_at_ends();
  // The same, and reads behind the positions, which is slow while there is work. True when no
  // record is left in any partition.
  Result<bool> look_for_records();

 private:
  struct Input {
    std::optional<std::int64_t> position;
    std::int64_t empty_to = 0;  // no record stands between the position and here
  };
  Result<std::int64_t> find_end(const TopicPartition& at, Input& input);
  Result<bool> is_read(const TopicPartition& at, Input& input);

  EventLog& log_;
  StageObserver& observer_;
  std::map<TopicPartition, Input> inputs_;
};

}  // namespace gouji::eventlog
