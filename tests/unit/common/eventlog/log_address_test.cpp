#include <gtest/gtest.h>

#include "common/eventlog/log.h"

namespace gouji::eventlog {
namespace {

TEST(LogAddress, IsLocalOrKafka) {
  const auto local = parse_log_address("local:./data/log.db");
  ASSERT_TRUE(local.has_value());
  EXPECT_FALSE(local->is_kafka);
  EXPECT_EQ(local->path, "./data/log.db");
  const auto kafka = parse_log_address("kafka:b1:9092,[::1]:9093");
  ASSERT_TRUE(kafka.has_value());
  EXPECT_TRUE(kafka->is_kafka);
  EXPECT_EQ(kafka->bootstrap, "b1:9092,[::1]:9093");
}

TEST(LogAddress, RefusesEverythingElse) {
  for (const char* text : {"", "local:", "log.db", "kafka:", "kafka:host", "kafka:host:", "kafka::9092", "kafka:host:0",
                           "kafka:host:65536", "kafka:host:9092,", "kafka:host:90 92", "KAFKA:h:1"}) {
    const auto address = parse_log_address(text);
    ASSERT_FALSE(address.has_value()) << text;
    EXPECT_EQ(address.error().code, ErrorCode::kBadArgument);
  }
}

}  // namespace
}  // namespace gouji::eventlog
