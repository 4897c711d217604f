#include "services/gouji/notify/wording.h"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "services/gouji/report_words.h"
#include "services/validator/core/messages.h"

namespace gouji::command {
namespace {

constexpr std::size_t kChangesSaid = 6;

std::string reported_text(const Cell& cell, Language language) {
  return cell.is_number() ? std::to_string(cell.value) : std::string(state_word(cell.state, language));
}

bool has_ended(const Anomaly& anomaly) { return anomaly.transition == Transition::kResolved || anomaly.transition == Transition::kRetracted; }

}  // namespace

std::vector<std::string> rules_of(const Anomaly& anomaly) {
  std::vector<std::string> rules;
  for (const Finding& finding : anomaly.findings)
    if (std::find(rules.begin(), rules.end(), finding.rule) == rules.end()) rules.push_back(finding.rule);
  return rules;
}

std::vector<std::string> change_lines(const Anomaly& anomaly, Language language) {
  std::vector<std::string> lines;
  if (anomaly.explanations.empty()) return lines;
  const auto words = language == Language::kChinese ? validator::Language::kChinese : validator::Language::kEnglish;
  for (const Change& change : anomaly.explanations.front().changes) {
    if (lines.size() == kChangesSaid) break;
    lines.push_back(fmt::format("{}{}{} → {}", validator::cell_wording(change.cell, words), in(language, "：", ": "),
                                reported_text(change.reported, language), change.proposed));
  }
  return lines;
}

std::string headline(const Notice& notice, Language language) {
  const Anomaly& anomaly = notice.anomaly;
  std::string_view what = in(language, "【勾稽异常】", "[Gouji anomaly] ");
  if (!notice.is_firing) what = in(language, "【勾稽异常已了结】", "[Gouji anomaly settled] ");
  else if (anomaly.transition == Transition::kChanged) what = in(language, "【勾稽异常有变化】", "[Gouji anomaly changed] ");
  const std::string& name = anomaly.organ_name.empty() ? anomaly.key.organ_id : anomaly.organ_name;
  const std::string year = anomaly.key.year == 0 ? std::string() : fmt::format(" {}", anomaly.key.year);
  return fmt::format("{}{}{}", what, name, year);
}

std::string happening(const Notice& notice, Language language) {
  if (notice.is_firing || has_ended(notice.anomaly)) return std::string(in(language, notice.anomaly.message_zh, notice.anomaly.message_en));
  return std::string(in(language, "已豁免，不再属于本接收方关注的范围，或日志中已没有此项", "waived, no longer among what this receiver asked for, or no longer in the log"));
}

std::string advice(const Notice& notice, Language language) {
  if (!notice.is_firing) return {};
  if (notice.anomaly.fault == Fault::kExtraction)
    return std::string(in(language, "处理：多半是读取有误，请运维人员对照原文核实。", "To do: most likely misread; whoever runs Gouji compares it with the document."));
  return std::string(in(language, "处理：请对照原文核实。确有错误的，更正后重新公布，本条随之了结；核实无误的，凭编号登记豁免（gouji waive add）。",
                        "To do: compare with the document. If it is wrong, publish it corrected: this one then ends by itself. "
                        "If it is right, waive it by its id (gouji waive add)."));
}

}  // namespace gouji::command
