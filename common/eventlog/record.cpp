#include "common/eventlog/record.h"

#include "common/core/check.h"

namespace gouji::eventlog {

namespace {

// MurmurHash2 with the seed and the byte order of Java's org.apache.kafka.common.utils.Utils.murmur2,
// whose results place every record of a keyed topic.
constexpr std::uint32_t kSeed = 0x9747B28C;
constexpr std::uint32_t kMultiplier = 0x5BD1E995;

std::uint32_t byte_at(std::string_view key, std::size_t at) {
  return static_cast<unsigned char>(key[at]);
}

std::uint32_t murmur2(std::string_view key) {
  std::uint32_t hash = kSeed ^ static_cast<std::uint32_t>(key.size());
  std::size_t at = 0;
  for (; at + 4 <= key.size(); at += 4) {
    std::uint32_t word = byte_at(key, at) | byte_at(key, at + 1) << 8 | byte_at(key, at + 2) << 16 |
                         byte_at(key, at + 3) << 24;
    word *= kMultiplier;
    word ^= word >> 24;
    hash = (hash * kMultiplier) ^ (word * kMultiplier);
  }
  const std::size_t left = key.size() - at;
  if (left > 2) hash ^= byte_at(key, at + 2) << 16;
  if (left > 1) hash ^= byte_at(key, at + 1) << 8;
  if (left > 0) hash = (hash ^ byte_at(key, at)) * kMultiplier;
  hash = (hash ^ (hash >> 13)) * kMultiplier;
  return hash ^ (hash >> 15);
}

}  // namespace

std::optional<std::string_view> find_header(const Record& record, std::string_view name) {
  for (auto header = record.headers.rbegin(); header != record.headers.rend(); ++header) {
    if (header->name != name) continue;
    if (!header->value) return std::nullopt;
    return std::string_view(*header->value);
  }
  return std::nullopt;
}

std::size_t byte_size(const Record& record) {
  std::size_t bytes = record.key ? record.key->size() : 0;
  if (record.value) bytes += record.value->size();
  for (const Header& header : record.headers) {
    bytes += header.name.size() + (header.value ? header.value->size() : 0);
  }
  return bytes;
}

std::int32_t partition_of(std::string_view key, std::int32_t partitions) {
  GOUJI_CHECK(partitions > 0);
  return static_cast<std::int32_t>(murmur2(key) & 0x7FFFFFFFU) % partitions;
}

}  // namespace gouji::eventlog
