// Owners of librdkafka's objects, so that every path gives them back.
#pragma once

#include <librdkafka/rdkafka.h>

#include <memory>

namespace gouji::eventlog {

template <auto kDestroy>
struct RdDestroyer {
  template <typename T>
  void operator()(T* object) const {
    kDestroy(object);
  }
};

template <typename T, auto kDestroy>
using RdOwner = std::unique_ptr<T, RdDestroyer<kDestroy>>;

using RdConf = RdOwner<rd_kafka_conf_t, rd_kafka_conf_destroy>;
using RdError = RdOwner<rd_kafka_error_t, rd_kafka_error_destroy>;
using RdMessage = RdOwner<rd_kafka_message_t, rd_kafka_message_destroy>;
using RdHeaders = RdOwner<rd_kafka_headers_t, rd_kafka_headers_destroy>;
using RdPartitions =
    RdOwner<rd_kafka_topic_partition_list_t, rd_kafka_topic_partition_list_destroy>;
using RdGroupMetadata =
    RdOwner<rd_kafka_consumer_group_metadata_t, rd_kafka_consumer_group_metadata_destroy>;
using RdTopic = RdOwner<rd_kafka_topic_t, rd_kafka_topic_destroy>;
using RdQueue = RdOwner<rd_kafka_queue_t, rd_kafka_queue_destroy>;
using RdEvent = RdOwner<rd_kafka_event_t, rd_kafka_event_destroy>;
using RdAdminOptions = RdOwner<rd_kafka_AdminOptions_t, rd_kafka_AdminOptions_destroy>;
using RdNewTopic = RdOwner<rd_kafka_NewTopic_t, rd_kafka_NewTopic_destroy>;
using RdConfigResource = RdOwner<rd_kafka_ConfigResource_t, rd_kafka_ConfigResource_destroy>;
using RdGroupOffsets =
    RdOwner<rd_kafka_ListConsumerGroupOffsets_t, rd_kafka_ListConsumerGroupOffsets_destroy>;

struct RdMetadataDestroyer {
  void operator()(const rd_kafka_metadata_t* metadata) const { rd_kafka_metadata_destroy(metadata); }
};
using RdMetadata = std::unique_ptr<const rd_kafka_metadata_t, RdMetadataDestroyer>;

}  // namespace gouji::eventlog
