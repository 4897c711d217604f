#include "services/gouji/tail_format.h"

#include <fmt/format.h>

#include "common/core/digest.h"
#include "common/events/codec.h"
#include "services/gouji/json_writer.h"

namespace gouji::command {
namespace {

using eventlog::StoredRecord;

std::optional<std::string> field_of(const StoredRecord& record, const std::string& name) {
  if (name == "key") return record.record.key;
  if (name == "partition") return std::to_string(record.at.partition);
  if (name == "topic") return record.at.topic;
  for (auto it = record.record.headers.rbegin(); it != record.record.headers.rend(); ++it)
    if (it->name == name) return it->value;
  return std::nullopt;
}

bool matches_value(const std::string& pattern, const std::string& value) {
  if (pattern.ends_with('*')) return value.starts_with(std::string_view(pattern).substr(0, pattern.size() - 1));
  return pattern == value;
}

std::string json_line(const StoredRecord& record, const std::string& value) {
  JsonWriter json;
  json.begin_object().key("topic").text(record.at.topic).key("partition").number(record.at.partition);
  json.key("offset").number(record.offset).key("key");
  if (record.record.key)
    json.text(*record.record.key);
  else
    json.null();
  json.key("time").text(events::to_rfc3339(record.record.timestamp)).key("headers").begin_object();
  for (const Header& header : record.record.headers) {
    json.key(header.name);
    if (header.value)
      json.text(*header.value);
    else
      json.null();
  }
  return json.end_object().key("value").raw(value).end_object().str() + "\n";
}

std::string anomaly_line(const Anomaly& anomaly) {
  return fmt::format("{:<9} {:<7} {}  {}  {}", to_string(anomaly.transition), to_string(anomaly.severity),
                     anomaly.id.substr(0, 12), to_string(anomaly.key), anomaly.message_zh);
}

std::string verdict_line(const Verdict& verdict) {
  std::size_t failed = 0, passed = 0;
  for (const RuleResult& result : verdict.results) {
    failed += result.status == RuleStatus::kFailed ? 1 : 0;
    passed += result.status == RuleStatus::kPassed ? 1 : 0;
  }
  return fmt::format("verdict   {}  {}  version {}.{}: {} passed, {} failed, {} anomalies open{}", to_string(verdict.key),
                     verdict.organ_name, verdict.version, verdict.evaluation, passed, failed, verdict.anomalies_open,
                     verdict.withdrawn ? ", withdrawn" : "");
}

std::string text_line(const StoredRecord& record) {
  const std::string type = events::read_envelope(record.record).type;
  std::string what = fmt::format("{} {}", type, record.record.key.value_or("(no key)"));
  if (!record.record.value) {
    what = fmt::format("tombstone {}", record.record.key.value_or("(no key)"));
  } else if (type.starts_with(events::kAnomalyTypePrefix)) {
    if (const auto anomaly = events::decode_anomaly(record.record)) what = anomaly_line(*anomaly);
  } else if (type == events::kVerdictType) {
    if (const auto verdict = events::decode_verdict(record.record)) what = verdict_line(*verdict);
  }
  return fmt::format("{} {}/{}@{}  {}\n", events::to_rfc3339(record.record.timestamp), record.at.topic,
                     record.at.partition, record.offset, what);
}

std::string raw_frame(const StoredRecord& record) {
  const std::string value = record.record.value.value_or(std::string());
  std::string frame;
  for (int shift = 0; shift < 32; shift += 8) frame.push_back(static_cast<char>((value.size() >> shift) & 0xFF));
  return frame + value;
}

}  // namespace

Result<std::vector<RecordFilter>> parse_filters(const std::vector<std::string>& texts) {
  std::vector<RecordFilter> filters;
  for (const std::string& text : texts) {
    const std::size_t equals = text.find('=');
    if (equals == 0 || equals == std::string::npos)
      return fatal(ErrorCode::kBadArgument,
                   fmt::format("--filter {}: NAME=VALUE is expected, for example ce_type=gouji.anomaly.opened.v1", text));
    filters.push_back({text.substr(0, equals), text.substr(equals + 1)});
  }
  return filters;
}

bool matches(const StoredRecord& record, const std::vector<RecordFilter>& filters) {
  for (const RecordFilter& filter : filters) {
    const auto value = field_of(record, filter.name);
    if (!value || !matches_value(filter.value, *value)) return false;
  }
  return true;
}

Result<std::string> format_record(const StoredRecord& record, const std::string& format) {
  if (format == "raw") return raw_frame(record);
  if (format == "text") return text_line(record);
  auto value = events::value_json(record.at.topic, record.record);
  // A value that is not ours (a dead letter of broken bytes, say) is shown as hex, not left out.
  if (!value) return json_line(record, JsonWriter().text("hex:" + to_hex(record.record.value.value_or(""))).str());
  return json_line(record, *value);
}

}  // namespace gouji::command
