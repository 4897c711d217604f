#include "services/gouji/report_slip.h"

#include <algorithm>

#include <fmt/format.h>

#include "services/gouji/cell_words.h"
#include "services/gouji/report_words.h"
#include "services/gouji/suspects.h"
#include "services/validator/core/rules.h"

namespace gouji::command {
namespace {

// More explanations than this say nothing that the first ones do not.
constexpr std::size_t kExplanationsShown = 5;

std::string head(const CheckedDocument& document, const Reading& reading, const Anomaly& anomaly, Language language) {
  std::string out = fmt::format("{}\n", in(language, "政府信息公开工作年度报告更正建议单", "Correction slip: annual report on government information disclosure"));
  const auto line = [&out](std::string_view name, std::string_view value) { out += fmt::format("{}：{}\n", name, value); };
  line(in(language, "编号", "number"), anomaly.id.substr(0, 12));
  line(in(language, "机关", "organ"), reading.organ_name.value_or(std::string(in(language, "（文中未写明）", "(not said)"))));
  line(in(language, "年度", "report year"), reading.year ? std::to_string(*reading.year) : std::string(in(language, "（文中未写明）", "(not said)")));
  line(in(language, "文件", "document"), document.source);
  line("SHA-256", document.sha256);
  line(in(language, "等级", "severity"), severity_word(anomaly.severity, language));
  line(in(language, "判断", "cause"), fault_word(anomaly.fault, language));
  return out;
}

std::string changes(const CheckedDocument& document, const Explanation& explanation, Language language) {
  std::string out;
  const auto& reading = std::get<Reading>(document.outcome);
  for (const Change& change : explanation.changes) {
    out += fmt::format(fmt::runtime(in(language, "    {}\n      原报 {}，建议 {}", "    {}\n      reported {}, proposed {}")),
                       cell_words(document, change.cell, language), value_words(change.reported, language), change.proposed);
    const CellPlace place = find_cell(reading, change.cell);
    const std::string words = place.table != nullptr && place.cell < place.table->where.size()
                                  ? place_words(place.table->where[place.cell], language)
                                  : std::string();
    out += words.empty() ? "\n" : fmt::format(fmt::runtime(in(language, "（{}）\n", " ({})\n")), words);
  }
  return out;
}

std::string proposals(const CheckedDocument& document, const Anomaly& anomaly, Language language) {
  if (anomaly.explanations.empty())
    return fmt::format("    {}\n", in(language, "等式不能推出应填的数，请对照原始台账核实。", "No value follows from the equations: please look it up in the records."));
  if (anomaly.unique) return changes(document, anomaly.explanations.front(), language);
  const std::size_t count = anomaly.explanations.size();
  const std::size_t shown = std::min(count, kExplanationsShown);
  std::string out = fmt::format(fmt::runtime(in(language, "    有 {}{} 种改法同样成立，等式分辨不出，请对照原始台账：\n", "    {}{} corrections fit equally well; the equations cannot tell which, the records can:\n")),
                                in(language, anomaly.exhaustive ? "" : "至少 ", anomaly.exhaustive ? "" : "at least "), count);
  for (std::size_t i = 0; i < shown; ++i)
    out += fmt::format("  {}{}（{}）\n{}", in(language, "方案 ", "choice "), i + 1,
                       mechanism_word(anomaly.explanations[i].mechanism, language), changes(document, anomaly.explanations[i], language));
  if (shown < count) out += fmt::format(fmt::runtime(in(language, "    其余 {} 种见 JSON 输出\n", "    the other {} are in the JSON output\n")), count - shown);
  return out;
}

std::string grounds(const Anomaly& anomaly) {
  std::string out;
  std::string_view last;
  for (const Finding& finding : anomaly.findings) {
    if (finding.rule == last) continue;
    last = finding.rule;
    const validator::Rule* rule = validator::rule_set().find(finding.rule);
    if (rule == nullptr) continue;
    out += fmt::format("    {}  {}：{}\n", rule->id, rule->notice, rule->wording);
  }
  return out;
}

std::string slip(const CheckedDocument& document, const Anomaly& anomaly, Language language) {
  const auto& reading = std::get<Reading>(document.outcome);
  std::string out = head(document, reading, anomaly, language);
  const auto part = [&out](std::string_view title, std::string_view text) { out += fmt::format("\n{}\n{}", title, text); };
  part(in(language, "一、问题", "1. What is wrong"), fmt::format("    {}\n", in(language, anomaly.message_zh, anomaly.message_en)));
  part(in(language, "二、更正建议", "2. Proposed correction"), proposals(document, anomaly, language));
  part(in(language, "三、依据", "3. Grounds"), grounds(anomaly));
  part(in(language, "四、处理", "4. Decision"),
       in(language, "    □ 已更正    □ 数据无误，说明：____________________\n    核对人：__________    日期：__________\n",
          "    [ ] corrected    [ ] the figures are right, because: ____________________\n    checked by: __________    date: __________\n"));
  out += fmt::format("\n{}\n", in(language, "建议数由表内等式推算，不代表实际情况，以原始台账为准。",
                                  "Proposed values follow from the equations of the tables; the records decide."));
  return out + std::string(72, '-') + "\n";
}

}  // namespace

std::string correction_slips(const CheckedDocument& document, Language language) {
  if (const auto* refusal = std::get_if<Refusal>(&document.outcome))
    return fmt::format("{}  {}：{}\n", document.source, outcome_word(status_of(document.outcome), language), reason_line(refusal->reason, language));
  std::string out;
  for (const Anomaly* anomaly : anomalies_of(document)) out += slip(document, *anomaly, language);
  if (!out.empty()) return out;
  const bool is_whole = std::get<Reading>(document.outcome).status == ReadingStatus::kParsed;
  return fmt::format("{}  {}\n", document.source,
                     is_whole ? in(language, "没有需要更正的", "nothing to correct")
                              : in(language, "已读出的部分没有需要更正的；文件未能读全", "nothing to correct in what was read; the document was not read in full"));
}

}  // namespace gouji::command
