#include "services/validator/core/ledger_rules.h"

#include <algorithm>
#include <string>

#include "services/validator/core/duplicates.h"

namespace gouji::validator {
namespace {

// Seven columns that carry over, and one or two of every other rule.
constexpr std::size_t kResultsUsual = 16;

Said copies_result(const LedgerEntry& entry) {
  if (entry.locations.size() < 2) return not_applicable("S.COPY", Reason::kNoCopy);
  Checked checked = in_full(passed("S.COPY"));
  for (const LedgerLocation& location : entry.locations)
    for (const Operand& cell : location.differing) {
      checked.result.status = RuleStatus::kFailed;
      if (checked.result.operands.size() < 12) checked.result.operands.push_back({"copy:" + cell.cell, cell.value});
    }
  if (checked.result.status == RuleStatus::kPassed) return passed("S.COPY");
  return checked;
}

Said previous_text(const LedgerEntry& entry, const Previous& previous) {
  Said said = previous_text_result(entry.sketch, previous.entry == nullptr ? nullptr : &previous.entry->sketch, previous.reason);
  if (!said.is_failed()) return said;
  const std::string share = std::to_string(said.full()->result.difference.value_or(0));
  const std::string year = std::to_string(previous.entry->key.year);
  said.full()->text_zh = "正文与 " + year + " 年度报告约 " + share + "% 相同，所写的数也完全相同";
  said.full()->text_en = "about " + share + " % of the prose is that of the report for " + year + ", and so is every number in it";
  return said;
}

}  // namespace

std::vector<Said> ledger_results(const LedgerEntry& entry, const Previous& previous) {
  std::vector<Said> results;
  results.reserve(kResultsUsual);
  add_cross_year_results(entry, previous, results);
  results.push_back(copies_result(entry));
  results.push_back(previous_text(entry, previous));
  if (has_overrides())
    for (Said& said : results) said.override_severity();
  return results;
}

bool is_of_ledger_rules(const std::vector<Finding>& findings) {
  return std::all_of(findings.begin(), findings.end(), [](const Finding& finding) {
    return finding.rule.starts_with("X.") || finding.rule == "S.COPY" ||
           (finding.rule == "S.DUPLICATE" && finding.instance == kPreviousInstance);
  });
}

}  // namespace gouji::validator
