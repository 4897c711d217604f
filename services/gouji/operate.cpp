// Commands for whoever runs a log: status, topics, log.
#include <cstdio>
#include <map>

#include <fmt/format.h>

#include "common/eventlog/local/local_log.h"
#include "common/eventlog/topics.h"
#include "common/events/codec.h"
#include "common/host/stage_service.h"
#include "common/runtime/system_clock.h"
#include "services/gouji/commands.h"
#include "services/gouji/exit_codes.h"
#include "services/gouji/io/argument_file.h"
#include "services/gouji/json_writer.h"
#include "services/gouji/log_access.h"
#include "services/gouji/log_copy.h"

namespace gouji::command {
namespace {

using eventlog::EventLog;
using eventlog::TopicSpec;

struct Lag {
  std::string group;
  std::string topic;
  std::int64_t behind = 0;  // see lag_of
};

// The groups and what they read. A group that has committed nothing yet is behind by everything.
constexpr std::pair<std::string_view, std::string_view> kReaders[] = {{"gouji-parser", eventlog::kRawTopic},
                                                                      {"gouji-validator", eventlog::kParsedTopic}};

Result<std::vector<Lag>> lags_of(EventLog& log) {
  std::vector<Lag> lags;
  for (const auto& [group, topic] : kReaders) {
    GOUJI_ASSIGN(const std::int64_t behind, lag_of(log, group, topic));
    lags.push_back({std::string(group), std::string(topic), behind});
  }
  return lags;
}

Result<std::map<std::string, std::int64_t>> dead_letters_of(EventLog& log) {
  std::map<std::string, std::int64_t> classes{{"poison", 0}, {"not_a_report", 0}};
  for (const auto& [group, topic] : kReaders)
    GOUJI_TRY(read_topic(log, eventlog::dead_letter_topic(topic, group),
                         [&](const eventlog::StoredRecord& record) -> Result<void> {
                           const auto name = eventlog::find_header(record.record, "dlq_class");
                           ++classes[std::string(name.value_or("poison"))];
                           return ok();
                         }));
  return classes;
}

Result<std::vector<SourceHealth>> sources_of(EventLog& log) {
  GOUJI_ASSIGN(const auto current, read_current(log, eventlog::kSourceHealthTopic));
  std::vector<SourceHealth> sources;
  for (const auto& [id, record] : current) {
    GOUJI_ASSIGN(SourceHealth health, events::decode_source_health(record));
    sources.push_back(std::move(health));
  }
  return sources;
}

std::string_view state_word(SourceState state) {
  switch (state) {
    case SourceState::kActive: return "active";
    case SourceState::kDegraded: return "degraded";
    case SourceState::kBlocked: return "blocked";
  }
  return {};
}

std::vector<Expectation> overdue_of(const SourceHealth& source) {
  std::vector<Expectation> overdue;
  for (const Expectation& expectation : source.expectations)
    if (expectation.state == ExpectationState::kOverdue) overdue.push_back(expectation);
  return overdue;
}

struct Status {
  std::vector<Lag> lags;
  std::map<std::string, std::int64_t> dead_letters;
  std::vector<SourceHealth> sources;
  std::size_t reports = 0;
  std::size_t anomalies = 0;
};

Result<Status> status_of_log(EventLog& log) {
  Status status;
  GOUJI_ASSIGN(status.lags, lags_of(log));
  GOUJI_ASSIGN(status.dead_letters, dead_letters_of(log));
  GOUJI_ASSIGN(status.sources, sources_of(log));
  GOUJI_ASSIGN(const auto reports, read_current(log, eventlog::kReportCurrentTopic));
  GOUJI_ASSIGN(const auto anomalies, read_current(log, eventlog::kAnomalyCurrentTopic));
  status.reports = reports.size();
  const UnixMillis now = runtime::SystemClock().unix_millis();
  for (const auto& [id, record] : anomalies) {
    const auto anomaly = events::decode_anomaly(record);
    status.anomalies += anomaly && anomaly->is_waived(now) ? 0 : 1;
  }
  return status;
}

std::string status_json(const Status& status) {
  JsonWriter json;
  json.begin_object().key("reports").number(static_cast<std::int64_t>(status.reports));
  json.key("anomalies_open").number(static_cast<std::int64_t>(status.anomalies)).key("lag").begin_array();
  for (const Lag& lag : status.lags)
    json.begin_object().key("group").text(lag.group).key("topic").text(lag.topic).key("records").number(lag.behind).end_object();
  json.end_array().key("dead_letters").begin_object();
  for (const auto& [name, count] : status.dead_letters) json.key(name).number(count);
  json.end_object().key("sources").begin_array();
  for (const SourceHealth& source : status.sources) {
    json.begin_object().key("id").text(source.source_id).key("address").text(source.address);
    json.key("state").text(state_word(source.state)).key("reason").text(source.reason).key("message").text(source.message);
    json.key("documents").number(source.documents).key("failures").number(source.failures).key("last_success");
    if (source.last_success_at == 0)
      json.null();
    else
      json.text(events::to_rfc3339(source.last_success_at));
    json.key("overdue").begin_array();
    for (const Expectation& report : overdue_of(source)) json.begin_object().key("organ").text(report.organ).key("year").number(report.year).end_object();
    json.end_array().end_object();
  }
  return json.end_array().end_object().str() + "\n";
}

void print_status(const Status& status) {
  fmt::print("报告 reports           {}\n未结异常 open anomalies {}\n", status.reports, status.anomalies);
  for (const Lag& lag : status.lags) fmt::print("{:<16} {:<24} 落后 lag {}\n", lag.group, lag.topic, lag.behind);
  for (const auto& [name, count] : status.dead_letters) fmt::print("死信 dead letters {:<13} {}\n", name, count);
  for (const SourceHealth& source : status.sources) {
    fmt::print("来源 source {}  {}  {} {}\n", source.address, state_word(source.state), source.reason, source.message);
    for (const Expectation& report : overdue_of(source)) fmt::print("逾期 overdue {} {}  {}\n", report.organ, report.year, source.address);
  }
}

constexpr std::size_t kTopicsBytesMax = 1024 * 1024;

Result<std::vector<TopicSpec>> wanted_topics(const std::string& path) {
  if (path.empty()) return eventlog::default_topics();
  GOUJI_ASSIGN(const std::string text, read_argument(path, kTopicsBytesMax));
  auto parsed = eventlog::parse_topics(text);
  if (!parsed) return with_context(path, std::move(parsed).error());
  return parsed;
}

Result<int> list_topics(EventLog& log) {
  GOUJI_ASSIGN(const auto actual, log.topics());
  for (const TopicSpec& topic : actual)
    fmt::print("{:<48} partitions {:<3} {:<8} retention {}\n", topic.name, topic.partitions,
               topic.compacted ? "compact" : "delete",
               topic.retention_ms < 0 ? std::string("for ever") : fmt::format("{} d", topic.retention_ms / 86'400'000));
  return kOk;
}

// With fewer copies no more of them can be asked for in sync.
TopicSpec with_replication(TopicSpec topic, std::int32_t replication) {
  if (replication == 0) return topic;
  topic.replication = replication;
  if (replication == 1) topic.config.insert_or_assign("min.insync.replicas", std::string("1"));
  return topic;
}

Result<int> apply_topics(EventLog& log, const std::vector<TopicSpec>& wanted, std::int32_t replication) {
  GOUJI_ASSIGN(const auto actual, log.topics());
  for (const TopicSpec& topic : wanted) {
    bool is_there = false;
    for (const TopicSpec& other : actual) is_there |= other.name == topic.name;
    if (is_there) continue;
    if (auto created = log.create_topic(with_replication(topic, replication)); !created) {
      if (created.error().message.find("replication") != std::string::npos)
        created.error().message += "; broker 少于副本数时用 --replication 1 / where there are fewer brokers than copies: --replication 1";
      return created.error();
    }
    fmt::print("{} 已建立 / created\n", topic.name);
  }
  return kOk;
}

Result<int> topics_action(const TopicsRequest& request) {
  GOUJI_ASSIGN(const auto wanted, wanted_topics(request.file));
  const bool writes = request.action == "apply";
  GOUJI_ASSIGN(const auto log, open_log(request.where, writes ? eventlog::LocalMode::kOwner : eventlog::LocalMode::kReader));
  if (request.action == "list") return list_topics(*log);
  if (writes) GOUJI_TRY(apply_topics(*log, wanted, request.replication));
  GOUJI_TRY(host::check_topics(*log, wanted));
  fmt::print("主题齐全，设置相符 / topics are as they must be\n");
  return kOk;
}

void print_stat(const std::string& path, const eventlog::LocalLogStat& stat) {
  fmt::print("{}  格式 format {}  {} 字节 bytes  wal {}  空闲 free {}\n", path, stat.format_version, stat.file_bytes,
             stat.wal_bytes, stat.free_bytes);
  for (const eventlog::PartitionStat& partition : stat.partitions)
    if (partition.records > 0)
      fmt::print("{:<44} {:<3} {}..{}  {} 条 records\n", partition.at.topic, partition.at.partition, partition.begin,
                 partition.end, partition.records);
  for (const eventlog::CommittedOffset& offset : stat.offsets)
    fmt::print("{:<44} {:<3} {} @{}\n", offset.at.topic, offset.at.partition, offset.group, offset.offset);
}

// All that retention and compaction let go, now; the owner does it bit by bit while it runs.
Result<int> compact_log(const LogRequest& request) {
  // An owner would make a log where there is none.
  GOUJI_TRY(open_log(request.where, eventlog::LocalMode::kReader));
  GOUJI_ASSIGN(const auto log, open_log(request.where, eventlog::LocalMode::kOwner));
  const runtime::SystemClock clock;
  eventlog::MaintenanceReport sum;
  for (sum.is_done = false; !sum.is_done;) {
    GOUJI_ASSIGN(const eventlog::MaintenanceReport round, eventlog::maintain_local_log(*log, clock.unix_millis(), {1000}));
    sum.expired_records += round.expired_records;
    sum.compacted_records += round.compacted_records;
    sum.expired_tombstones += round.expired_tombstones;
    sum.is_done = round.is_done;
  }
  fmt::print("过期 expired {}，压实 compacted {}，删除标记 tombstones {}\n", sum.expired_records, sum.compacted_records, sum.expired_tombstones);
  return kOk;
}

Result<int> log_action(const LogRequest& request) {
  if (request.action == "copy") return copy_log({request.where, request.to, request.blobs_to});
  if (request.action == "compare") return compare_logs(request.where, request.to);
  GOUJI_ASSIGN(const auto address, eventlog::parse_log_address(log_text(request.where)));
  if (address.is_kafka)
    return fatal(ErrorCode::kBadArgument, "gouji log 只用于本地日志 / works on a local log; Kafka has tools of its own");
  if (request.action == "stat") {
    GOUJI_ASSIGN(const eventlog::LocalLogStat stat, eventlog::stat_local_log(address.path));
    print_stat(address.path, stat);
    return kOk;
  }
  if (request.action == "compact") return compact_log(request);
  GOUJI_ASSIGN(const eventlog::LocalLogVerdict verdict, eventlog::verify_local_log(address.path));
  for (const std::string& problem : verdict.problems) fmt::print("{}\n", problem);
  fmt::print("{}：{}（{} 条记录 / records checked）\n", address.path,
             verdict.problems.empty() ? "完好 / sound" : "已损坏 / damaged", verdict.records_checked);
  return verdict.problems.empty() ? kOk : kFindings;
}

int result_code(std::string_view command, const Result<int>& result) {
  return result ? *result : fail(command, result.error());
}

}  // namespace

int status(const StatusRequest& request) {
  auto log = open_log(request.where, eventlog::LocalMode::kReader);
  if (!log) return fail("status", log.error());
  const auto status = status_of_log(**log);
  if (!status) return fail("status", status.error());
  if (request.format == "json")
    fmt::print("{}", status_json(*status));
  else
    print_status(*status);
  return kOk;
}

int topics(const TopicsRequest& request) {
  const Result<int> result = topics_action(request);
  // Topics that are not as they must be are the finding of `topics check`, not a log out of reach.
  if (!result && result.error().code == ErrorCode::kTopicMismatch) {
    fmt::print(stderr, "{}\n", result.error().message);
    return kFindings;
  }
  return result_code("topics", result);
}

int log(const LogRequest& request) { return result_code("log", log_action(request)); }

}  // namespace gouji::command
