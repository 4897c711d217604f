#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>

#include "tests/integration/season_log.h"
#include "tests/support/kafka/kafka_broker.h"
#include "tests/support/kafka/kafka_workload.h"

namespace gouji::crawler {

// A broker of its own: the season uses the product's own topics and groups.
SeasonLogFactory season_log() {
  return []() -> std::unique_ptr<eventlog::EventLog> {
    if (std::getenv("GOUJI_TEST_LONG") == nullptr) {
      std::cout << "takes five minutes: GOUJI_TEST_LONG=1, or tests/run.sh --long" << std::endl;
      return nullptr;
    }
    static auto broker = gouji::testing::KafkaBroker::start();
    if (broker) return gouji::testing::open_kafka((*broker)->bootstrap());
    // Only a tool that is missing may be a skip: a broker that does not start is a failure.
    if (gouji::testing::is_required() || broker.error().code != ErrorCode::kNotFound) ADD_FAILURE() << broker.error().message;
    std::cout << broker.error().message << std::endl;
    return nullptr;
  };
}

}  // namespace gouji::crawler
