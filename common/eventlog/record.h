// Records and where they stand: the same on both logs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/core/record.h"

namespace gouji::eventlog {

using gouji::Header;
using gouji::Record;

// The last header of that name; nullopt when there is none or it is null.
std::optional<std::string_view> find_header(const Record& record, std::string_view name);
// Key, value and headers, as counted against size limits.
std::size_t byte_size(const Record& record);

struct TopicPartition {
  std::string topic;
  std::int32_t partition = 0;
  friend bool operator==(const TopicPartition&, const TopicPartition&) = default;
  friend auto operator<=>(const TopicPartition&, const TopicPartition&) = default;
};

struct StoredRecord {
  TopicPartition at;
  std::int64_t offset = 0;  // rising within a partition, with gaps
  Record record;
};

// A record on its way: to `partition`, or where it is not set to the partition of its key (murmur2
// as Java's client computes it); records without a key go to partition 0.
struct Outgoing {
  std::string topic;
  std::optional<std::int32_t> partition;
  Record record;
};

// murmur2 of the key, positive, modulo partitions: the partitioner `murmur2_random` and Java's.
std::int32_t partition_of(std::string_view key, std::int32_t partitions);

// Largest record on either log, key, value and headers together; the same error on both.
inline constexpr std::size_t kRecordBytesMax = 1'000'000;

}  // namespace gouji::eventlog
