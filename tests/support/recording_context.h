// A StageContext that keeps what a stage emits, for tests of stages without a runner.
#pragma once

#include <optional>
#include <vector>

#include "common/eventlog/stage.h"

namespace gouji::testing_support {

class RecordingContext : public eventlog::StageContext {
 public:
  void emit(eventlog::Outgoing outgoing) override { emitted.push_back(std::move(outgoing)); }
  eventlog::KeyedState& state() override { return state_; }

  // What is in `stored`.
  Result<std::optional<eventlog::StoredRecord>> read(const eventlog::TopicPartition& at, std::int64_t offset) override {
    for (const eventlog::StoredRecord& record : stored)
      if (record.at == at && record.offset == offset) return std::optional(record);
    return std::optional<eventlog::StoredRecord>();
  }

  std::vector<eventlog::Outgoing> emitted;
  std::vector<eventlog::StoredRecord> stored;

 private:
  eventlog::KeyedState state_;
};

}  // namespace gouji::testing_support
