#include "services/gouji/report_text.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace gouji::command {
namespace {

std::string_view status_word(TableStatus status, Language language) {
  switch (status) {
    case TableStatus::kAbsent: return in(language, "文中没有", "absent");
    case TableStatus::kRead: return in(language, "已读全", "read");
    case TableStatus::kPartial: return in(language, "部分读出", "partly read");
    case TableStatus::kNotInText: return in(language, "表格不在文字中（图片、附件或脚本）", "not in the text (image, attachment or script)");
    case TableStatus::kUnreadable: return in(language, "无法读出", "unreadable");
  }
  return {};
}

std::string_view table_word(TableId table, Language language) {
  switch (table) {
    case TableId::kT2: return in(language, "表二 主动公开", "table 2");
    case TableId::kT3: return in(language, "表三 依申请公开", "table 3");
    case TableId::kT4: return in(language, "表四 复议诉讼", "table 4");
  }
  return {};
}

// Chinese words beside the code of a reason, which the JSON output and the documentation name.
std::string_view reason_word(std::string_view code) {
  constexpr std::pair<std::string_view, std::string_view> kWords[] = {
      {"PRE_2019", "2019 年以前没有统一格式"},
      {"TABLE_ABSENT", "文中没有这张表"},
      {"TABLE_NOT_IN_TEXT", "表格是图片、附件或脚本"},
      {"TABLE_UNREADABLE", "表格无法读出"},
      {"TABLE_CUT", "表格在文末中断"},
      {"OTHER_EDITION", "另一版格式才有此项"},
      {"CELL_ABSENT", "文中没有这一格"},
      {"CELL_UNREADABLE", "有格未能读出"},
      {"CELL_TEXT", "格内是文字"},
      {"BLANK_TOTAL", "总计为空白"},
      {"BLANK_CELL", "格内为空白"},
      {"OVERFLOW", "数值过大"},
      {"UNIDENTIFIED", "年度或机关不明"},
      {"NO_SECTIONS", "没有可辨认的章节"},
      {"SECTION_ABSENT", "没有这一部分"},
      {"TRANSITION_YEAR", "2019 年度为过渡期"},
      {"NO_DATE", "文中没有发布日期"},
      {"REPOST_POSSIBLE", "日期可能是重新发布的日期"},
      {"ORGAN_KIND_UNKNOWN", "机关的类别不明"},
      {"UNIT_NOT_STATED", "没有写明单位"},
      {"YEAR_NOT_STATED", "没有写明年度"},
      {"OTHER_YEAR", "不适用于该年度"},
      {"NO_PREVIOUS_REPORT", "没有上一年的报告可比"},
      {"SCOPE_DIFFERS", "两年的统计范围不同"},
      {"DOCUMENT_CUT", "文档不完整"}};
  const auto found = std::find_if(std::begin(kWords), std::end(kWords), [&](const auto& word) { return word.first == code; });
  return found == std::end(kWords) ? std::string_view() : found->second;
}

std::string_view state_word(CellState state, Language language) {
  switch (state) {
    case CellState::kUnreadable: return in(language, "未能读出", "UNREADABLE");
    case CellState::kAbsent: return in(language, "文中没有", "ABSENT");
    case CellState::kText: return in(language, "是文字", "TEXT");
    default: return to_string(state);
  }
}

std::string heading(const CheckedDocument& document, const Reading& reading, Language language) {
  const std::string organ = reading.organ_name.value_or(std::string(in(language, "（机关不明）", "(organ not said)")));
  const std::string year = reading.year ? fmt::format("{}", *reading.year)
                                        : std::string(in(language, "（年度不明）", "(year not said)"));
  return fmt::format("{}  {} {}  {}\n", document.source, organ, year, status_of(document.outcome));
}

std::string tables(const Reading& reading, Language language) {
  std::string out;
  for (const TableReading& table : reading.tables) {
    out += fmt::format("  {}：{}", table_word(table.table, language), status_word(table.status, language));
    if (table.status == TableStatus::kRead || table.status == TableStatus::kPartial)
      out += fmt::format(fmt::runtime(in(language, "（{} 年版）", " (edition {})")), to_string(table.edition));
    out += "\n";
  }
  return out;
}

std::string anomalies(const CheckedDocument& document, const Verdict& verdict, Language language) {
  std::string out;
  for (const Anomaly& anomaly : document.judgement.transitions) {
    if (anomaly.key != verdict.key) continue;
    out += fmt::format("  [{}] {}\n      {} {}\n", severity_word(anomaly.severity, language),
                       in(language, anomaly.message_zh, anomaly.message_en), anomaly.id.substr(0, 12),
                       to_string(anomaly.fault));
  }
  return out;
}

// One line a reason, with the rules and how many instances it concerns.
std::string not_checked(const Verdict& verdict, Language language) {
  std::map<std::pair<std::string, std::string>, std::vector<std::string>> groups;
  for (const RuleResult& result : verdict.results)
    if (result.status == RuleStatus::kNotApplicable) groups[{result.rule, result.reason}].push_back(result.instance);
  std::string out;
  for (const auto& [group, instances] : groups) {
    out += fmt::format("    {} {}", group.first, group.second);
    const std::string_view word = language == Language::kChinese ? reason_word(group.second) : std::string_view();
    if (!word.empty()) out += fmt::format("（{}）", word);
    if (instances.size() > 1 || !instances.front().empty()) {
      const std::size_t shown = std::min<std::size_t>(instances.size(), 3);
      out += fmt::format("  {}", fmt::join(instances.begin(), instances.begin() + static_cast<std::ptrdiff_t>(shown), ", "));
      if (instances.size() > shown) out += fmt::format(fmt::runtime(in(language, " 等 {} 处", " and others, {} in all")), instances.size());
    }
    out += "\n";
  }
  if (out.empty()) return out;
  return fmt::format("  {}\n{}", in(language, "未能核对：", "could not be checked:"), out);
}

// Cells in the form's own wording that were not read.
std::string unread_cells(const Reading& reading, Language language) {
  constexpr std::size_t kShown = 8;
  std::string out;
  for (const TableReading& table : reading.tables) {
    const Form& table_form = form(table.table, table.edition);
    std::size_t count = 0;
    for (std::size_t i = 0; i < table.cells.size(); ++i) {
      const CellState state = table.cells[i].state;
      if (state != CellState::kUnreadable && state != CellState::kAbsent && state != CellState::kText) continue;
      if (++count <= kShown)
        out += fmt::format("    {} {}\n", table_form.wording(static_cast<std::uint16_t>(i)), state_word(state, language));
    }
    if (count > kShown)
      out += fmt::format(fmt::runtime(in(language, "    …… 本表共 {} 格\n", "    … {} cells of this table\n")), count);
  }
  if (out.empty()) return out;
  return fmt::format("  {}\n{}", in(language, "未读出的格：", "cells that were not read:"), out);
}

}  // namespace

std::string_view severity_word(Severity severity, Language language) {
  switch (severity) {
    case Severity::kInfo: return in(language, "提示", "info");
    case Severity::kWarning: return in(language, "警告", "warning");
    case Severity::kError: return in(language, "错误", "error");
  }
  return {};
}

std::string check_text(const CheckedDocument& document, Language language) {
  if (const auto* refusal = std::get_if<Refusal>(&document.outcome))
    return fmt::format("{}  {}\n  {}：{}\n", document.source, status_of(document.outcome), refusal->reason.code,
                       refusal->reason.message);
  const Reading& reading = std::get<Reading>(document.outcome);
  std::string out = heading(document, reading, language) + tables(reading, language);
  if (reading.reason) out += fmt::format("  {}：{}\n", reading.reason->code, reading.reason->message);
  const Verdict* verdict = verdict_of(document.judgement);
  if (verdict == nullptr) return out;
  const std::string wrong = anomalies(document, *verdict, language);
  const auto passed = std::count_if(verdict->results.begin(), verdict->results.end(),
                                    [](const RuleResult& r) { return r.status == RuleStatus::kPassed; });
  const std::string_view clean = reading.reason
                                     ? in(language, "  已核对的 {} 项没有发现问题，其余未能核对\n", "  nothing wrong in the {} checks that could be made\n")
                                     : in(language, "  没有发现问题：{} 项核对通过\n", "  nothing wrong found: {} checks passed\n");
  out += wrong.empty() ? fmt::format(fmt::runtime(clean), passed) : wrong;
  return out + unread_cells(reading, language) + not_checked(*verdict, language);
}

}  // namespace gouji::command
