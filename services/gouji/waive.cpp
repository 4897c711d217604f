// gouji waive add|list|remove: a person's word that an anomaly is known and accepted, on
// gouji.value.v1, in the partition of its organ.
#include <algorithm>
#include <cstdio>

#include <fmt/format.h>

#include "common/eventlog/topics.h"
#include "common/events/codec.h"
#include "common/runtime/system_clock.h"
#include "services/gouji/commands.h"
#include "services/gouji/exit_codes.h"
#include "services/gouji/json_writer.h"
#include "services/gouji/log_access.h"
#include "services/gouji/report_words.h"
#include "services/gouji/waivers_file.h"
#include "services/validator/core/judge.h"

namespace gouji::command {
namespace {

// A value of a compacted topic and the partition that it stands in.
template <class Value>
struct Placed {
  std::int32_t partition = 0;
  Value value;
};
template <class Value>
using PlacedValues = std::map<std::string, Placed<Value>>;  // by key

template <class Value>
Result<PlacedValues<Value>> read_placed(eventlog::EventLog& log, std::string_view topic, Result<Value> (*decode)(const Record&)) {
  PlacedValues<Value> values;
  GOUJI_TRY(read_topic(log, topic, [&](const eventlog::StoredRecord& stored) -> Result<void> {
    const std::string key = stored.record.key.value_or("");
    if (!stored.record.value) {
      values.erase(key);
      return ok();
    }
    GOUJI_ASSIGN(Value value, decode(stored.record));
    values.insert_or_assign(key, Placed<Value>{stored.at.partition, std::move(value)});
    return ok();
  }));
  return values;
}

Result<PlacedValues<Anomaly>> open_anomalies(eventlog::EventLog& log) {
  return read_placed<Anomaly>(log, eventlog::kAnomalyCurrentTopic, events::decode_anomaly);
}

Result<PlacedValues<Waiver>> all_waivers(eventlog::EventLog& log) {
  return read_placed<Waiver>(log, eventlog::kWaiverTopic, events::decode_waiver);
}

bool is_chosen(const Anomaly& anomaly, const WaiveRequest& request) {
  if (!request.id.empty()) return anomaly.id.starts_with(request.id);
  const bool has_finding = std::any_of(anomaly.findings.begin(), anomaly.findings.end(), [&](const Finding& finding) {
    return finding.rule == request.rule && (request.instance.empty() || finding.instance == request.instance);
  });
  return has_finding && (request.organ.empty() || anomaly.key.organ_id == request.organ || anomaly.organ_name == request.organ) &&
         (!request.year || anomaly.key.year == *request.year) &&
         (request.scope.empty() || to_string(anomaly.key.scope) == request.scope);
}

Error bad(std::string message) { return fatal(ErrorCode::kBadArgument, std::move(message)); }

// Every mistake of the command line at once.
Result<UnixMillis> check_add(const WaiveRequest& request) {
  std::vector<std::string> mistakes;
  if (request.id.empty() == request.rule.empty()) mistakes.emplace_back("请写异常编号或 --rule / name an anomaly id or --rule, and not both");
  if (!request.rule.empty() && request.organ.empty()) mistakes.emplace_back("--rule 须与 --organ 并用 / --rule needs --organ");
  if (request.reason.empty()) mistakes.emplace_back("缺 --reason（理由）/ --reason is missing");
  if (request.author.empty()) mistakes.emplace_back("缺 --author（何人）/ --author is missing");
  if (request.reason.size() + request.author.size() > validator::kWaiverBytesMax)
    mistakes.push_back(fmt::format("--reason 与 --author 合计不超过 {} 字节 / together at most {} bytes", validator::kWaiverBytesMax, validator::kWaiverBytesMax));
  UnixMillis until = 0;
  if (!request.until.empty()) {
    const auto day = day_from(request.until);
    if (day) until = *day;
    else mistakes.push_back("--until " + day.error().message);
  }
  if (mistakes.empty()) return until;
  return bad(fmt::format("{}", fmt::join(mistakes, "\n  ")));
}

Result<void> append(eventlog::EventLog& log, std::vector<eventlog::Outgoing> records) {
  GOUJI_ASSIGN(const auto appender, log.open_appender());
  return appender->append(records);
}

Result<void> add(eventlog::EventLog& log, const WaiveRequest& request) {
  GOUJI_ASSIGN(const UnixMillis until, check_add(request));
  GOUJI_ASSIGN(const PlacedValues<Anomaly> open, open_anomalies(log));
  const UnixMillis now = runtime::SystemClock().unix_millis();
  std::vector<eventlog::Outgoing> records;
  for (const auto& [id, placed] : open) {
    if (!is_chosen(placed.value, request)) continue;
    const Waiver waiver{id, placed.value.key, request.reason, request.author, now, until, placed.value.cells_digest};
    records.push_back({std::string(eventlog::kWaiverTopic), placed.partition, events::encode(waiver)});
  }
  if (records.empty()) return fatal(ErrorCode::kNotFound, "没有这样的未结异常 / no open anomaly of that kind");
  if (!request.id.empty() && records.size() > 1)
    return bad(fmt::format("{}：符合 {} 项，请多写几位 / {} anomalies match, write more of it", request.id, records.size(), records.size()));
  for (const eventlog::Outgoing& record : records)
    fmt::print("{}\n", fmt::format(fmt::runtime(in(request.language, "已豁免 {}", "waived {}")), record.record.key.value_or("")));
  return append(log, std::move(records));
}

Result<void> remove(eventlog::EventLog& log, const WaiveRequest& request) {
  if (request.id.empty()) return bad("请写异常编号 / name an anomaly id");
  GOUJI_ASSIGN(const auto waivers, all_waivers(log));
  std::vector<eventlog::Outgoing> records;
  for (const auto& [id, placed] : waivers)
    if (id.starts_with(request.id))
      records.push_back({std::string(eventlog::kWaiverTopic), placed.partition,
                         events::waiver_tombstone(id, placed.value.key, runtime::SystemClock().unix_millis())});
  if (records.empty()) return fatal(ErrorCode::kNotFound, fmt::format("{}：没有这项豁免 / there is no such waiver", request.id));
  if (records.size() > 1)
    return bad(fmt::format("{}：符合 {} 项，请多写几位 / {} waivers match, write more of it", request.id, records.size(), records.size()));
  fmt::print("{}\n", fmt::format(fmt::runtime(in(request.language, "已取消豁免 {}", "no longer waived: {}")), records[0].record.key.value_or("")));
  return append(log, std::move(records));
}

std::string state_of(const Waiver& waiver, const PlacedValues<Anomaly>& open, UnixMillis now, Language language) {
  const auto found = open.find(waiver.anomaly_id);
  if (found == open.end()) return std::string(in(language, "异常已不存在", "anomaly is gone"));
  if (found->second.value.cells_digest != waiver.cells_digest) return std::string(in(language, "数值已变，异常重开", "figures changed, open again"));
  if (waiver.expires_at != 0 && now >= waiver.expires_at) return std::string(in(language, "已过期", "expired"));
  return std::string(in(language, "有效", "in force"));
}

// A line of JSON is a line for `gouji check --waivers`.
std::string json_line(const Waiver& waiver) {
  JsonWriter json;
  json.begin_object().key("id").text(waiver.anomaly_id).key("values").text(waiver.cells_digest);
  json.key("reason").text(waiver.reason).key("author").text(waiver.author);
  if (waiver.expires_at != 0) json.key("expires").text(day_text(waiver.expires_at));
  return json.end_object().str() + "\n";
}

Result<void> list(eventlog::EventLog& log, const WaiveRequest& request) {
  GOUJI_ASSIGN(const auto waivers, all_waivers(log));
  GOUJI_ASSIGN(const PlacedValues<Anomaly> open, open_anomalies(log));
  const UnixMillis now = runtime::SystemClock().unix_millis();
  for (const auto& [id, placed] : waivers) {
    const Waiver& waiver = placed.value;
    if (request.format == "json") {
      fmt::print("{}", json_line(waiver));
      continue;
    }
    const std::string until = waiver.expires_at == 0 ? std::string(in(request.language, "长期", "no end")) : day_text(waiver.expires_at);
    fmt::print("{}  {}  {}  {}  {}  {}\n    {}\n", id.substr(0, 12), to_string(waiver.key), waiver.author, day_text(waiver.created_at),
               until, state_of(waiver, open, now, request.language), waiver.reason);
  }
  return ok();
}

}  // namespace

int waive(const WaiveRequest& request) {
  const bool reads_only = request.action == "list";
  auto log = open_log(request.where, reads_only ? eventlog::LocalMode::kReader : eventlog::LocalMode::kAppend);
  if (!log) return fail("waive", log.error());
  const auto done = request.action == "add" ? add(**log, request) : reads_only ? list(**log, request) : remove(**log, request);
  return done ? kOk : fail("waive", done.error());
}

}  // namespace gouji::command
