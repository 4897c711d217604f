#include "common/eventlog/kafka/kafka_admin.h"

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <charconv>
#include <functional>
#include <span>

#include "common/eventlog/kafka/kafka_outcome.h"

namespace gouji::eventlog {

namespace {

constexpr int kRequestMs = 10'000;
constexpr int kAnswerMs = 15'000;  // the request's own limit and some air
constexpr std::chrono::milliseconds kTopicVisible{10'000};
constexpr std::size_t kReasonBytes = 512;

using Request = std::function<void(rd_kafka_queue_t*, const rd_kafka_AdminOptions_t*)>;

struct Operation {
  rd_kafka_admin_op_t code;
  std::string what;
  std::function<void(rd_kafka_AdminOptions_t*)> options = [](rd_kafka_AdminOptions_t*) {};
};

// Sends the request and waits for its answer.
Result<RdEvent> ask(const KafkaClient& client, const Operation& operation, const Request& request) {
  const RdQueue queue(rd_kafka_queue_new(client.get()));
  const RdAdminOptions options(rd_kafka_AdminOptions_new(client.get(), operation.code));
  std::array<char, kReasonBytes> reason{};
  rd_kafka_AdminOptions_set_request_timeout(options.get(), kRequestMs, reason.data(),
                                            reason.size());
  operation.options(options.get());
  request(queue.get(), options.get());
  RdEvent event(rd_kafka_queue_poll(queue.get(), kAnswerMs));
  if (!event) return client.error(RD_KAFKA_RESP_ERR__TIMED_OUT, operation.what);
  if (const auto code = rd_kafka_event_error(event.get()); code != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return client.error(code, operation.what);
  }
  return event;
}

Result<RdMetadata> metadata_of_all(const KafkaClient& client) {
  const rd_kafka_metadata_t* raw = nullptr;
  const auto code = rd_kafka_metadata(client.get(), 1, nullptr, &raw, kRequestMs);
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return client.error(code, "list of topics");
  return RdMetadata(raw);
}

std::int64_t number_of(const std::string& text, std::int64_t otherwise) {
  std::int64_t number = otherwise;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// Settings that TopicSpec has a field for go there, the rest into `config`.
void apply(TopicSpec& spec, const std::string& name, const std::string& value) {
  if (name == "cleanup.policy") {
    spec.compacted = value.find("compact") != std::string::npos;
  } else if (name == "retention.ms") {
    spec.retention_ms = number_of(value, spec.retention_ms);
  } else if (name == "delete.retention.ms") {
    spec.delete_retention_ms = number_of(value, spec.delete_retention_ms);
  } else if (name == "max.message.bytes") {
    spec.message_bytes_max = number_of(value, spec.message_bytes_max);
  } else {
    spec.config.insert_or_assign(name, value);
  }
}

void apply_all(TopicSpec& spec, const rd_kafka_ConfigResource_t* resource) {
  std::size_t count = 0;
  const rd_kafka_ConfigEntry_t** entries = rd_kafka_ConfigResource_configs(resource, &count);
  for (const rd_kafka_ConfigEntry_t* entry : std::span(entries, count)) {
    const char* value = rd_kafka_ConfigEntry_value(entry);
    apply(spec, rd_kafka_ConfigEntry_name(entry), value == nullptr ? "" : value);
  }
}

Result<void> read_settings(const KafkaClient& client, std::map<std::string, TopicSpec>& specs) {
  std::vector<RdConfigResource> owners;
  std::vector<rd_kafka_ConfigResource_t*> resources;
  for (const auto& [name, spec] : specs) {
    owners.emplace_back(rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, name.c_str()));
    resources.push_back(owners.back().get());
  }
  GOUJI_ASSIGN(const RdEvent event,
               ask(client, {RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, "settings of topics"},
                   [&](rd_kafka_queue_t* queue, const rd_kafka_AdminOptions_t* options) {
                     rd_kafka_DescribeConfigs(client.get(), resources.data(), resources.size(),
                                              options, queue);
                   }));
  std::size_t count = 0;
  const rd_kafka_ConfigResource_t** found = rd_kafka_DescribeConfigs_result_resources(
      rd_kafka_event_DescribeConfigs_result(event.get()), &count);
  for (const rd_kafka_ConfigResource_t* resource : std::span(found, count)) {
    const std::string name = rd_kafka_ConfigResource_name(resource);
    if (const auto code = rd_kafka_ConfigResource_error(resource);
        code != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return client.error(code, fmt::format("settings of topic {}", name));
    }
    if (const auto spec = specs.find(name); spec != specs.end()) apply_all(spec->second, resource);
  }
  return ok();
}

std::map<std::string, std::string> settings_of(const TopicSpec& spec) {
  std::map<std::string, std::string> settings = spec.config;
  settings.insert_or_assign("cleanup.policy", spec.compacted ? "compact" : "delete");
  settings.insert_or_assign("retention.ms", std::to_string(spec.retention_ms));
  settings.insert_or_assign("delete.retention.ms", std::to_string(spec.delete_retention_ms));
  settings.insert_or_assign("max.message.bytes", std::to_string(spec.message_bytes_max));
  return settings;
}

Result<RdNewTopic> new_topic(const TopicSpec& spec) {
  std::array<char, kReasonBytes> reason{};
  RdNewTopic topic(rd_kafka_NewTopic_new(spec.name.c_str(), spec.partitions, spec.replication,
                                         reason.data(), reason.size()));
  if (!topic) {
    return fatal(ErrorCode::kBadArgument, fmt::format("topic {}: {}", spec.name, reason.data()));
  }
  for (const auto& [name, value] : settings_of(spec)) {
    rd_kafka_NewTopic_set_config(topic.get(), name.c_str(), value.c_str());
  }
  return topic;
}

Error creation_error(const KafkaClient& client, const TopicSpec& spec,
                     const rd_kafka_topic_result_t* result) {
  const rd_kafka_resp_err_t code = rd_kafka_topic_result_error(result);
  const char* reason = rd_kafka_topic_result_error_string(result);
  const std::string what =
      fmt::format("create topic {}: {}", spec.name, reason == nullptr ? "" : reason);
  switch (code) {
    case RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS:
    case RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION:
    case RD_KAFKA_RESP_ERR_INVALID_PARTITIONS:
    case RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR:
    case RD_KAFKA_RESP_ERR_INVALID_CONFIG:
    case RD_KAFKA_RESP_ERR_INVALID_REQUEST:
    case RD_KAFKA_RESP_ERR_POLICY_VIOLATION:
      return fatal(ErrorCode::kBadArgument, what);
    default:
      return client.error(code, what);
  }
}

Result<void> wait_until_visible(const KafkaClient& client, const TopicSpec& spec) {
  Offsets ends;
  for (std::int32_t p = 0; p < spec.partitions; ++p) {
    ends[{spec.name, p}] = RD_KAFKA_OFFSET_SPEC_LATEST;
  }
  const auto deadline = std::chrono::steady_clock::now() + kTopicVisible;
  while (true) {
    // Asked first, because offsets of a topic that the client has not seen cost it a second.
    auto topic = client.topic(spec.name, kRequestMs);
    if (topic && topic->partitions == spec.partitions &&
        list_offsets(client, ends, Isolation::kUncommitted)) {
      return ok();
    }
    if (std::chrono::steady_clock::now() > deadline) {
      return client.error(RD_KAFKA_RESP_ERR__TIMED_OUT,
                          fmt::format("create topic {}: it has no leaders yet", spec.name));
    }
  }
}

}  // namespace

Result<std::vector<TopicSpec>> list_topics(const KafkaClient& client) {
  GOUJI_ASSIGN(const RdMetadata metadata, metadata_of_all(client));
  std::map<std::string, TopicSpec> specs;
  for (int i = 0; i < metadata->topic_cnt; ++i) {
    const rd_kafka_metadata_topic_t& topic = metadata->topics[i];
    if (std::string_view(topic.topic).starts_with("__") || topic.partition_cnt == 0) continue;
    TopicSpec spec;
    spec.name = topic.topic;
    spec.partitions = topic.partition_cnt;
    spec.replication = topic.partitions[0].replica_cnt;
    specs.emplace(spec.name, std::move(spec));
  }
  if (!specs.empty()) GOUJI_TRY(read_settings(client, specs));
  std::vector<TopicSpec> topics;
  for (auto& [name, spec] : specs) topics.push_back(std::move(spec));
  return topics;
}

Result<void> create_topic(const KafkaClient& client, const TopicSpec& spec) {
  GOUJI_ASSIGN(const RdNewTopic topic, new_topic(spec));
  rd_kafka_NewTopic_t* topics[] = {topic.get()};
  GOUJI_ASSIGN(const RdEvent event,
               ask(client, {RD_KAFKA_ADMIN_OP_CREATETOPICS, "create topic " + spec.name},
                   [&](rd_kafka_queue_t* queue, const rd_kafka_AdminOptions_t* options) {
                     rd_kafka_CreateTopics(client.get(), topics, 1, options, queue);
                   }));
  std::size_t count = 0;
  const rd_kafka_topic_result_t** results = rd_kafka_CreateTopics_result_topics(
      rd_kafka_event_CreateTopics_result(event.get()), &count);
  for (const rd_kafka_topic_result_t* result : std::span(results, count)) {
    if (rd_kafka_topic_result_error(result) != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return creation_error(client, spec, result);
    }
  }
  return wait_until_visible(client, spec);
}

Result<Offsets> list_offsets(const KafkaClient& client, const Offsets& wanted,
                             Isolation isolation) {
  const RdPartitions list = make_partitions(wanted);
  const auto level = isolation == Isolation::kCommitted
                         ? RD_KAFKA_ISOLATION_LEVEL_READ_COMMITTED
                         : RD_KAFKA_ISOLATION_LEVEL_READ_UNCOMMITTED;
  const Operation operation{RD_KAFKA_ADMIN_OP_LISTOFFSETS, "offsets of partitions",
                            [&](rd_kafka_AdminOptions_t* options) {
                              const RdError error(
                                  rd_kafka_AdminOptions_set_isolation_level(options, level));
                            }};
  GOUJI_ASSIGN(const RdEvent event,
               ask(client, operation,
                   [&](rd_kafka_queue_t* queue, const rd_kafka_AdminOptions_t* options) {
                     rd_kafka_ListOffsets(client.get(), list.get(), options, queue);
                   }));
  Offsets offsets;
  std::size_t count = 0;
  const rd_kafka_ListOffsetsResultInfo_t** infos = rd_kafka_ListOffsets_result_infos(
      rd_kafka_event_ListOffsets_result(event.get()), &count);
  for (const rd_kafka_ListOffsetsResultInfo_t* info : std::span(infos, count)) {
    const auto* at = rd_kafka_ListOffsetsResultInfo_topic_partition(info);
    if (at->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return client.error(at->err, fmt::format("offsets of {} [{}]", at->topic, at->partition));
    }
    offsets[{at->topic, at->partition}] = at->offset;
  }
  return offsets;
}

Result<std::vector<std::string>> list_groups(const KafkaClient& client, std::string_view prefix) {
  GOUJI_ASSIGN(const RdEvent event,
               ask(client, {RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPS, "list of consumer groups"},
                   [&](rd_kafka_queue_t* queue, const rd_kafka_AdminOptions_t* options) {
                     rd_kafka_ListConsumerGroups(client.get(), options, queue);
                   }));
  const auto* result = rd_kafka_event_ListConsumerGroups_result(event.get());
  std::size_t count = 0;
  const rd_kafka_error_t** errors = rd_kafka_ListConsumerGroups_result_errors(result, &count);
  if (count > 0) return client.error(rd_kafka_error_code(errors[0]), "list of consumer groups");
  const rd_kafka_ConsumerGroupListing_t** found =
      rd_kafka_ListConsumerGroups_result_valid(result, &count);
  std::vector<std::string> groups;
  for (const rd_kafka_ConsumerGroupListing_t* group : std::span(found, count)) {
    const std::string_view name = rd_kafka_ConsumerGroupListing_group_id(group);
    if (name.starts_with(prefix)) groups.emplace_back(name);
  }
  return groups;
}

Result<Offsets> group_offsets(const KafkaClient& client, const std::string& group) {
  const RdGroupOffsets wanted(rd_kafka_ListConsumerGroupOffsets_new(group.c_str(), nullptr));
  rd_kafka_ListConsumerGroupOffsets_t* requests[] = {wanted.get()};
  const Operation operation{RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPOFFSETS, "offsets of group " + group,
                            [](rd_kafka_AdminOptions_t* options) {
                              const RdError error(
                                  rd_kafka_AdminOptions_set_require_stable_offsets(options, 1));
                            }};
  GOUJI_ASSIGN(const RdEvent event,
               ask(client, operation,
                   [&](rd_kafka_queue_t* queue, const rd_kafka_AdminOptions_t* options) {
                     rd_kafka_ListConsumerGroupOffsets(client.get(), requests, 1, options, queue);
                   }));
  Offsets offsets;
  std::size_t count = 0;
  const rd_kafka_group_result_t** results = rd_kafka_ListConsumerGroupOffsets_result_groups(
      rd_kafka_event_ListConsumerGroupOffsets_result(event.get()), &count);
  for (const rd_kafka_group_result_t* result : std::span(results, count)) {
    if (const rd_kafka_error_t* error = rd_kafka_group_result_error(result)) {
      return client.error(rd_kafka_error_code(error), operation.what);
    }
    const auto* list = rd_kafka_group_result_partitions(result);
    for (int i = 0; list != nullptr && i < list->cnt; ++i) {
      const rd_kafka_topic_partition_t& at = list->elems[i];
      if (at.offset >= 0) offsets[{at.topic, at.partition}] = at.offset;
    }
  }
  return offsets;
}

}  // namespace gouji::eventlog
