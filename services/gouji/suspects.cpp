#include "services/gouji/suspects.h"

#include <algorithm>
#include <set>
#include <utility>

#include "common/report/identity.h"

namespace gouji::command {
namespace {

void raise(std::map<std::string, Suspect>& suspects, const std::string& cell, const Suspect& now) {
  const auto [found, is_new] = suspects.emplace(cell, now);
  if (is_new) return;
  Suspect& known = found->second;
  known.severity = std::max(known.severity, now.severity);
  if (now.suspicion > known.suspicion) {
    known.suspicion = now.suspicion;
    known.proposed = now.proposed;
  }
}

void add_operands(std::map<std::string, Suspect>& suspects, const Anomaly& anomaly) {
  for (const RuleResult& result : anomaly.results)
    for (const Operand& operand : result.operands)
      if (operand.cell.find(':') == std::string::npos)
        raise(suspects, operand.cell, {Suspicion::kInvolved, anomaly.severity, std::nullopt});
}

void add_explanations(std::map<std::string, Suspect>& suspects, const Anomaly& anomaly) {
  const Suspicion suspicion = anomaly.unique ? Suspicion::kCertain : Suspicion::kPossible;
  for (const Explanation& explanation : anomaly.explanations)
    for (const Change& change : explanation.changes)
      raise(suspects, change.cell, {suspicion, anomaly.severity, change.proposed});
}

// Rules whose equations are identities of a form, by (rule, instance), where they were decided.
std::set<std::pair<std::string_view, std::string_view>> decided(const Verdict& verdict) {
  std::set<std::pair<std::string_view, std::string_view>> out;
  for (const RuleResult& result : verdict.results)
    if (result.status != RuleStatus::kNotApplicable) out.emplace(result.rule, result.instance);
  return out;
}

}  // namespace

std::vector<const Anomaly*> anomalies_of(const CheckedDocument& document) {
  std::vector<const Anomaly*> out;
  const Verdict* verdict = verdict_of(document.judgement);
  if (verdict == nullptr) return out;
  for (const Anomaly& anomaly : document.judgement.transitions) {
    const bool is_open = anomaly.transition == Transition::kOpened || anomaly.transition == Transition::kChanged;
    if (is_open && anomaly.key == verdict->key) out.push_back(&anomaly);
  }
  std::stable_sort(out.begin(), out.end(), [](const Anomaly* a, const Anomaly* b) { return a->severity > b->severity; });
  return out;
}

std::map<std::string, Suspect> suspects_of(const CheckedDocument& document) {
  std::map<std::string, Suspect> suspects;
  for (const Anomaly* anomaly : anomalies_of(document)) {
    add_explanations(suspects, *anomaly);
    if (anomaly->explanations.empty()) add_operands(suspects, *anomaly);
  }
  return suspects;
}

std::set<std::string, std::less<>> off_lines(const CheckedDocument& document) {
  std::set<std::string, std::less<>> lines;
  for (const Anomaly* anomaly : anomalies_of(document))
    for (const RuleResult& result : anomaly->results) {
      const bool is_column = result.rule == "T3.BALANCE" || result.rule == "T3.OUTCOME_SUM";
      if (is_column || result.rule == "T3.ROW_SUM" || result.rule == "T4.SUM")
        lines.insert(std::string(is_column ? "column " : "row ") + (result.rule.starts_with("T3") ? "t3 " : "t4 ") + result.instance);
    }
  return lines;
}

std::vector<std::vector<std::uint16_t>> unchecked_cells(const CheckedDocument& document) {
  std::vector<std::vector<std::uint16_t>> out;
  const auto* reading = std::get_if<Reading>(&document.outcome);
  const Verdict* verdict = verdict_of(document.judgement);
  if (reading == nullptr || verdict == nullptr) return out;
  const auto was_decided = decided(*verdict);
  for (const TableReading& table : reading->tables) {
    const Form& table_form = form(table.table, table.edition);
    std::vector<bool> is_checked(table.cells.size(), false);
    for (const Identity& identity : identities(table_form)) {
      if (!was_decided.contains({identity.rule, identity.instance})) continue;
      for (const auto* side : {&identity.plus, &identity.minus})
        for (const std::uint16_t cell : *side)
          if (cell < is_checked.size()) is_checked[cell] = true;
    }
    std::vector<std::uint16_t>& unchecked = out.emplace_back();
    for (std::size_t i = 0; i < is_checked.size(); ++i)
      if (!is_checked[i]) unchecked.push_back(static_cast<std::uint16_t>(i));
  }
  return out;
}

}  // namespace gouji::command
