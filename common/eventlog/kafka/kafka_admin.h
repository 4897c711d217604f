// Questions to the cluster that need no membership: topics, offsets, groups. Every call is bounded.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "common/eventlog/kafka/kafka_client.h"
#include "common/eventlog/log.h"

namespace gouji::eventlog {

// Topics of the cluster with their effective settings, without Kafka's internal ones.
Result<std::vector<TopicSpec>> list_topics(const KafkaClient& client);
// Returns when the new topic can be used. fatal kBadArgument when it exists.
Result<void> create_topic(const KafkaClient& client, const TopicSpec& spec);

// First offset whose timestamp is not before `time`, or RD_KAFKA_OFFSET_SPEC_EARLIEST / _LATEST,
// of each partition. A partition without such an offset gets -1.
Result<Offsets> list_offsets(const KafkaClient& client, const Offsets& wanted, Isolation isolation);

// Names of consumer groups that begin with `prefix`.
Result<std::vector<std::string>> list_groups(const KafkaClient& client, std::string_view prefix);
// Stable committed offsets of the group.
Result<Offsets> group_offsets(const KafkaClient& client, const std::string& group);

}  // namespace gouji::eventlog
