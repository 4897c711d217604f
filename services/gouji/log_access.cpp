#include "services/gouji/log_access.h"

#include <algorithm>
#include <cstdio>

#include <fmt/format.h>

#include "common/eventlog/changelog.h"
#include "common/eventlog/topics.h"
#include "common/events/codec.h"
#include "services/gouji/exit_codes.h"

namespace gouji::command {

std::string log_text(const LogChoice& where) {
  return where.log.empty() ? fmt::format("local:{}/log.db", where.data) : where.log;
}

Result<std::unique_ptr<eventlog::EventLog>> open_log(const LogChoice& where, eventlog::LocalMode mode) {
  GOUJI_ASSIGN(const eventlog::LogAddress address, eventlog::parse_log_address(log_text(where)));
  eventlog::OpenOptions options;
  options.mode = mode;
  for (const std::string& setting : where.kafka) {
    const std::size_t equals = setting.find('=');
    if (equals == std::string::npos)
      return fatal(ErrorCode::kBadArgument, fmt::format("--kafka {}: NAME=VALUE is expected", setting));
    options.kafka[setting.substr(0, equals)] = setting.substr(equals + 1);
  }
  return eventlog::open_log(address, options);
}

Result<void> read_topic(eventlog::EventLog& log, std::string_view topic,
                        const std::function<Result<void>(const eventlog::StoredRecord&)>& visit) {
  GOUJI_ASSIGN(const std::int32_t partitions, log.partitions(topic));
  for (std::int32_t partition = 0; partition < partitions; ++partition) {
    const eventlog::TopicPartition at{std::string(topic), partition};
    GOUJI_ASSIGN(const std::int64_t end, log.end_offset(at, eventlog::Isolation::kCommitted));
    GOUJI_ASSIGN(std::int64_t from, log.begin_offset(at));
    while (from < end) {
      GOUJI_ASSIGN(const eventlog::ReadBatch batch, log.read(at, from, {}));
      for (const eventlog::StoredRecord& record : batch.records) GOUJI_TRY(visit(record));
      if (batch.next <= from) break;
      from = batch.next;
    }
  }
  return ok();
}

Result<std::map<std::string, Record>> read_current(eventlog::EventLog& log, std::string_view topic) {
  std::map<std::string, Record> current;
  GOUJI_TRY(read_topic(log, topic, [&](const eventlog::StoredRecord& record) -> Result<void> {
    if (!record.record.key) return ok();
    if (record.record.value)
      current.insert_or_assign(*record.record.key, record.record);
    else
      current.erase(*record.record.key);
    return ok();
  }));
  return current;
}

Result<std::map<std::string, Record>> read_state(eventlog::EventLog& log, std::string_view topic) {
  GOUJI_ASSIGN(auto current, read_current(log, topic));
  std::map<std::string, Record> state;
  for (auto& [key, record] : current) {
    if (const auto state_key = eventlog::state_key(key)) state.emplace(*state_key, std::move(record));
  }
  return state;
}

Result<OpenAnomalies> read_open_anomalies(eventlog::EventLog& log) {
  GOUJI_ASSIGN(const auto current, read_current(log, eventlog::kAnomalyCurrentTopic));
  OpenAnomalies open;
  for (const auto& [id, record] : current) {
    GOUJI_ASSIGN(Anomaly anomaly, events::decode_anomaly(record));
    open.emplace(id, std::move(anomaly));
  }
  return open;
}

Result<std::int64_t> lag_of(eventlog::EventLog& log, std::string_view group, std::string_view topic) {
  GOUJI_ASSIGN(const auto committed, log.committed_offsets());
  GOUJI_ASSIGN(const std::int32_t partitions, log.partitions(topic));
  std::int64_t behind = 0;
  for (std::int32_t partition = 0; partition < partitions; ++partition) {
    const eventlog::TopicPartition at{std::string(topic), partition};
    GOUJI_ASSIGN(std::int64_t from, log.begin_offset(at));
    for (const auto& offset : committed)
      if (offset.group == group && offset.at == at) from = std::max(from, offset.offset);
    GOUJI_ASSIGN(const std::int64_t end, log.end_offset(at, eventlog::Isolation::kCommitted));
    if (from >= end) continue;
    // What lies between may be gaps and markers only.
    GOUJI_ASSIGN(const eventlog::ReadBatch rest, log.read(at, from, {1, 1}));
    if (!rest.records.empty() || rest.next < end) behind += end - from;
  }
  return behind;
}

int fail(std::string_view command, const Error& error) {
  fmt::print(stderr, "gouji {}: {}\n", command, error.message);
  return exit_code_of(error);
}

}  // namespace gouji::command
