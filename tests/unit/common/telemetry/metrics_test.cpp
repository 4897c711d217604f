#include "common/telemetry/metrics.h"

#include <unistd.h>

#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gouji::telemetry {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

// The value of a line "name value", or -1.
double sample(const std::string& text, const std::string& name) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with(name + " ")) return std::stod(line.substr(name.size() + 1));
  return -1;
}

TEST(Metrics, ExistAtZeroBeforeTheFirstEvent) {
  Metrics metrics;
  metrics.counter("gouji_a_total", "Things.", {{"kind", "x"}});
  metrics.gauge("gouji_b", "Level.");
  metrics.histogram("gouji_c_seconds", "Time.", {0.1, 1});
  EXPECT_THAT(metrics.text(),
              AllOf(HasSubstr("# HELP gouji_a_total Things.\n# TYPE gouji_a_total counter\ngouji_a_total{kind=\"x\"} 0\n"),
                    HasSubstr("# TYPE gouji_b gauge\ngouji_b 0\n"), HasSubstr("gouji_c_seconds_bucket{le=\"0.1\"} 0\n"),
                    HasSubstr("gouji_c_seconds_bucket{le=\"+Inf\"} 0\n"), HasSubstr("gouji_c_seconds_count 0\n")));
}

TEST(Metrics, CountWhatHappens) {
  Metrics metrics;
  const auto counter = metrics.counter("gouji_a_total", "Things.");
  counter.add();
  counter.add(4);
  EXPECT_EQ(counter.value(), 5);
  const auto gauge = metrics.gauge("gouji_b", "Level.");
  gauge.set(7);
  gauge.add(-3);
  EXPECT_EQ(gauge.value(), 4);
  metrics.gauge("gouji_t_seconds", "Time.").set_seconds(1'700'000'000.125);
  const auto histogram = metrics.histogram("gouji_c_seconds", "Time.", {0.1, 1});
  histogram.observe(0.5);
  EXPECT_THAT(metrics.text(), AllOf(HasSubstr("gouji_a_total 5\n"), HasSubstr("gouji_b 4\n"),
                                    HasSubstr("gouji_t_seconds 1700000000.125\n"),
                                    HasSubstr("gouji_c_seconds_bucket{le=\"0.1\"} 0\n"),
                                    HasSubstr("gouji_c_seconds_bucket{le=\"1\"} 1\n"),
                                    HasSubstr("gouji_c_seconds_sum 0.5\n")));
}

TEST(Metrics, GiveTheSameHandleForTheSameNameAndLabels) {
  Metrics metrics;
  metrics.counter("gouji_a_total", "Things.", {{"x", "1"}, {"y", "2"}}).add();
  metrics.counter("gouji_a_total", "Things.", {{"y", "2"}, {"x", "1"}}).add();
  EXPECT_EQ(metrics.counter("gouji_a_total", "Things.", {{"x", "1"}, {"y", "2"}}).value(), 2);
  EXPECT_EQ(metrics.counter("gouji_a_total", "Things.", {{"x", "1"}, {"y", "3"}}).value(), 0);
}

TEST(Metrics, LoseTheGaugeOfAPartitionThatMovedAway) {
  Metrics metrics;
  metrics.remove_gauge("gouji_lag", {{"partition", "0"}});  // it moved before anything was measured
  metrics.gauge("gouji_lag", "Lag.", {{"partition", "0"}}).set(5);
  metrics.gauge("gouji_lag", "Lag.", {{"partition", "1"}}).set(6);
  metrics.remove_gauge("gouji_lag", {{"partition", "0"}});
  metrics.remove_gauge("gouji_lag", {{"partition", "9"}});
  EXPECT_THAT(metrics.text(), AllOf(Not(HasSubstr("partition=\"0\"")), Not(HasSubstr("partition=\"9\"")),
                                    HasSubstr("gouji_lag{partition=\"1\"} 6\n")));
  EXPECT_EQ(metrics.gauge("gouji_lag", "Lag.", {{"partition", "0"}}).value(), 0);
}

TEST(Metrics, EscapeLabels) {
  Metrics metrics;
  metrics.gauge("gouji_x", "X.", {{"v", "a\"b\\c\nd"}});
  EXPECT_THAT(metrics.text(), HasSubstr("gouji_x{v=\"a\\\"b\\\\c\\nd\"} 0\n"));
}

TEST(Metrics, TellWhatTheProcessUses) {
  Metrics metrics;
  const auto text = metrics.text();
  EXPECT_GT(sample(text, "process_resident_memory_bytes"), 1e6);
  EXPECT_GT(sample(text, "process_cpu_seconds_total"), 0);
  EXPECT_GT(sample(text, "process_start_time_seconds"), 1.7e9);
  EXPECT_THAT(text, HasSubstr("# TYPE process_cpu_seconds_total counter\n"));
  const double before = sample(text, "process_open_fds");
  const int another = dup(0);
  EXPECT_EQ(sample(metrics.text(), "process_open_fds"), before + 1);
  close(another);
}

TEST(Metrics, TellWhatIsRunning) {
  Metrics metrics;
  set_build_info(metrics, {"0.1.0", "2.8.0", "abc"});
  EXPECT_THAT(metrics.text(), HasSubstr("gouji_build_info{git=\"abc\",librdkafka=\"2.8.0\",version=\"0.1.0\"} 1\n"));
}

TEST(MetricsDeathTest, RefuseOneNameForTwoThings) {
  Metrics metrics;
  metrics.counter("gouji_a_total", "Things.");
  metrics.histogram("gouji_c_seconds", "Time.", {0.1, 1});
  EXPECT_DEATH(metrics.gauge("gouji_a_total", "Things."), "");
  EXPECT_DEATH(metrics.counter("gouji_a_total", "Other things."), "");
  EXPECT_DEATH(metrics.histogram("gouji_c_seconds", "Time.", {0.2, 1}), "");
  EXPECT_DEATH(metrics.counter("gouji_a_total", "Things.").add(-1), "");
  EXPECT_DEATH(Counter().add(), "");
}

TEST(LatencyBuckets, GoFromAMillisecondToAMinute) {
  EXPECT_EQ(latency_buckets().front(), 0.001);
  EXPECT_EQ(latency_buckets().back(), 60);
  EXPECT_TRUE(std::is_sorted(latency_buckets().begin(), latency_buckets().end()));
}

}  // namespace
}  // namespace gouji::telemetry
