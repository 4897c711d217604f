#include "common/events/envelope.h"

#include <gtest/gtest.h>

namespace gouji::events {
namespace {

TEST(Rfc3339, PrintsAndReadsTheSameMillisecond) {
  for (const UnixMillis time : {UnixMillis{0}, UnixMillis{1'769'846'130'123}, UnixMillis{-1}, UnixMillis{951'782'400'000}})
    EXPECT_EQ(from_rfc3339(to_rfc3339(time)), time) << to_rfc3339(time);
  EXPECT_EQ(to_rfc3339(1'769'846'130'123), "2026-01-31T07:55:30.123Z");
  EXPECT_EQ(from_rfc3339("2026-01-31T07:55:30Z"), UnixMillis{1'769'846'130'000});
}

TEST(Rfc3339, RefusesWhatIsNotATime) {
  for (const char* text : {"", "2026-01-31", "2026-02-30T00:00:00Z", "2026-01-31T24:00:00Z", "2026-01-31T07:55:30",
                           "2026-01-31T07:55:30.1Z", "-026-01-31T07:55:30Z", "2026-01-31 07:55:30Z"})
    EXPECT_FALSE(from_rfc3339(text)) << text;
}

TEST(Envelope, TravelsAsCloudEventsHeaders) {
  const Envelope envelope{"id-1", "gouji.report.raw.v1", "/crawler/s", "subject", 1'769'846'130'123};
  const Record record = make_record(envelope, "key", "value");
  const std::vector<Header> expected = {{"ce_specversion", "1.0"},
                                        {"ce_id", "id-1"},
                                        {"ce_type", "gouji.report.raw.v1"},
                                        {"ce_source", "/crawler/s"},
                                        {"ce_time", "2026-01-31T07:55:30.123Z"},
                                        {"ce_subject", "subject"},
                                        {"content-type", "application/protobuf"}};
  EXPECT_EQ(record.headers, expected);
  const Envelope read = read_envelope(record);
  EXPECT_EQ(read.id, envelope.id);
  EXPECT_EQ(read.type, envelope.type);
  EXPECT_EQ(read.source, envelope.source);
  EXPECT_EQ(read.subject, envelope.subject);
  EXPECT_EQ(read.time, envelope.time);
}

TEST(Envelope, OfATombstoneHasNoContentType) {
  const Record record = make_record({"id", "t", "s", "", 1}, "key", std::nullopt);
  EXPECT_FALSE(record.value);
  for (const Header& header : record.headers) EXPECT_NE(header.name, "content-type");
}

TEST(Envelope, OfARecordWithoutHeadersIsEmptyAndTakesTheRecordsTime) {
  Record record;
  record.timestamp = 77;
  EXPECT_EQ(read_envelope(record).id, "");
  EXPECT_EQ(read_envelope(record).time, 77);
}

TEST(OutputId, DependsOnEveryField) {
  const std::string id = output_id("type", "input", "version", 0);
  EXPECT_EQ(id, output_id("type", "input", "version", 0));
  EXPECT_NE(id, output_id("other", "input", "version", 0));
  EXPECT_NE(id, output_id("type", "other", "version", 0));
  EXPECT_NE(id, output_id("type", "input", "other", 0));
  EXPECT_NE(id, output_id("type", "input", "version", 1));
}

}  // namespace
}  // namespace gouji::events
