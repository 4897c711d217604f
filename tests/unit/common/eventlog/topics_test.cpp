#include "common/eventlog/topics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace gouji::eventlog {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const TopicSpec* find(std::string_view name) {
  const auto& topics = default_topics();
  const auto found = std::find_if(topics.begin(), topics.end(), [&](const TopicSpec& spec) { return spec.name == name; });
  return found == topics.end() ? nullptr : &*found;
}

TEST(DefaultTopics, HoldEveryTopicOfTheFlow) {
  for (const std::string_view name :
       {kRawTopic, kSourceHealthTopic, kParserStateTopic, kParsedTopic, kVerdictTopic, kAnomalyTopic,
        kValidatorStateTopic, kWaiverTopic, kReportCurrentTopic, kAnomalyCurrentTopic}) {
    EXPECT_NE(find(name), nullptr) << name;
  }
  EXPECT_NE(find(dead_letter_topic(kRawTopic, "gouji-parser")), nullptr);
  EXPECT_NE(find(dead_letter_topic(kParsedTopic, "gouji-validator")), nullptr);
  EXPECT_NE(find(dead_letter_topic(kWaiverTopic, "gouji-validator")), nullptr);
}

TEST(DefaultTopics, KeepOnePartitionCountWhereKeysMustStayTogether) {
  std::set<std::int32_t> counts;
  for (const std::string_view name : {kParsedTopic, kVerdictTopic, kAnomalyTopic, kValidatorStateTopic, kWaiverTopic,
                                      kReportCurrentTopic, kAnomalyCurrentTopic}) {
    counts.insert(find(name)->partitions);
  }
  EXPECT_EQ(counts.size(), 1U);
  EXPECT_EQ(find(kRawTopic)->partitions, find(kParserStateTopic)->partitions);
}

TEST(DefaultTopics, KeepWhatIsPromised) {
  constexpr std::int64_t kDay = 86'400'000;
  EXPECT_GE(find(kRawTopic)->retention_ms, 400 * kDay);
  for (const std::string_view name : {kParsedTopic, kVerdictTopic, kAnomalyTopic}) {
    EXPECT_EQ(find(name)->retention_ms, -1) << name;
    EXPECT_FALSE(find(name)->compacted) << name;
  }
  EXPECT_GE(find(dead_letter_topic(kRawTopic, "gouji-parser"))->retention_ms, 30 * kDay);
  for (const std::string_view name : {kParserStateTopic, kValidatorStateTopic, kWaiverTopic, kReportCurrentTopic,
                                      kAnomalyCurrentTopic, kSourceHealthTopic}) {
    EXPECT_TRUE(find(name)->compacted) << name;
  }
}

TEST(Topics, ReadsAnEntryOverTheDefaults) {
  const auto topics = parse_topics(
      "defaults: {partitions: 3, retention: 7d, config: {segment.ms: 1000}}\n"
      "topics:\n"
      "  - {name: a, cleanup: compact, retention: forever, tombstones: 2h, message_bytes: 2000000}\n"
      "  - {name: b, replication: 2, config: {segment.ms: 5}}\n");
  ASSERT_TRUE(topics.has_value()) << topics.error().message;
  ASSERT_EQ(topics->size(), 2U);
  EXPECT_TRUE((*topics)[0].compacted);
  EXPECT_EQ((*topics)[0].retention_ms, -1);
  EXPECT_EQ((*topics)[0].delete_retention_ms, 7'200'000);
  EXPECT_EQ((*topics)[0].message_bytes_max, 2'000'000);
  EXPECT_EQ((*topics)[0].partitions, 3);
  EXPECT_EQ((*topics)[1].retention_ms, 604'800'000);
  EXPECT_EQ((*topics)[1].replication, 2);
  EXPECT_THAT((*topics)[1].config, ElementsAre(std::pair("segment.ms", "5")));
}

TEST(Topics, NamesEveryMistakeWithItsLine) {
  const auto topics = parse_topics(
      "defaults: {name: x}\n"
      "topics:\n"
      "  - {name: a_b}\n"
      "  - {name: a, partitions: 0}\n"
      "  - {name: a, replication: two}\n"
      "  - {partitions: 1}\n"
      "  - {name: c, cleanup: shred, retention: 5 days}\n"
      "  - {name: d, message_bytes: 10, colour: red}\n"
      "  - {name: e, config: {retention.ms: 5}}\n"
      "  - {name: f, replication: 1, config: {min.insync.replicas: 2}}\n"
      "  - {name: g, cleanup: compact, retention: 1d}\n"
      "  - just text\n"
      "extra: 1\n");
  ASSERT_FALSE(topics.has_value());
  EXPECT_EQ(topics.error().code, ErrorCode::kBadSettings);
  for (const char* mistake :
       {"line 1: defaults have no name", "line 3: name is 'a_b'", "line 4: partitions is '0'", "line 5: replication is 'two'",
        "line 5: topic 'a' stands here twice", "line 6: a topic without a name", "line 7: cleanup is 'shred'",
        "line 7: retention is '5 days'", "line 8: message_bytes is '10'", "line 8: unknown setting 'colour'",
        "line 9: 'retention.ms' has a setting of its own", "line 10: f: min.insync.replicas is '2' with replication 1",
        "line 11: g: a compacted topic has no retention", "line 12: expected a map", "line 13: unknown setting 'extra'"}) {
    EXPECT_THAT(topics.error().message, HasSubstr(mistake));
  }
}

TEST(Topics, RefusesWhatIsNoYaml) {
  for (const char* text : {"topics: [", "", "topics: {a: b}", "- x", "topics: [{name: [a]}]"}) {
    EXPECT_FALSE(parse_topics(text).has_value()) << text;
  }
  EXPECT_THAT(parse_topics("topics:\n  - {name: a\n").error().message, HasSubstr("line "));
}

TEST(TopicMismatches, AreEmptyForTheSameAndForBetterTopics) {
  TopicSpec wanted;
  wanted.name = "t";
  wanted.retention_ms = 1000;
  TopicSpec better = wanted;
  better.retention_ms = -1;
  better.message_bytes_max += 1;
  better.replication = 3;
  better.config["min.insync.replicas"] = "2";
  EXPECT_THAT(topic_mismatches({wanted}, {wanted}), ElementsAre());
  EXPECT_THAT(topic_mismatches({wanted}, {better}), ElementsAre());
}

TEST(TopicMismatches, NameTheTopicTheSettingAndBothValues) {
  TopicSpec wanted;
  wanted.name = "t";
  wanted.partitions = 6;
  wanted.replication = 3;
  wanted.config["min.insync.replicas"] = "2";
  TopicSpec actual = wanted;
  EXPECT_THAT(topic_mismatches({wanted}, {}), ElementsAre(HasSubstr("topic t is missing")));

  actual.partitions = 3;
  EXPECT_THAT(topic_mismatches({wanted}, {actual}), ElementsAre("topic t: partitions is 3, should be 6", HasSubstr("gouji log copy")));
  actual = wanted;
  actual.compacted = true;
  EXPECT_THAT(topic_mismatches({wanted}, {actual}), ElementsAre("topic t: cleanup.policy is compact, should be delete"));
  actual = wanted;
  actual.retention_ms = 5;
  EXPECT_THAT(topic_mismatches({wanted}, {actual}), ElementsAre("topic t: retention.ms is 5 ms, should be forever"));
  actual = wanted;
  actual.message_bytes_max = 10;
  EXPECT_THAT(topic_mismatches({wanted}, {actual}), ElementsAre(HasSubstr("max.message.bytes is 10, should be")));
  actual = wanted;
  actual.config["min.insync.replicas"] = "1";
  EXPECT_THAT(topic_mismatches({wanted}, {actual}), ElementsAre("topic t: min.insync.replicas is 1, should be 2"));
  actual.config["min.insync.replicas"] = "4";
  EXPECT_THAT(topic_mismatches({wanted}, {actual}), ElementsAre(HasSubstr("nothing can be written")));
}

TEST(TopicMismatches, LetFewerCopiesPassWhereAllOfThemConfirm) {
  TopicSpec wanted;
  wanted.name = "t";
  wanted.replication = 3;
  wanted.config["min.insync.replicas"] = "2";
  TopicSpec one_broker = wanted;
  one_broker.replication = 1;
  one_broker.config["min.insync.replicas"] = "1";
  EXPECT_THAT(topic_mismatches({wanted}, {one_broker}), ElementsAre());
}

}  // namespace
}  // namespace gouji::eventlog
