// Opens local logs for tests; a failure to open fails the test.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "common/eventlog/local/local_log.h"

namespace gouji::testing {

inline Result<std::unique_ptr<eventlog::EventLog>> try_open(const std::string& path, eventlog::LocalMode mode) {
  eventlog::OpenOptions options;
  options.mode = mode;
  return eventlog::open_local_log({false, path, {}}, options);
}

inline std::unique_ptr<eventlog::EventLog> open_as(const std::string& path, eventlog::LocalMode mode) {
  auto log = try_open(path, mode);
  if (!log) ADD_FAILURE() << log.error().message;
  return log ? std::move(*log) : nullptr;
}

inline void create(eventlog::EventLog& log, const std::string& name, std::int32_t partitions = 1,
                   std::int64_t retention_ms = -1) {
  eventlog::TopicSpec spec;
  spec.name = name;
  spec.partitions = partitions;
  spec.retention_ms = retention_ms;
  const auto created = log.create_topic(spec);
  EXPECT_TRUE(created.has_value());
}

inline void append(eventlog::EventLog& log, const std::vector<eventlog::Outgoing>& records) {
  auto appender = log.open_appender();
  ASSERT_TRUE(appender.has_value()) << appender.error().message;
  const auto appended = (*appender)->append(records);
  ASSERT_TRUE(appended.has_value()) << appended.error().message;
}

}  // namespace gouji::testing
