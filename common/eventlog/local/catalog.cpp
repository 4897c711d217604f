#include "common/eventlog/local/catalog.h"

#include <iterator>

#include <fmt/format.h>

namespace gouji::eventlog {

namespace {

constexpr std::int32_t kPartitionsMax = 10'000;

Error no_topic(const std::string& path, std::string_view name) {
  return fatal(ErrorCode::kNotFound,
               fmt::format("事件日志没有这个主题 / {} has no topic {}: `gouji topics apply` creates what is missing", path, name));
}

Error damaged(const std::string& path, std::string_view name) {
  return fatal(ErrorCode::kLogCorrupt, fmt::format("{}: the partitions of topic {} are not as many as the topic says; "
                                                   "`gouji log verify` shows the damage", path, name));
}

std::string encode_config(const std::map<std::string, std::string>& config) {
  std::string text;
  for (const auto& [name, value] : config) text += fmt::format("{}={}\n", name, value);
  return text;
}

std::map<std::string, std::string> decode_config(std::string_view text) {
  std::map<std::string, std::string> config;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    const std::size_t equals = line.find('=');
    if (equals != std::string_view::npos) config.emplace(line.substr(0, equals), line.substr(equals + 1));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return config;
}

// Columns name … config of the table, from `first` on.
TopicSpec spec_of(const SqliteQuery& row, int first) {
  TopicSpec spec;
  spec.name = row.bytes(first);
  spec.partitions = static_cast<std::int32_t>(row.integer(first + 1));
  spec.replication = static_cast<std::int32_t>(row.integer(first + 2));
  spec.compacted = row.integer(first + 3) != 0;
  spec.retention_ms = row.integer(first + 4);
  spec.delete_retention_ms = row.integer(first + 5);
  spec.message_bytes_max = row.integer(first + 6);
  spec.config = decode_config(row.bytes(first + 7));
  return spec;
}

Result<void> check_spec(const TopicSpec& spec) {
  const auto refuse = [&](std::string_view what) {
    return invalid_input(ErrorCode::kBadArgument, fmt::format("topic '{}': {}", spec.name, what));
  };
  if (spec.name.empty() || spec.name.size() > 249) return refuse("a name has 1 to 249 characters");
  if (spec.partitions < 1 || spec.partitions > kPartitionsMax) return refuse("partitions must be 1 to 10000");
  for (const auto& [name, value] : spec.config) {
    if ((name + value).find('\n') != std::string::npos || name.find('=') != std::string::npos) {
      return refuse("a setting holds a line break, or '=' in its name");
    }
  }
  return ok();
}

Result<std::shared_ptr<const LocalTopic>> load_topic(SqliteConnection& connection, std::string_view name) {
  auto topic = std::make_shared<LocalTopic>();
  {
    SqliteQuery row = connection.query(
        "SELECT id, name, partitions, replication, compacted, retention_ms, delete_retention_ms,"
        " message_bytes_max, config FROM topics WHERE name=?");
    GOUJI_ASSIGN(const bool found, row.bind_text(name).next());
    if (!found) return no_topic(connection.path(), name);
    topic->id = row.integer(0);
    topic->spec = spec_of(row, 1);
  }
  SqliteQuery ids = connection.query("SELECT id, partition FROM partitions WHERE topic_id=? ORDER BY partition");
  ids.bind(topic->id);
  for (;;) {
    GOUJI_ASSIGN(const bool has_row, ids.next());
    if (!has_row) break;
    if (ids.integer(1) != std::ssize(topic->partition_ids)) return damaged(connection.path(), name);
    topic->partition_ids.push_back(ids.integer(0));
  }
  if (topic->spec.partitions != std::ssize(topic->partition_ids)) return damaged(connection.path(), name);
  return std::shared_ptr<const LocalTopic>(std::move(topic));
}

}  // namespace

Result<std::shared_ptr<const LocalTopic>> Catalog::find(SqliteConnection& connection, std::string_view name) {
  {
    const std::lock_guard guard(mutex_);
    if (const auto found = topics_.find(name); found != topics_.end()) return found->second;
  }
  GOUJI_ASSIGN(auto topic, load_topic(connection, name));
  const std::lock_guard guard(mutex_);
  return topics_.try_emplace(std::string(name), std::move(topic)).first->second;
}

void Catalog::forget() {
  const std::lock_guard guard(mutex_);
  topics_.clear();
}

Result<std::int64_t> Catalog::partition_id(SqliteConnection& connection, std::string_view name,
                                           std::int32_t partition) {
  GOUJI_ASSIGN(const auto topic, find(connection, name));
  if (partition < 0 || partition >= topic->spec.partitions) {
    return fatal(ErrorCode::kNotFound, fmt::format("topic {} has {} partitions, there is no partition {}", name,
                                                   topic->spec.partitions, partition));
  }
  return topic->partition_ids[static_cast<std::size_t>(partition)];
}

Result<std::vector<TopicSpec>> load_topics(SqliteConnection& connection) {
  std::vector<TopicSpec> topics;
  SqliteQuery row = connection.query(
      "SELECT name, partitions, replication, compacted, retention_ms, delete_retention_ms,"
      " message_bytes_max, config FROM topics ORDER BY name");
  for (;;) {
    GOUJI_ASSIGN(const bool has_row, row.next());
    if (!has_row) return topics;
    topics.push_back(spec_of(row, 0));
  }
}

Result<void> insert_topic(SqliteConnection& connection, const TopicSpec& spec) {
  GOUJI_TRY(check_spec(spec));
  {
    SqliteQuery same = connection.query("SELECT 1 FROM topics WHERE name=?");
    GOUJI_ASSIGN(const bool exists, same.bind_text(spec.name).next());
    if (exists) return invalid_input(ErrorCode::kBadArgument, fmt::format("topic '{}' exists already", spec.name));
  }
  const std::string config = encode_config(spec.config);
  SqliteQuery topic = connection.query(
      "INSERT INTO topics(name, partitions, replication, compacted, retention_ms, delete_retention_ms,"
      " message_bytes_max, config) VALUES(?,?,?,?,?,?,?,?)");
  topic.bind_text(spec.name).bind(spec.partitions).bind(spec.replication).bind(spec.compacted ? 1 : 0);
  topic.bind(spec.retention_ms).bind(spec.delete_retention_ms).bind(spec.message_bytes_max).bind_text(config);
  GOUJI_TRY(topic.run());
  for (std::int32_t partition = 0; partition < spec.partitions; ++partition) {
    SqliteQuery row = connection.query(
        "INSERT INTO partitions(topic_id, partition, low, next, time_max, compacted_to)"
        " VALUES((SELECT id FROM topics WHERE name=?), ?, 0, 0, -9223372036854775808, 0)");
    GOUJI_TRY(row.bind_text(spec.name).bind(partition).run());
  }
  return ok();
}

}  // namespace gouji::eventlog
