#include "tests/support/kafka/kafka_workload.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <iostream>
#include <thread>

#include "common/core/check.h"
#include "common/eventlog/kafka/kafka_log.h"

namespace gouji::testing {

using namespace gouji::eventlog;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

constexpr std::chrono::seconds kPatience{60};

template <typename T>
T expect_value(Result<T> result) {
  if (!result) std::cerr << result.error().message << std::endl;
  GOUJI_CHECK(result.has_value());
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

// The value, asked for again while the broker is away.
template <typename Call>
auto patiently(Call call) {
  const auto deadline = steady_clock::now() + kPatience;
  auto result = call();
  while (!result && result.error().kind == ErrorKind::kUnavailable &&
         steady_clock::now() < deadline) {
    result = call();
  }
  return expect_value(std::move(result));
}

}  // namespace

std::unique_ptr<EventLog> open_kafka(const std::string& bootstrap,
                                     const std::map<std::string, std::string>& settings) {
  OpenOptions options;
  options.kafka = {{"session.timeout.ms", "6000"},
                   {"heartbeat.interval.ms", "500"},
                   {"transaction.timeout.ms", "10000"}};
  for (const auto& [name, value] : settings) options.kafka.insert_or_assign(name, value);
  return expect_value(open_kafka_log({true, "", bootstrap}, options));
}

std::string new_name(const std::string& prefix) {
  static std::atomic<int> count{0};
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return prefix + "-" + std::to_string(std::chrono::duration_cast<milliseconds>(now).count()) +
         "-" + std::to_string(getpid()) + "-" + std::to_string(++count);
}

std::string new_topic(EventLog& log, std::int32_t partitions) {
  TopicSpec spec;
  spec.name = new_name("topic");
  spec.partitions = partitions;
  expect_value(log.create_topic(spec));
  return spec.name;
}

std::unique_ptr<StageLog> open_stage(EventLog& log, const std::string& input,
                                     const std::string& group,
                                     const std::string& transactional_id) {
  StageLogOptions options;
  options.group = group.empty() ? new_name("gouji-group") : group;
  options.transactional_id = transactional_id.empty() ? new_name("stage") : transactional_id;
  options.inputs = {input};
  return expect_value(log.open_stage_log(options));
}

void append_numbers(EventLog& log, const std::string& topic, int begin, int end) {
  auto appender = expect_value(log.open_appender());
  std::vector<Outgoing> records;
  for (const std::string& value : numbers(begin, end)) {
    records.push_back({topic, std::nullopt, {value, value, {}, 1'700'000'000'000}});
  }
  expect_value(appender->append(records));
}

std::vector<std::string> numbers(int begin, int end) {
  std::vector<std::string> values;
  for (int i = begin; i < end; ++i) values.push_back(std::to_string(i));
  return values;
}

std::vector<std::string> read_numbers(EventLog& log, const std::string& topic) {
  std::vector<std::string> values;
  const std::int32_t partitions = patiently([&] { return log.partitions(topic); });
  for (std::int32_t p = 0; p < partitions; ++p) {
    std::int64_t next = 0;
    const TopicPartition at{topic, p};
    const std::int64_t end =
        patiently([&] { return log.end_offset(at, Isolation::kCommitted); });
    while (next < end) {
      ReadBatch batch = patiently([&] { return log.read(at, next, {}); });
      for (StoredRecord& stored : batch.records) values.push_back(*stored.record.value);
      next = batch.next;
    }
  }
  std::sort(values.begin(), values.end(), [](const std::string& a, const std::string& b) {
    return a.size() != b.size() ? a.size() < b.size() : a < b;
  });
  return values;
}

std::vector<StoredRecord> poll_until(StageLog& stage, std::size_t count) {
  std::vector<StoredRecord> all;
  const auto deadline = steady_clock::now() + kPatience;
  while (all.size() < count && steady_clock::now() < deadline) {
    std::vector<StoredRecord> batch = expect_value(stage.poll(milliseconds(100), {}));
    all.insert(all.end(), std::make_move_iterator(batch.begin()),
               std::make_move_iterator(batch.end()));
  }
  return all;
}

bool becomes_true(const std::function<bool()>& condition) {
  const auto deadline = steady_clock::now() + kPatience;
  while (!condition()) {
    if (steady_clock::now() > deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

}  // namespace gouji::testing
