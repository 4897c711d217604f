#include "services/gouji/tail_format.h"

#include <gtest/gtest.h>

#include "common/events/codec.h"

namespace gouji::command {
namespace {

eventlog::StoredRecord withdrawal() {
  return {{"gouji.report.raw.v1", 2}, 41, events::encode(RawWithdrawn{"loc", "files", 7, "file:///r", 5, WithdrawalReason::kGone})};
}

TEST(TailFormat, PrintsOneJsonObjectALine) {
  const auto line = format_record(withdrawal(), "json");
  ASSERT_TRUE(line);
  EXPECT_TRUE(line->starts_with(R"({"topic":"gouji.report.raw.v1","partition":2,"offset":41,"key":"loc","time":"1970-01-01T00:00:00.005Z","headers":{"ce_specversion":"1.0","ce_id":")")) << *line;
  EXPECT_NE(line->find(R"("value":{"location_id":"loc","source_id":"files","fetch_sequence":"7")"), std::string::npos) << *line;
  EXPECT_TRUE(line->ends_with("}\n"));
}

TEST(TailFormat, PrintsATombstoneAsNull) {
  eventlog::StoredRecord record = withdrawal();
  record.record.value = std::nullopt;
  EXPECT_TRUE(format_record(record, "json")->ends_with("\"value\":null}\n"));
  EXPECT_NE(format_record(record, "text")->find("tombstone loc"), std::string::npos);
}

TEST(TailFormat, ShowsBytesThatAreNoEventAsHex) {
  eventlog::StoredRecord record = withdrawal();
  record.record.value = "\xff\x01";
  EXPECT_NE(format_record(record, "json")->find("\"value\":\"hex:ff01\""), std::string::npos);
}

TEST(TailFormat, FramesRawValuesWithTheirLength) {
  eventlog::StoredRecord record = withdrawal();
  record.record.value = "abc";
  EXPECT_EQ(*format_record(record, "raw"), std::string("\x03\0\0\0abc", 7));
}

TEST(RecordFilter, MatchesKeyPartitionTopicAndHeadersWithAnEndingOpen) {
  const auto matches_all = [](std::vector<std::string> texts) { return matches(withdrawal(), *parse_filters(texts)); };
  EXPECT_TRUE(matches_all({}));
  EXPECT_TRUE(matches_all({"key=loc", "partition=2", "topic=gouji.report.raw.v1", "ce_type=gouji.report.raw.withdrawn.v1"}));
  EXPECT_TRUE(matches_all({"ce_type=gouji.report.*"}));
  EXPECT_FALSE(matches_all({"key=loc", "partition=3"}));
  EXPECT_FALSE(matches_all({"ce_missing=x"}));
  EXPECT_FALSE(matches_all({"ce_type=gouji.report"}));
}

TEST(RecordFilter, WithoutAnEqualsSignIsAnError) {
  EXPECT_EQ(parse_filters({"key"}).error().code, ErrorCode::kBadArgument);
  EXPECT_EQ(parse_filters({"=x"}).error().code, ErrorCode::kBadArgument);
}

}  // namespace
}  // namespace gouji::command
