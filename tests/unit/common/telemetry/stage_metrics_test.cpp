#include "common/telemetry/stage_metrics.h"

#include <fstream>
#include <set>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/simulated_clock.h"

namespace gouji::telemetry {
namespace {

using gouji::testing::SimulatedClock;

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

struct Observed {
  SimulatedClock clock;
  Metrics metrics;
  Health health{clock};
  StageMetrics stage{metrics, health, clock, {"parser", {"in"}, {"out"}, 10s}};
};

TEST(StageMetrics, ExistAtZeroBeforeTheFirstRecord) {
  const Observed observed;
  const auto text = observed.metrics.text();
  for (const char* line :
       {"gouji_records_consumed_total{stage=\"parser\",topic=\"in\"} 0", "gouji_records_produced_total{stage=\"parser\",topic=\"out\"} 0",
        "gouji_records_dead_lettered_total{error=\"MALFORMED\",stage=\"parser\",topic=\"in\"} 0",
        "gouji_records_dead_lettered_total{error=\"INTERNAL\",stage=\"parser\",topic=\"in\"} 0",
        "gouji_records_retried_total{error=\"BLOB_MISSING\",stage=\"parser\"} 0",
        "gouji_log_transactions_total{result=\"committed\",stage=\"parser\"} 0",
        "gouji_log_transactions_total{result=\"aborted\",stage=\"parser\"} 0",
        "gouji_log_transactions_total{result=\"unknown\",stage=\"parser\"} 0",
        "gouji_record_processing_seconds_count{stage=\"parser\"} 0",
        "gouji_end_to_end_latency_seconds_count{stage=\"parser\"} 0", "gouji_log_fenced_total{stage=\"parser\"} 0",
        "gouji_log_producer_recreated_total{stage=\"parser\"} 0",
        "gouji_last_success_timestamp_seconds{stage=\"parser\"} 0",
        "gouji_last_heartbeat_timestamp_seconds{stage=\"parser\"} 0"})
    EXPECT_THAT(text, HasSubstr(std::string(line) + "\n"));
}

TEST(StageMetrics, CountWhatTheStageReports) {
  Observed observed;
  auto& stage = observed.stage;
  stage.consumed("in", 3);
  stage.produced("out", 2);
  stage.dead_lettered("in", ErrorCode::kMalformed, 1);
  stage.retried(ErrorCode::kBlobMissing);
  stage.processed(20ms);
  stage.end_to_end(2s);
  stage.fenced();
  stage.producer_recreated("a doubt");
  stage.rebalanced(4);
  stage.restoring(2, 30, 100);
  const auto text = observed.metrics.text();
  for (const char* line :
       {"gouji_records_consumed_total{stage=\"parser\",topic=\"in\"} 3", "gouji_records_produced_total{stage=\"parser\",topic=\"out\"} 2",
        "gouji_records_dead_lettered_total{error=\"MALFORMED\",stage=\"parser\",topic=\"in\"} 1",
        "gouji_records_retried_total{error=\"BLOB_MISSING\",stage=\"parser\"} 1",
        "gouji_record_processing_seconds_bucket{stage=\"parser\",le=\"0.01\"} 0",
        "gouji_record_processing_seconds_bucket{stage=\"parser\",le=\"0.025\"} 1",
        "gouji_end_to_end_latency_seconds_sum{stage=\"parser\"} 2", "gouji_log_fenced_total{stage=\"parser\"} 1",
        "gouji_log_producer_recreated_total{stage=\"parser\"} 1", "gouji_log_rebalances_total{stage=\"parser\"} 1",
        "gouji_log_assigned_partitions{stage=\"parser\"} 4",
        "gouji_state_restore_remaining_records{partition=\"2\",stage=\"parser\"} 70"})
    EXPECT_THAT(text, HasSubstr(std::string(line) + "\n"));
}

TEST(StageMetrics, TellTransactionsByHowTheyEnded) {
  Observed observed;
  observed.clock.advance(5s);
  observed.stage.transaction(TransactionResult::kAborted, 10, 1ms);
  observed.stage.transaction(TransactionResult::kUnknown, 10, 1ms);
  EXPECT_THAT(observed.metrics.text(), HasSubstr("gouji_last_success_timestamp_seconds{stage=\"parser\"} 0\n"));
  observed.stage.transaction(TransactionResult::kCommitted, 10, 1ms);
  EXPECT_THAT(observed.metrics.text(),
              AllOf(HasSubstr("gouji_log_transactions_total{result=\"committed\",stage=\"parser\"} 1\n"),
                    HasSubstr("gouji_log_transactions_total{result=\"aborted\",stage=\"parser\"} 1\n"),
                    HasSubstr("gouji_log_transactions_total{result=\"unknown\",stage=\"parser\"} 1\n"),
                    HasSubstr("gouji_log_transaction_records_sum{stage=\"parser\"} 30\n"),
                    HasSubstr("gouji_log_transaction_seconds_count{stage=\"parser\"} 3\n"),
                    HasSubstr("gouji_last_success_timestamp_seconds{stage=\"parser\"} 1700000005\n")));
}

TEST(StageMetrics, BeatForTheStagesHealth) {
  Observed observed;
  observed.clock.advance(1s);
  observed.stage.heartbeat();
  EXPECT_THAT(observed.metrics.text(),
              HasSubstr("gouji_last_heartbeat_timestamp_seconds{stage=\"parser\"} 1700000001\n"));
  observed.clock.advance(10s);
  EXPECT_TRUE(observed.health.live().is_good);
  observed.clock.advance(1s);
  EXPECT_FALSE(observed.health.live().is_good);
}

TEST(StageMetrics, ForgetTheLagOfAPartitionThatMovedAway) {
  Observed observed;
  observed.stage.lag("in", 0, 7);
  observed.stage.lag("in", 1, 8);
  observed.stage.lag_gone("in", 0);
  EXPECT_THAT(observed.metrics.text(),
              AllOf(Not(HasSubstr("gouji_log_consumer_lag_records{partition=\"0\"")),
                    HasSubstr("gouji_log_consumer_lag_records{partition=\"1\",topic=\"in\"} 8\n")));
  observed.stage.lag_gone("in", 5);  // was never there
}

TEST(StageMetrics, KeepTheirLabelsClosed) {
  Observed observed;
  observed.stage.consumed("hostile-1", 1);
  observed.stage.produced("hostile-2", 1);
  observed.stage.dead_lettered("hostile-3", ErrorCode::kTimeout, 1);
  observed.stage.lag("hostile-4", 0, 1);
  EXPECT_THAT(observed.metrics.text(),
              AllOf(Not(HasSubstr("hostile")), HasSubstr("gouji_records_consumed_total{stage=\"parser\",topic=\"other\"} 1\n"),
                    HasSubstr("gouji_log_consumer_lag_records{partition=\"0\",topic=\"other\"} 1\n")));
}

TEST(StageMetrics, OfTwoStagesShareOneRegistry) {
  Observed observed;
  StageMetrics validator(observed.metrics, observed.health, observed.clock, {"validator", {"out"}, {"end"}, 10s});
  validator.consumed("out", 2);
  EXPECT_THAT(observed.metrics.text(),
              AllOf(HasSubstr("gouji_records_consumed_total{stage=\"parser\",topic=\"in\"} 0\n"),
                    HasSubstr("gouji_records_consumed_total{stage=\"validator\",topic=\"out\"} 2\n")));
}

// Dashboards and alerts are written against these names.
TEST(StageMetrics, StandInTheListOfMetrics) {
  Observed observed;
  set_build_info(observed.metrics, {"1", "2", "3"});
  observed.stage.lag("in", 0, 1);
  observed.stage.restoring(0, 0, 1);
  std::stringstream list;
  list << std::ifstream("docs/metrics.md").rdbuf();
  std::istringstream lines(observed.metrics.text());
  int names = 0;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string hash, word, name, type;
    words >> hash >> word >> name >> type;
    if (hash != "#" || word != "TYPE") continue;
    ++names;
    EXPECT_THAT(list.str(), HasSubstr("| `" + name + "` | " + type + " |"));
  }
  EXPECT_GE(names, 20);
}

}  // namespace
}  // namespace gouji::telemetry
