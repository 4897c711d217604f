#include "tests/support/kafka/pass_through.h"

#include <cstdio>
#include <iostream>

#include "common/core/check.h"
#include "common/eventlog/topics.h"
#include "tests/support/kafka/kafka_workload.h"

namespace gouji::testing {

void PassObserver::warn(std::string_view message) {
  std::cerr << "warning: " << message << std::endl;
}

void PassObserver::note(std::string_view) {}

PassRun::PassRun(const PassOptions& options)
    : stage_(options.input, options.output), log_(open_kafka(options.bootstrap, options.settings)) {
  eventlog::TopicSpec dead_letters;
  dead_letters.name = eventlog::dead_letter_topic(options.input, options.group);
  const auto created = log_->create_topic(dead_letters);
  GOUJI_CHECK(created || created.error().code == ErrorCode::kBadArgument);  // it is there already
  eventlog::StageLogOptions log_options;
  log_options.group = options.group;
  log_options.transactional_id = options.group + "-" + options.ordinal;
  log_options.inputs = {options.input};
  log_options.instance_id = options.ordinal;
  log_options.doubts = options.doubts;
  auto stage_log = log_->open_stage_log(log_options);
  GOUJI_CHECK(stage_log.has_value());
  stage_log_ = std::move(*stage_log);
  eventlog::StageRunnerOptions runner_options;
  runner_options.group = options.group;
  runner_options.service_version = "test";
  runner_options.transaction_records_max = options.transaction_records_max;
  runner_ = std::make_unique<eventlog::StageRunner>(*log_, *stage_log_, stage_, clock_, observer_,
                                                    runner_options);
}

}  // namespace gouji::testing
