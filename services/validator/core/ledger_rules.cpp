#include "services/validator/core/ledger_rules.h"

#include <algorithm>
#include <string>

#include "services/validator/core/duplicates.h"

namespace gouji::validator {
namespace {

// Seven columns that carry over, and one or two of every other rule.
constexpr std::size_t kResultsUsual = 16;

Checked copies_result(const LedgerEntry& entry) {
  if (entry.locations.size() < 2) return not_applicable("S.COPY", Reason::kNoCopy);
  Checked checked = passed("S.COPY");
  for (const LedgerLocation& location : entry.locations)
    for (const Operand& cell : location.differing) {
      checked.result.status = RuleStatus::kFailed;
      if (checked.result.operands.size() < 12) checked.result.operands.push_back({"copy:" + cell.cell, cell.value});
    }
  return checked;
}

Checked previous_text(const LedgerEntry& entry, const Previous& previous) {
  Checked checked;
  checked.result = previous_text_result(entry.sketch, previous.entry == nullptr ? nullptr : &previous.entry->sketch, previous.reason);
  if (checked.result.status != RuleStatus::kFailed) return checked;
  const std::string share = std::to_string(checked.result.difference.value_or(0));
  const std::string year = std::to_string(previous.entry->key.year);
  checked.text_zh = "正文与 " + year + " 年度报告约 " + share + "% 相同，所写的数也完全相同";
  checked.text_en = "about " + share + " % of the prose is that of the report for " + year + ", and so is every number in it";
  return checked;
}

}  // namespace

std::vector<Checked> ledger_results(const LedgerEntry& entry, const Previous& previous) {
  std::vector<Checked> results;
  results.reserve(kResultsUsual);
  for (RuleResult& result : cross_year_results(entry, previous)) results.push_back({std::move(result), "", "", ""});
  results.push_back(copies_result(entry));
  results.push_back(previous_text(entry, previous));
  for (Checked& checked : results) set_severity(checked.result);
  return results;
}

bool is_of_ledger_rules(const std::vector<Finding>& findings) {
  return std::all_of(findings.begin(), findings.end(), [](const Finding& finding) {
    return finding.rule.starts_with("X.") || finding.rule == "S.COPY" ||
           (finding.rule == "S.DUPLICATE" && finding.instance == kPreviousInstance);
  });
}

}  // namespace gouji::validator
