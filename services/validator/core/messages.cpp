#include "services/validator/core/messages.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>

#include "common/core/decimal.h"
#include "services/validator/core/rules.h"

namespace gouji::validator {
namespace {

constexpr std::size_t kNamedEquationsMax = 3;
constexpr std::size_t kNamedCellsMax = 3;

using Values = std::map<std::string, std::string, std::less<>>;

std::string fill(std::string_view sentence, const Values& values) {
  std::string filled;
  while (true) {
    const std::size_t open = sentence.find('{');
    filled += sentence.substr(0, open);
    if (open == std::string_view::npos) return filled;
    const std::size_t close = sentence.find('}', open);
    const auto value = values.find(sentence.substr(open + 1, close - open - 1));
    if (value != values.end()) filled += value->second;
    sentence.remove_prefix(close + 1);
  }
}

bool is_chinese(Language language) { return language == Language::kChinese; }
std::string say(Language language, std::string zh, std::string en) { return is_chinese(language) ? std::move(zh) : std::move(en); }

struct Located {
  const Form* form = nullptr;
  std::uint16_t cell = 0;
};

std::optional<Located> locate(std::string_view cell_id) {
  for (const Form& form : all_forms())
    if (cell_id.starts_with(std::string(to_string(form.table())) + "."))
      if (const auto cell = form.find(cell_id)) return Located{&form, *cell};
  return std::nullopt;
}

std::string table_name(TableId table, Language language) {
  static constexpr std::string_view kZh[] = {"表二", "表三", "表四"};
  static constexpr std::string_view kEn[] = {"table 2", "table 3", "table 4"};
  const auto index = static_cast<std::size_t>(table);
  return std::string(is_chinese(language) ? kZh[index] : kEn[index]);
}

bool is_money(std::string_view cell_id) {
  const auto located = locate(cell_id);
  return located && located->form->cells()[located->cell].type == CellType::kMoney;
}

std::string value_text(std::string_view cell_id, const Cell& cell, Language language) {
  switch (cell.state) {
    case CellState::kNumber: return is_money(cell_id) ? wan_yuan_from_fen(cell.value) : std::to_string(cell.value);
    case CellState::kBlank: return say(language, "空白", "blank");
    case CellState::kNil: return say(language, "“无”", "a dash");
    case CellState::kText: return say(language, "文字", "words");
    case CellState::kUnreadable: return say(language, "无法读出", "unreadable");
    case CellState::kAbsent: return say(language, "缺失", "missing");
  }
  return {};
}

// The operands that a counting rule objects to, or all where none is objectionable in itself.
std::string cells_text(const RuleResult& result, Language language) {
  std::vector<std::string> named;
  const auto add = [&](const Operand& operand) {
    named.push_back(cell_wording(operand.cell, language) + say(language, "为 ", " is ") + value_text(operand.cell, operand.value, language));
  };
  for (const Operand& operand : result.operands)
    if (operand.value.state == CellState::kText || operand.value.value < 0) add(operand);
  if (named.empty()) for (const Operand& operand : result.operands) add(operand);
  std::string text;
  for (std::size_t i = 0; i < named.size() && i < kNamedCellsMax; ++i) text += (i == 0 ? "" : say(language, "、", ", ")) + named[i];
  if (named.size() > kNamedCellsMax) text += say(language, "等", " and others");
  return text;
}

// What holds when the rule passes.
std::string equation_name(const Rule& of, const std::string& instance, Language language) {
  return fill(is_chinese(language) ? of.name_zh : of.name_en, {{"instance", instance_wording(of.id, instance, language)}});
}

std::string equations_text(const std::vector<RuleResult>& results, Language language) {
  std::string text;
  for (std::size_t i = 0; i < results.size() && i < kNamedEquationsMax; ++i)
    text += (i == 0 ? "" : say(language, "；", "; ")) + equation_name(rule(results[i].rule), results[i].instance, language);
  if (results.size() > kNamedEquationsMax) text += say(language, "；等", "; and others");
  return text;
}

struct MechanismWords {
  std::string_view zh, en;
};
MechanismWords words(Mechanism mechanism) {
  switch (mechanism) {
    case Mechanism::kOther: return {};
    case Mechanism::kDigitChanged: return {"疑有一位数字写错", "one digit seems wrong"};
    case Mechanism::kDigitDropped: return {"疑漏写一位数字", "a digit seems to be missing"};
    case Mechanism::kDigitDoubled: return {"疑重写一位数字", "a digit seems to stand twice"};
    case Mechanism::kDigitsTransposed: return {"疑两位数字颠倒", "two digits seem to be exchanged"};
    case Mechanism::kDigitsSplitOrMerged: return {"疑与相邻数字连写", "digits of the neighbour seem to be joined to it"};
    case Mechanism::kNeighbourCopied: return {"疑误抄相邻栏的数", "the neighbour's value seems to be copied"};
    case Mechanism::kRowShifted: return {"疑同一行错栏", "the row seems to be shifted"};
    case Mechanism::kColumnShifted: return {"疑同一列错行", "the column seems to be shifted"};
    case Mechanism::kMovedInRow: return {"疑计入了另一类申请人", "a count seems to be under another applicant"};
    case Mechanism::kMovedInColumn: return {"疑计入了另一项结果", "a count seems to be under another outcome"};
    case Mechanism::kTotalNotUpdated: return {"疑总计未随之更新", "the total seems not to be updated"};
    case Mechanism::kTotalDoubled: return {"疑总计重复累加", "the total seems to be added twice"};
    case Mechanism::kBlankForZero: return {"该栏空白", "the cell is blank"};
  }
  return {};
}

std::string changes_text(const Explanation& explanation, Language language) {
  std::string text;
  for (const Change& change : explanation.changes) {
    if (!text.empty()) text += say(language, "；", "; ");
    text += cell_wording(change.cell, language) + say(language, "填报 ", " reports ") + value_text(change.cell, change.reported, language) +
            say(language, "，疑应为 ", ", probably ") + std::to_string(change.proposed);
  }
  const MechanismWords mechanism = words(explanation.mechanism);
  if (mechanism.zh.empty()) return text;
  return text + say(language, "（" + std::string(mechanism.zh) + "）", " (" + std::string(mechanism.en) + ")");
}

// "2020:t3.carried_out.total" as 2020年表三“…”, and so on.
std::string support_text(const std::string& name, Language language) {
  if (name.starts_with("reader:")) return say(language, "另一种读法", "another reading of the document");
  if (name.starts_with("claim:")) return say(language, "正文“", "the sentence “") + name.substr(6) + "”";
  return cell_wording(name, language);
}

// The evidence for the first of several explanations; empty where there is none.
std::string supports_text(const Explanation& explanation, Language language) {
  std::string text;
  for (const std::string& name : explanation.supported_by) text += (text.empty() ? "" : say(language, "、", ", ")) + support_text(name, language);
  if (text.empty()) return text;
  return say(language, "，与" + text + "相符", ", which agrees with " + text);
}

std::string chinese(const std::vector<RuleResult>& failed, const Diagnosis& diagnosis, const std::string& table) {
  const std::string count = std::to_string(failed.size());
  const std::string names = equations_text(failed, Language::kChinese);
  if (diagnosis.explanations.empty())
    return table + "有 " + count + " 项勾稽关系不成立（" + names + "），未能用少数几处改动解释。";
  const std::string best = changes_text(diagnosis.explanations.front(), Language::kChinese);
  if (diagnosis.unique) return best + "；改后 " + count + " 项勾稽关系全部成立（" + names + "）。";
  if (diagnosis.explanations.size() == 1)
    return best + "；改后 " + count + " 项勾稽关系成立（" + names + "）。表内错误较多，未穷尽其他改法。";
  return table + "有 " + count + " 项勾稽关系不成立（" + names + "）；" + (diagnosis.exhaustive ? "有 " : "至少有 ") +
         std::to_string(diagnosis.explanations.size()) + " 种同样简单的改法，单凭本表不能断定，较可能的是：" + best +
         supports_text(diagnosis.explanations.front(), Language::kChinese) + "。";
}

std::string english(const std::vector<RuleResult>& failed, const Diagnosis& diagnosis, const std::string& table) {
  const std::string count = std::to_string(failed.size());
  const std::string names = equations_text(failed, Language::kEnglish);
  if (diagnosis.explanations.empty())
    return "In " + table + " " + count + " equations fail (" + names + "); no few changes explain them.";
  const std::string best = changes_text(diagnosis.explanations.front(), Language::kEnglish);
  if (diagnosis.unique) return best + "; this restores all " + count + " equations (" + names + ").";
  if (diagnosis.explanations.size() == 1)
    return best + "; this restores " + count + " equations (" + names + "). The table has many errors and not all other changes were tried.";
  return "In " + table + " " + count + " equations fail (" + names + "); " + (diagnosis.exhaustive ? "" : "at least ") +
         std::to_string(diagnosis.explanations.size()) +
         " changes explain them equally simply and this table alone cannot decide; the likeliest: " + best +
         supports_text(diagnosis.explanations.front(), Language::kEnglish) + ".";
}

}  // namespace

std::string cell_wording(std::string_view cell_id, Language language) {
  std::string year;
  if (const std::size_t colon = cell_id.find(':'); colon != std::string_view::npos) {
    const std::string_view whose = cell_id.substr(0, colon);
    year = whose == "copy" ? say(language, "另一处", "the copy's ") : std::string(whose) + say(language, "年", " ");
    cell_id.remove_prefix(colon + 1);
  }
  const auto located = locate(cell_id);
  if (!located) return year + std::string(cell_id);
  return year + table_name(located->form->table(), language) + say(language, "“", " “") + located->form->wording(located->cell) + "”";
}

std::string instance_wording(std::string_view rule_id, const std::string& instance, Language language) {
  static const std::map<std::string, std::pair<std::string, std::string>, std::less<>> kOthers = {
      {"1", {"一", "1"}}, {"2", {"二", "2"}}, {"3", {"三", "3"}}, {"4", {"四", "4"}}, {"5", {"五", "5"}}, {"6", {"六", "6"}},
      {"order", {"一至六", "1 to 6"}}, {"t2", {"表二", "table 2"}}, {"t3", {"表三", "table 3"}}, {"t4", {"表四", "table 4"}}};
  if (const auto found = kOthers.find(instance); found != kOthers.end())
    return is_chinese(language) ? found->second.first : found->second.second;
  const std::string table = rule_id == "X.CARRY" ? "t3" : rule_id.starts_with("X.") ? "t2"
                            : rule_id.starts_with("T") ? "t" + std::string(rule_id.substr(1, 1)) : "";
  for (const Form& form : all_forms()) {
    if (to_string(form.table()) != table) continue;
    for (const FormBlock& block : form.blocks()) {
      // "total" and "other" name a row as well as a column; these two rules run along columns.
      const bool is_column = rule_id == "T3.BALANCE" || rule_id == "T3.OUTCOME_SUM" || rule_id == "X.CARRY";
      for (const FormRow& row : block.rows)
        if (!is_column && row.key == instance) return row.group.empty() ? row.label : row.group + " " + row.label;
      for (const FormColumn& column : block.columns)
        if (is_column && column.key == instance) return column.label;
    }
  }
  return instance;
}

std::string failure_message(const Checked& checked, const ReportKey& key, const std::string& organ_name, Language language) {
  const RuleResult& result = checked.result;
  const Rule& of = rule(result.rule);
  Values values{{"instance", instance_wording(result.rule, result.instance, language)},
                {"cells", cells_text(result, language)},
                {"text", is_chinese(language) ? checked.text_zh : checked.text_en},
                {"year", std::to_string(key.year)},
                {"limit", checked.limit},
                {"organ", organ_name}};
  for (std::size_t i = 0; i < result.operands.size() && i < 4; ++i)
    values[std::to_string(i)] = value_text(result.operands[i].cell, result.operands[i].value, language);
  if (result.difference) {
    const std::string difference = std::to_string(*result.difference);
    values["difference"] = difference;
    values["distance"] = difference.starts_with('-') ? difference.substr(1) : difference;
    values["more_or_less"] = *result.difference > 0 ? "多" : "少";
  }
  return fill(is_chinese(language) ? of.message_zh : of.message_en, values);
}

std::string diagnosis_message(const std::vector<RuleResult>& failed, const Diagnosis& diagnosis, Language language) {
  if (failed.empty()) return {};
  const TableId table = failed.front().rule.starts_with("T4") ? TableId::kT4 : TableId::kT3;
  return is_chinese(language) ? chinese(failed, diagnosis, table_name(table, language))
                              : english(failed, diagnosis, table_name(table, language));
}

std::string closing_message(const Finding& leading, const std::string& resolved_by, Language language) {
  const Rule* const of = rule_set().find(leading.rule);  // none where the rules no longer have it
  const std::string name = of == nullptr ? leading.rule : equation_name(*of, leading.instance, language);
  const std::string what = name + say(language, "：所指的问题", ": what this found");
  if (resolved_by == "rules") return what + say(language, "撤回，规则已更正。", " is retracted: the rules have been corrected.");
  if (resolved_by == "extractor") return what + say(language, "撤回，读取已更正。", " is retracted: the reading has been corrected.");
  if (resolved_by.ends_with("withdrawn")) return what + say(language, "随报告撤下而消除。", " is gone with the report.");
  const std::string version = resolved_by.substr(resolved_by.rfind(':') + 1);
  if (resolved_by.starts_with("version:"))
    return what + say(language, "在第 " + version + " 版中已不存在。", " is no longer there in version " + version + ".");
  const std::string year = resolved_by.substr(0, resolved_by.find(':'));
  return what + say(language, "因 " + year + " 年报告第 " + version + " 版而消除。", " is settled by version " + version + " of the report for " + year + ".");
}

}  // namespace gouji::validator
