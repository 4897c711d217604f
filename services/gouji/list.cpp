#include <algorithm>
#include <cstdio>
#include <map>

#include <fmt/format.h>

#include "common/eventlog/topics.h"
#include "common/events/codec.h"
#include "common/runtime/system_clock.h"
#include "services/gouji/commands.h"
#include "services/gouji/exit_codes.h"
#include "services/gouji/json_writer.h"
#include "services/gouji/log_access.h"
#include "services/gouji/report_words.h"
#include "services/validator/core/messages.h"

namespace gouji::command {
namespace {

bool has_rule(const Anomaly& anomaly, const std::string& rule) {
  return std::any_of(anomaly.findings.begin(), anomaly.findings.end(),
                     [&](const Finding& finding) { return finding.rule == rule; });
}

bool is_wanted(const Anomaly& anomaly, const ListRequest& request, UnixMillis now) {
  return anomaly.is_waived(now) == request.waived && (request.fault.empty() || to_string(anomaly.fault) == request.fault) &&
         (request.organ.empty() || anomaly.organ_name.find(request.organ) != std::string::npos ||
          anomaly.key.organ_id.find(request.organ) != std::string::npos) &&
         (!request.year || anomaly.key.year == *request.year) &&
         (request.division.empty() || anomaly.key.organ_id.starts_with(request.division) ||
          anomaly.key.organ_id.starts_with("name:" + request.division)) &&
         (request.rule.empty() || has_rule(anomaly, request.rule)) &&
         (request.severity.empty() || to_string(anomaly.severity) == request.severity);
}

std::string csv_field(std::string text) {
  // A cell that a spreadsheet would take for a formula is marked as text.
  if (!text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos) text.insert(0, 1, '\'');
  if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted.push_back('"');
    quoted.push_back(c);
  }
  return quoted + "\"";
}

std::string rules_of(const Anomaly& anomaly) {
  std::vector<std::string> rules;
  for (const Finding& finding : anomaly.findings)
    if (rules.empty() || rules.back() != finding.rule) rules.push_back(finding.rule);
  return fmt::format("{}", fmt::join(rules, " "));
}

std::string csv_line(const Anomaly& anomaly) {
  return fmt::format("{},{},{},{},{},{},{},{},{}\n", anomaly.id, csv_field(anomaly.key.organ_id),
                     csv_field(anomaly.organ_name), anomaly.key.year, to_string(anomaly.key.scope),
                     to_string(anomaly.severity), to_string(anomaly.fault), rules_of(anomaly),
                     csv_field(anomaly.message_zh));
}

std::string text_line(const Anomaly& anomaly, Language language) {
  const std::string waiver = !anomaly.waiver ? ""
                             : fmt::format(fmt::runtime(in(language, "    豁免：{}（{}）\n", "    waived: {} ({})\n")),
                                           anomaly.waiver->reason, anomaly.waiver->author);
  return fmt::format("{}  {:<6}  {} {} {}  {}\n    {}\n{}", anomaly.id.substr(0, 12),
                     severity_word(anomaly.severity, language), anomaly.organ_name, anomaly.key.year,
                     to_string(anomaly.key.scope), rules_of(anomaly),
                     in(language, anomaly.message_zh, anomaly.message_en), waiver);
}

std::string cell_words(const std::string& cell, Language language) {
  return validator::cell_wording(cell, language == Language::kChinese ? validator::Language::kChinese : validator::Language::kEnglish);
}

std::string value_words(const Cell& cell, Language language) {
  return cell.is_number() ? std::to_string(cell.value) : std::string(state_word(cell.state, language));
}

Result<std::vector<std::pair<Anomaly, Record>>> open_anomalies(eventlog::EventLog& log) {
  GOUJI_ASSIGN(const auto current, read_current(log, eventlog::kAnomalyCurrentTopic));
  std::vector<std::pair<Anomaly, Record>> anomalies;
  for (const auto& [key, record] : current) {
    GOUJI_ASSIGN(Anomaly anomaly, events::decode_anomaly(record));
    anomalies.emplace_back(std::move(anomaly), record);
  }
  std::sort(anomalies.begin(), anomalies.end(), [](const auto& a, const auto& b) {
    return std::tie(a.first.key, a.first.findings, a.first.id) < std::tie(b.first.key, b.first.findings, b.first.id);
  });
  return anomalies;
}

std::string line_of(const Anomaly& anomaly, const Record& record, const ListRequest& request) {
  if (request.format == "csv") return csv_line(anomaly);
  if (request.format == "json")
    return events::value_json(eventlog::kAnomalyCurrentTopic, record).value_or(std::string("null")) + "\n";
  return text_line(anomaly, request.language);
}

// The newest verdict of a report, and its open anomalies.
std::string report_text(const Verdict& verdict, const std::vector<std::pair<Anomaly, Record>>& anomalies, Language language) {
  const auto count = [&](RuleStatus status) {
    return std::count_if(verdict.results.begin(), verdict.results.end(), [&](const RuleResult& result) { return result.status == status; });
  };
  std::string out = fmt::format("{}  {}\n    ", to_string(verdict.key), verdict.organ_name);
  out += fmt::format(fmt::runtime(in(language, "第 {} 版，第 {} 次评定，规则集 {}{}\n", "version {}, evaluation {}, rule set {}{}\n")), verdict.version,
                     verdict.evaluation, verdict.rule_set, verdict.withdrawn ? in(language, "，已撤下", ", withdrawn") : "");
  out += fmt::format(fmt::runtime(in(language, "    核对通过 {} 项，未通过 {} 项，未能核对 {} 项\n", "    {} checks passed, {} failed, {} could not be made\n")),
                     count(RuleStatus::kPassed), count(RuleStatus::kFailed), count(RuleStatus::kNotApplicable));
  for (const TableReading& table : verdict.tables)
    out += fmt::format("    {} {}\n", table_word(table.table, language), status_word(table.status, language));
  for (const CellChange& change : verdict.changed_cells)
    out += fmt::format(fmt::runtime(in(language, "    改动：{} {} → {}\n", "    changed: {} {} → {}\n")), cell_words(change.cell, language),
                       value_words(change.before, language), value_words(change.after, language));
  out += fmt::format("    {}  raw_digest {}  {}\n", verdict.evidence.url, verdict.evidence.raw_digest, events::to_rfc3339(verdict.evidence.fetched_at));
  for (const auto& [anomaly, record] : anomalies)
    if (anomaly.key == verdict.key) out += text_line(anomaly, language);
  return out;
}

std::string anomaly_text(const Anomaly& anomaly, Language language) {
  std::string out = text_line(anomaly, language);
  for (const Explanation& explanation : anomaly.explanations) {
    std::vector<std::string> changes;
    for (const Change& change : explanation.changes)
      changes.push_back(fmt::format("{} {} → {}", cell_words(change.cell, language), value_words(change.reported, language), change.proposed));
    const std::string_view mechanism = mechanism_word(explanation.mechanism, language);
    out += fmt::format("    {}{}\n", fmt::join(changes, in(language, "；", "; ")),
                       mechanism.empty() ? std::string() : fmt::format(fmt::runtime(in(language, "（{}）", " ({})")), mechanism));
  }
  return out + fmt::format("    {}  raw_digest {}  {}\n", anomaly.evidence.url, anomaly.evidence.raw_digest,
                           events::to_rfc3339(anomaly.evidence.fetched_at));
}

// An anomaly that is no longer open: what was told of it last.
int show_closed(eventlog::EventLog& log, const ShowRequest& request) {
  std::map<std::string, Record> last;  // by id, of those that begin as asked
  const auto read = read_topic(log, eventlog::kAnomalyTopic, [&](const eventlog::StoredRecord& record) -> Result<void> {
    const auto anomaly = events::decode_anomaly(record.record);
    if (anomaly && anomaly->id.starts_with(request.id)) last.insert_or_assign(anomaly->id, record.record);
    return ok();
  });
  if (!read) return fail("show", read.error());
  if (last.size() != 1)
    return fail("show", fatal(ErrorCode::kNotFound, fmt::format("{}：没有这样的异常或报告，gouji list 列出未结异常 / no anomaly and no report of that id, see gouji list", request.id)));
  const Record& record = last.begin()->second;
  const auto anomaly = events::decode_anomaly(record);
  if (request.format == "json" || !anomaly) {
    fmt::print("{}\n", events::value_json(eventlog::kAnomalyTopic, record).value_or("null"));
    return kOk;
  }
  fmt::print("{} {} {}\n{}", transition_word(anomaly->transition, request.language), events::to_rfc3339(anomaly->evidence.fetched_at), anomaly->resolved_by,
             anomaly_text(*anomaly, request.language));
  return kOk;
}

int show_report(eventlog::EventLog& log, const std::vector<std::pair<Anomaly, Record>>& anomalies, const ShowRequest& request) {
  const auto reports = read_current(log, eventlog::kReportCurrentTopic);
  if (!reports) return fail("show", reports.error());
  const auto report = reports->find(request.id);
  if (report == reports->end()) return show_closed(log, request);
  const auto verdict = events::decode_verdict(report->second);
  if (!verdict) return fail("show", verdict.error());
  if (request.format == "json")
    fmt::print("{}\n", events::value_json(eventlog::kReportCurrentTopic, report->second).value_or("null"));
  else
    fmt::print("{}", report_text(*verdict, anomalies, request.language));
  return kOk;
}

}  // namespace

int list(const ListRequest& request) {
  auto log = open_log(request.where, eventlog::LocalMode::kReader);
  if (!log) return fail("list", log.error());
  const auto anomalies = open_anomalies(**log);
  if (!anomalies) return fail("list", anomalies.error());
  if (request.format == "csv") fmt::print("id,organ_id,organ,year,scope,severity,fault,rules,message\n");
  const UnixMillis now = runtime::SystemClock().unix_millis();
  std::size_t shown = 0;
  for (const auto& [anomaly, record] : *anomalies) {
    if (!is_wanted(anomaly, request, now)) continue;
    ++shown;
    const std::string line = line_of(anomaly, record, request);
    std::fwrite(line.data(), 1, line.size(), stdout);
  }
  if (request.format == "text")
    fmt::print(stderr, "{}\n",
               fmt::format(fmt::runtime(request.waived ? in(request.language, "已豁免的异常 {} 项", "{} waived anomalies")
                                                       : in(request.language, "未结异常 {} 项", "{} open anomalies")), shown));
  return kOk;
}

int show(const ShowRequest& request) {
  auto log = open_log(request.where, eventlog::LocalMode::kReader);
  if (!log) return fail("show", log.error());
  const auto anomalies = open_anomalies(**log);
  if (!anomalies) return fail("show", anomalies.error());
  std::vector<const Record*> found;
  for (const auto& [anomaly, record] : *anomalies)
    if (anomaly.id.starts_with(request.id)) found.push_back(&record);
  if (found.empty()) return show_report(**log, *anomalies, request);
  if (found.size() > 1)
    return fail("show", fatal(ErrorCode::kBadArgument,
                              fmt::format("{}：符合 {} 项，请多写几位 / {} anomalies match, write more of it", request.id,
                                          found.size(), found.size())));
  const auto anomaly = events::decode_anomaly(*found.front());
  if (request.format == "json" || !anomaly) {
    fmt::print("{}\n", events::value_json(eventlog::kAnomalyCurrentTopic, *found.front()).value_or("null"));
    return kOk;
  }
  fmt::print("{}", anomaly_text(*anomaly, request.language));
  return kOk;
}

}  // namespace gouji::command
