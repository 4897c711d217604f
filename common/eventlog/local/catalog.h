// The topics of a local log, remembered once they have been read: their partitions never change.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/result.h"
#include "common/eventlog/local/sqlite.h"
#include "common/eventlog/topics.h"

namespace gouji::eventlog {

struct LocalTopic {
  std::int64_t id = 0;
  TopicSpec spec;
  std::vector<std::int64_t> partition_ids;  // by partition
};

// Safe for several threads; each gives a connection of its own.
class Catalog {
 public:
  // kFatal NOT_FOUND when there is no such topic.
  Result<std::shared_ptr<const LocalTopic>> find(SqliteConnection& connection, std::string_view name);
  // Another file stands at the path.
  void forget();
  Result<std::int64_t> partition_id(SqliteConnection& connection, std::string_view name, std::int32_t partition);

 private:
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<const LocalTopic>, std::less<>> topics_;
};

Result<std::vector<TopicSpec>> load_topics(SqliteConnection& connection);
// Inside a transaction. kInvalidInput BAD_ARGUMENT when it exists or its settings make no sense.
Result<void> insert_topic(SqliteConnection& connection, const TopicSpec& spec);

}  // namespace gouji::eventlog
