#include "services/gouji/report_words.h"

#include <algorithm>
#include <iterator>
#include <utility>

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
    case Fault::kUndecided: return in(language, "来源待定", "cause undecided");
    case Fault::kPublisher: return in(language, "原文如此", "so in the document");
    case Fault::kExtraction: return in(language, "可能是读取有误", "probably a reading error");
    case Fault::kForm: return in(language, "表格样式不同", "another form");
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
