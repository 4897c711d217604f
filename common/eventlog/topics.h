// Topics as data: deploy/topics.yaml, also embedded at build as the default.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/result.h"

namespace gouji::eventlog {

inline constexpr std::string_view kRawTopic = "gouji.report.raw.v1";
inline constexpr std::string_view kSourceHealthTopic = "gouji.source.health.v1";
inline constexpr std::string_view kParserStateTopic = "gouji.parser.location.v1";
inline constexpr std::string_view kParsedTopic = "gouji.report.parsed.v1";
inline constexpr std::string_view kVerdictTopic = "gouji.report.verdict.v1";
inline constexpr std::string_view kAnomalyTopic = "gouji.anomaly.v1";
inline constexpr std::string_view kValidatorStateTopic = "gouji.validator.ledger.v1";
inline constexpr std::string_view kWaiverTopic = "gouji.waiver.v1";
inline constexpr std::string_view kReportCurrentTopic = "gouji.report.current.v1";
inline constexpr std::string_view kAnomalyCurrentTopic = "gouji.anomaly.current.v1";

// "<input topic>.dlq.<group>".
std::string dead_letter_topic(std::string_view input, std::string_view group);

struct TopicSpec {
  std::string name;
  std::int32_t partitions = 1;
  std::int32_t replication = 1;
  bool compacted = false;             // cleanup.policy compact, else delete
  std::int64_t retention_ms = -1;     // -1 = for ever
  std::int64_t delete_retention_ms = 86'400'000;  // tombstones, of compacted topics
  std::int64_t message_bytes_max = 1'048'588;
  // Further settings by Kafka's own names ("min.insync.replicas", "segment.ms").
  std::map<std::string, std::string> config;
};

// Every mistake of the file at once, each with its line.
Result<std::vector<TopicSpec>> parse_topics(std::string_view yaml);
// The embedded deploy/topics.yaml.
const std::vector<TopicSpec>& default_topics();

// Ways in which `actual` breaks a promise that `wanted` makes, each naming the topic, the setting,
// both values; empty when start-up may go on. Missing topics are one of them.
std::vector<std::string> topic_mismatches(const std::vector<TopicSpec>& wanted,
                                          const std::vector<TopicSpec>& actual);

}  // namespace gouji::eventlog
