#include "services/gouji/report_words.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "services/validator/core/messages.h"
#include "services/validator/core/rules.h"

namespace gouji::command {

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
      {"DOCUMENT_CUT", "文档不完整"},
      {"NO_CLAIMS", "正文没有可比的数"},
      {"TEXT_SHORT", "正文太短或数字太少"},
      {"NO_COPY", "没有另一处发布"}};
  const auto found = std::find_if(std::begin(kWords), std::end(kWords), [&](const auto& word) { return word.first == code; });
  return found == std::end(kWords) ? std::string_view() : found->second;
}

std::string_view outcome_word(std::string_view status, Language language) {
  if (status == "PARSED") return in(language, "已读全", "read in full");
  if (status == "PARTIAL") return in(language, "未能读全", "read in part");
  return status == "NOT_A_REPORT" ? in(language, "不是年度报告", "not an annual report") : in(language, "无法读取", "cannot be read");
}

namespace {

// "未安装 / is not installed: gouji-ocr": the name stands in one half only. A colon before plain words is prose.
bool has_details(std::string_view chinese, std::string_view english) {
  const std::size_t colon = english.find(": ");
  if (colon == std::string_view::npos || chinese.find("：") != std::string_view::npos) return false;
  return english.find_first_not_of("abcdefghijklmnopqrstuvwxyz ,;'", colon + 2) != std::string_view::npos;
}

}  // namespace

std::string one_language(std::string_view message, Language language) {
  constexpr std::string_view kBetween = " / ";
  const std::size_t at = message.find(kBetween);
  if (at == std::string_view::npos) return std::string(message);
  const std::string_view english = message.substr(at + kBetween.size());
  if (english.find(kBetween) != std::string_view::npos || has_details(message.substr(0, at), english)) return std::string(message);
  if (language == Language::kChinese) return std::string(message.substr(0, at));
  // "NO_REPORT: 中文 / english": the code belongs to both.
  const std::size_t code = message.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789");
  const bool has_code = code != std::string_view::npos && code > 0 && message.substr(code).starts_with(": ");
  return std::string(has_code ? message.substr(0, code + 2) : "") + std::string(english);
}

std::string rule_words(std::string_view rule, const std::optional<std::string>& instance, Language language) {
  constexpr std::string_view kInstance = "{instance}";
  const validator::Rule* of = validator::rule_set().find(rule);
  if (of == nullptr) return std::string(rule);
  std::string name(in(language, of->name_zh, of->name_en));
  const std::size_t at = name.find(kInstance);
  if (at == std::string::npos) return name;
  const auto of_language = language == Language::kChinese ? validator::Language::kChinese : validator::Language::kEnglish;
  return name.replace(at, kInstance.size(), instance ? validator::instance_wording(rule, *instance, of_language) : "…");
}

std::string reason_line(const Reason& reason, Language language) {
  // Which tables they are stands in front of it in every format.
  const std::string_view message = reason.code == "TABLE_INCOMPLETE" ? std::string_view(reason.message).substr(0, reason.message.rfind(": ")) : reason.message;
  return fmt::format(fmt::runtime(in(language, "{}（{}）", "{} ({})")), one_language(message, language), reason.code);
}

std::string_view unidentified_words(Language language) {
  return in(language, "不能确定是哪个机关、哪个年度的报告，有些项目因此未能核对：请用 --organ 机关全称、--year 年度 注明",
            "it is not known whose report this is or of which year, so some checks could not be made: say it with --organ NAME and --year Y");
}

std::vector<std::string> not_checked_lines(const Verdict& verdict, Language language) {
  std::map<std::pair<std::string, std::string>, std::vector<std::string>> groups;
  for (const RuleResult& result : verdict.results)
    if (result.status == RuleStatus::kNotApplicable) groups[{result.rule, result.reason}].push_back(result.instance);
  std::vector<std::string> lines;
  for (const auto& [group, instances] : groups) {
    const auto& [rule, reason] = group;
    const bool is_one = instances.size() == 1;
    const std::string_view word = language == Language::kChinese ? reason_word(reason) : std::string_view();
    lines.push_back(fmt::format(fmt::runtime(in(language, "{}：{}（{}）", "{}: {} ({})")),
                                rule_words(rule, is_one && !instances.front().empty() ? std::optional(instances.front()) : std::nullopt, language),
                                word.empty() ? reason : word, rule));
    if (!is_one) lines.back() += fmt::format(fmt::runtime(in(language, "，{} 处", ", {} times")), instances.size());
  }
  return lines;
}

std::string_view state_word(CellState state, Language language) {
  switch (state) {
    case CellState::kUnreadable: return in(language, "未能读出", "UNREADABLE");
    case CellState::kAbsent: return in(language, "文中没有", "ABSENT");
    case CellState::kText: return in(language, "是文字", "TEXT");
    default: return to_string(state);
  }
}

std::string_view severity_word(Severity severity, Language language) {
  switch (severity) {
    case Severity::kInfo: return in(language, "提示", "info");
    case Severity::kWarning: return in(language, "警告", "warning");
    case Severity::kError: return in(language, "错误", "error");
  }
  return {};
}

std::string_view fault_word(Fault fault, Language language) {
  switch (fault) {
    case Fault::kUndecided: return in(language, "原因未定，请对照原文", "cause undecided: compare with the document");
    case Fault::kPublisher: return in(language, "原文如此", "so in the document");
    case Fault::kExtraction: return in(language, "可能是读取有误", "probably a reading error");
    case Fault::kForm: return in(language, "表格样式不同", "another form");
  }
  return {};
}

std::string_view transition_word(Transition transition, Language language) {
  switch (transition) {
    case Transition::kOpened: return in(language, "新异常", "opened");
    case Transition::kChanged: return in(language, "有变化", "changed");
    case Transition::kResolved: return in(language, "已更正", "resolved");
    case Transition::kRetracted: return in(language, "已撤回", "retracted");
  }
  return {};
}

std::string_view mechanism_word(Mechanism mechanism, Language language) {
  switch (mechanism) {
    case Mechanism::kOther: return in(language, "数值不同", "another value");
    case Mechanism::kDigitChanged: return in(language, "一位数字写错", "a digit changed");
    case Mechanism::kDigitDropped: return in(language, "漏写一位数字", "a digit dropped");
    case Mechanism::kDigitDoubled: return in(language, "多写一位数字", "a digit doubled");
    case Mechanism::kDigitsTransposed: return in(language, "相邻数字颠倒", "digits transposed");
    case Mechanism::kDigitsSplitOrMerged: return in(language, "数字拆开或并在一起", "digits split or merged");
    case Mechanism::kNeighbourCopied: return in(language, "抄成了相邻格的数", "a neighbour's value");
    case Mechanism::kRowShifted: return in(language, "整行错位", "a row shifted");
    case Mechanism::kColumnShifted: return in(language, "整列错位", "a column shifted");
    case Mechanism::kMovedInRow: return in(language, "填到了同一行的另一格", "moved within a row");
    case Mechanism::kMovedInColumn: return in(language, "填到了同一列的另一格", "moved within a column");
    case Mechanism::kTotalNotUpdated: return in(language, "总计没有随分项更新", "a total not updated");
    case Mechanism::kTotalDoubled: return in(language, "总计重复计算", "a total doubled");
    case Mechanism::kBlankForZero: return in(language, "空白当作 0", "blank for zero");
  }
  return {};
}

}  // namespace gouji::command
