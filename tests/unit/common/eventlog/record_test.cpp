#include "common/eventlog/record.h"

#include <gtest/gtest.h>

#include <limits>

namespace gouji::eventlog {
namespace {

// Hashes that Java's client computes (the test vectors of org.apache.kafka.common.utils.UtilsTest).
TEST(Partitioner, AgreesWithJavasClient) {
  const std::pair<const char*, std::int32_t> vectors[] = {
      {"21", -973932308},
      {"foobar", -790332482},
      {"a-little-bit-long-string", -985981536},
      {"a-little-bit-longer-string", -1486304829},
      {"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971},
      {"abc", 479470107},
  };
  for (const auto& [key, hash] : vectors) {
    for (const std::int32_t partitions : {1, 2, 6, 1000, std::numeric_limits<std::int32_t>::max()}) {
      EXPECT_EQ(partition_of(key, partitions), (hash & 0x7FFFFFFF) % partitions) << key << " of " << partitions;
    }
  }
}

TEST(Partitioner, TakesBytesAboveAsciiAndTheEmptyKey) {
  EXPECT_EQ(partition_of("", 7), (275646681 & 0x7FFFFFFF) % 7);
  EXPECT_GE(partition_of("许昌市", 6), 0);
  EXPECT_LT(partition_of("\xFF\xFE\xFD", 6), 6);
}

TEST(Record, FindsTheLastHeaderOfAName) {
  const Record record{std::nullopt, std::nullopt, {{"a", "1"}, {"b", "x"}, {"a", "2"}, {"n", "1"}, {"n", std::nullopt}}, 0};
  EXPECT_EQ(find_header(record, "a"), "2");
  EXPECT_EQ(find_header(record, "n"), std::nullopt);
  EXPECT_EQ(find_header(record, "c"), std::nullopt);
}

TEST(Record, CountsKeyValueAndHeaders) {
  EXPECT_EQ(byte_size({"key", "value", {{"n", "v"}, {"nn", std::nullopt}}, 0}), 12U);
  EXPECT_EQ(byte_size({}), 0U);
}

}  // namespace
}  // namespace gouji::eventlog
