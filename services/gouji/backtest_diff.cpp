#include "services/gouji/backtest_diff.h"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>
#include <simdjson.h>

namespace gouji::command {
namespace {

using simdjson::dom::element;

bool is_same(const Explanation& a, const Explanation& b) {
  return std::equal(a.changes.begin(), a.changes.end(), b.changes.begin(), b.changes.end(), [](const Change& x, const Change& y) {
    return std::tie(x.cell, x.proposed) == std::tie(y.cell, y.proposed);
  });
}

bool is_same(const Anomaly& a, const Anomaly& b) {
  return std::tie(a.severity, a.fault, a.findings, a.unique) == std::tie(b.severity, b.fault, b.findings, b.unique) &&
         std::equal(a.explanations.begin(), a.explanations.end(), b.explanations.begin(), b.explanations.end(),
                    [](const Explanation& x, const Explanation& y) { return is_same(x, y); });
}

std::string leading_rule(const Anomaly& anomaly) { return anomaly.findings.empty() ? "" : anomaly.findings.front().rule; }

// The functions below throw simdjson_error where a field is missing or of another type.
std::string text_of(const element& value, const char* name) { return std::string(value[name].get_string().value()); }

Fault fault_of(std::string_view name) {
  for (const Fault fault : {Fault::kPublisher, Fault::kExtraction, Fault::kForm})
    if (to_string(fault) == name) return fault;
  return Fault::kUndecided;
}

Explanation explanation_of(const element& value) {
  Explanation explanation;
  for (const element change : value["changes"].get_array())
    explanation.changes.push_back({text_of(change, "cell"), {}, change["proposed"].get_int64().value()});
  return explanation;
}

Anomaly anomaly_of(const element& value) {
  Anomaly anomaly;
  anomaly.id = text_of(value, "id");
  anomaly.severity = severity_from(text_of(value, "severity")).value_or(Severity::kError);
  anomaly.fault = fault_of(text_of(value, "fault"));
  anomaly.unique = value["unique"].get_bool().value();
  for (const element finding : value["findings"].get_array())
    anomaly.findings.push_back({text_of(finding, "rule"), text_of(finding, "instance")});
  for (const element explanation : value["explanations"].get_array()) anomaly.explanations.push_back(explanation_of(explanation));
  anomaly.message_zh = text_of(value["message"], "zh");
  anomaly.message_en = text_of(value["message"], "en");
  return anomaly;
}

void add_line(const element& line, OpenAnomalies& out) {
  for (const element value : line["anomalies"].get_array()) {
    Anomaly anomaly = anomaly_of(value);
    const element report = line["report"];
    if (report["organ"].is_string()) anomaly.organ_name = text_of(report, "organ");
    if (report["year"].is_int64()) anomaly.key.year = static_cast<std::int32_t>(report["year"].get_int64().value());
    out.insert_or_assign(anomaly.id, std::move(anomaly));
  }
}

}  // namespace

std::string_view to_string(DifferenceKind kind) {
  switch (kind) {
    case DifferenceKind::kAdded: return "added";
    case DifferenceKind::kChanged: return "changed";
    case DifferenceKind::kRemoved: return "removed";
  }
  return {};
}

std::vector<Difference> differences(const OpenAnomalies& before, const OpenAnomalies& after) {
  std::vector<Difference> out;
  for (const auto& [id, anomaly] : before)
    if (!after.contains(id)) out.push_back({DifferenceKind::kRemoved, anomaly, {}});
  for (const auto& [id, anomaly] : after) {
    const auto known = before.find(id);
    if (known == before.end())
      out.push_back({DifferenceKind::kAdded, {}, anomaly});
    else if (!is_same(known->second, anomaly))
      out.push_back({DifferenceKind::kChanged, known->second, anomaly});
  }
  std::stable_sort(out.begin(), out.end(), [](const Difference& a, const Difference& b) {
    return std::make_tuple(a.kind, leading_rule(a.shown())) < std::make_tuple(b.kind, leading_rule(b.shown()));
  });
  return out;
}

std::map<std::string, RuleCounts> count_by_rule(const OpenAnomalies& before, const OpenAnomalies& after,
                                                const std::vector<Difference>& found) {
  std::map<std::string, RuleCounts> counts;
  for (const auto& [id, anomaly] : before) ++counts[leading_rule(anomaly)].before;
  for (const auto& [id, anomaly] : after) ++counts[leading_rule(anomaly)].after;
  for (const Difference& difference : found) {
    RuleCounts& rule = counts[leading_rule(difference.shown())];
    if (difference.kind == DifferenceKind::kAdded) ++rule.added;
    if (difference.kind == DifferenceKind::kChanged) ++rule.changed;
    if (difference.kind == DifferenceKind::kRemoved) ++rule.removed;
  }
  return counts;
}

void count_transition(std::map<std::string, RuleCounts>& counts, const Anomaly& transition) {
  RuleCounts& rule = counts[leading_rule(transition)];
  if (transition.transition == Transition::kOpened) ++rule.opened;
  if (transition.transition == Transition::kResolved) ++rule.resolved;
  if (transition.transition == Transition::kRetracted) ++rule.retracted;
}

Result<OpenAnomalies> anomalies_of_check_json(std::string_view lines) {
  OpenAnomalies out;
  simdjson::dom::parser parser;
  std::size_t number = 0;
  while (!lines.empty()) {
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    const std::string_view line = lines.substr(0, end);
    lines.remove_prefix(std::min(end + 1, lines.size()));
    ++number;
    if (line.empty()) continue;
    try {
      add_line(parser.parse(line.data(), line.size()), out);
    } catch (const simdjson::simdjson_error& error) {
      return fatal(ErrorCode::kBadArgument, fmt::format("第 {} 行不是 gouji check --format json 的输出 / line {} is not what gouji check "
                                                        "--format json writes: {}", number, number, error.what()));
    }
  }
  return out;
}

}  // namespace gouji::command
