// A StageContext that keeps what a stage emits, for tests of stages without a runner.
#pragma once

#include <vector>

#include "common/eventlog/stage.h"

namespace gouji::testing_support {

class RecordingContext : public eventlog::StageContext {
 public:
  void emit(eventlog::Outgoing outgoing) override { emitted.push_back(std::move(outgoing)); }
  eventlog::KeyedState& state() override { return state_; }

  std::vector<eventlog::Outgoing> emitted;

 private:
  eventlog::KeyedState state_;
};

}  // namespace gouji::testing_support
