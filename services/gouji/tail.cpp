#include <charconv>
#include <csignal>
#include <cstdio>
#include <map>
#include <optional>

#include <fmt/format.h>

#include "common/eventlog/topics.h"
#include "common/events/codec.h"
#include "common/runtime/setting_value.h"
#include "services/gouji/commands.h"
#include "services/gouji/exit_codes.h"
#include "services/gouji/json_writer.h"
#include "services/gouji/log_access.h"
#include "services/gouji/tail_format.h"

namespace gouji::command {
namespace {

using eventlog::EventLog;
using eventlog::StoredRecord;
using eventlog::TopicPartition;

volatile std::sig_atomic_t interrupted = 0;

struct Reach {
  std::int64_t next = 0;
  std::int64_t end = 0;  // as seen at the start
};

Result<std::int64_t> start_offset(EventLog& log, const TopicPartition& at, const std::string& from) {
  if (from == "start") return log.begin_offset(at);
  if (from == "end") return log.end_offset(at, eventlog::Isolation::kCommitted);
  std::int64_t offset = 0;
  const auto [rest, error] = std::from_chars(from.data(), from.data() + from.size(), offset);
  if (error == std::errc{} && rest == from.data() + from.size() && offset >= 0) return offset;
  if (const auto time = events::from_rfc3339(from)) return log.offset_at(at, *time);
  return fatal(ErrorCode::kBadArgument,
               fmt::format("--from {}: start, end, an offset or a time such as 2026-01-31T00:00:00Z is expected", from));
}

// The topic that was meant: spelt nearly so, or the shortest that has the word in it.
std::optional<std::string> meant_topic(EventLog& log, const std::string& wrong) {
  const auto topics = log.topics();
  if (!topics) return std::nullopt;
  std::vector<std::string> names;
  for (const eventlog::TopicSpec& topic : *topics) names.push_back(topic.name);
  auto meant = runtime::nearest_name(wrong, names);
  if (meant) return meant;
  for (const std::string& name : names)
    if (name.find(wrong) != std::string::npos && (!meant || name.size() < meant->size())) meant = name;
  return meant;
}

Result<std::int32_t> partitions_of(EventLog& log, const std::string& topic) {
  auto partitions = log.partitions(topic);
  if (partitions || partitions.error().code != ErrorCode::kNotFound) return partitions;
  const auto meant = meant_topic(log, topic);
  if (!meant) return partitions;
  return fatal(ErrorCode::kNotFound, fmt::format("没有主题 {0}，是否想用 {1}？ / there is no topic {0}; did you mean {1}?", topic, *meant));
}

Result<std::map<TopicPartition, Reach>> reaches_of(EventLog& log, const TailRequest& request,
                                                   const std::vector<std::string>& topics) {
  std::map<TopicPartition, Reach> reaches;
  for (const std::string& topic : topics) {
    GOUJI_ASSIGN(const std::int32_t partitions, partitions_of(log, topic));
    for (std::int32_t partition = 0; partition < partitions; ++partition) {
      const TopicPartition at{topic, partition};
      Reach reach;
      GOUJI_ASSIGN(reach.end, log.end_offset(at, eventlog::Isolation::kCommitted));
      GOUJI_ASSIGN(reach.next, start_offset(log, at, request.from));
      reaches.emplace(at, reach);
    }
  }
  return reaches;
}

// One pass over all partitions; true when something was printed.
Result<bool> pass(EventLog& log, const TailRequest& request, const std::vector<RecordFilter>& filters,
                  std::map<TopicPartition, Reach>& reaches) {
  bool printed = false;
  for (auto& [at, reach] : reaches) {
    while (interrupted == 0 && (request.follow || reach.next < reach.end)) {
      GOUJI_ASSIGN(const eventlog::ReadBatch batch, log.read(at, reach.next, {}));
      for (const StoredRecord& record : batch.records) {
        if (!request.follow && record.offset >= reach.end) break;
        if (!matches(record, filters)) continue;
        GOUJI_ASSIGN(const std::string line, format_record(record, request.format));
        std::fwrite(line.data(), 1, line.size(), stdout);
        printed = true;
      }
      if (batch.next <= reach.next) break;
      reach.next = batch.next;
      if (batch.records.empty()) break;
    }
  }
  std::fflush(stdout);
  return printed;
}

}  // namespace

int tail(const TailRequest& request) {
  const auto filters = parse_filters(request.filters);
  if (!filters) return fail("tail", filters.error());
  auto log = open_log(request.where, eventlog::LocalMode::kReader);
  if (!log) return fail("tail", log.error());
  std::vector<std::string> topics = request.topics;
  if (topics.empty()) topics = {std::string(eventlog::kVerdictTopic), std::string(eventlog::kAnomalyTopic)};
  auto reaches = reaches_of(**log, request, topics);
  if (!reaches) return fail("tail", reaches.error());
  std::signal(SIGINT, [](int) { interrupted = 1; });
  std::signal(SIGTERM, [](int) { interrupted = 1; });
  do {
    const auto printed = pass(**log, request, *filters, *reaches);
    if (!printed) return fail("tail", printed.error());
    if (request.follow && !*printed) (*log)->wait_for_append(std::chrono::milliseconds(250));
  } while (request.follow && interrupted == 0 && std::ferror(stdout) == 0);
  return kOk;
}

}  // namespace gouji::command
