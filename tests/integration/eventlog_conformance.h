// What both logs promise, as one suite of tests. Each log supplies a LogBackend and instantiates the
// suite in a file of its own (local_backend.cpp, kafka_backend.cpp).
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/eventlog/log.h"

namespace gouji::testing {

class LogBackend {
 public:
  virtual ~LogBackend() = default;
  // The log, opened as its owner. One at a time; opening again sees everything that was committed.
  virtual std::unique_ptr<eventlog::EventLog> open() = 0;
  // A name that no other test uses, for topics, groups and transactional ids.
  virtual std::string unique(const std::string& name) = 0;
  // Compacts and expires now. False where the log does that in its own time.
  virtual bool maintain(eventlog::EventLog& log, UnixMillis now) = 0;
  // Waits until what was committed can be read: on Kafka that is a moment after commit() returns.
  virtual void settle(eventlog::EventLog& /*log*/, const eventlog::TopicPartition& /*at*/) {}
};

using LogBackendFactory = std::function<std::unique_ptr<LogBackend>()>;

class EventLogConformance : public ::testing::TestWithParam<LogBackendFactory> {
 protected:
  void SetUp() override {
    backend_ = GetParam()();
    if (!backend_ && HasFailure()) FAIL() << "this log should be available here";
    if (!backend_) GTEST_SKIP() << "this log is not available here";
    log_ = backend_->open();
    ASSERT_NE(log_, nullptr);
  }
  void TearDown() override {
    log_.reset();
    backend_.reset();
  }

  std::string topic(std::int32_t partitions = 2, bool compacted = false);
  std::unique_ptr<eventlog::Appender> appender();
  void append(const std::vector<eventlog::Outgoing>& records);
  std::unique_ptr<eventlog::StageLog> stage_log(const std::string& group, const std::string& transactional_id,
                                                const std::string& input);
  void reopen();
  // Values that can be read once no transaction on the partition is open or being finished.
  std::vector<std::string> settled_values(const eventlog::TopicPartition& at);

  std::unique_ptr<LogBackend> backend_;
  std::unique_ptr<eventlog::EventLog> log_;
};

}  // namespace gouji::testing
