#include "services/validator/core/evaluation.h"

#include <algorithm>
#include <set>

#include "common/core/id.h"
#include "services/validator/core/anomalies.h"
#include "services/validator/core/derived.h"
#include "services/validator/core/diagnosis.h"
#include "services/validator/core/document_checks.h"
#include "services/validator/core/duplicates.h"
#include "services/validator/core/narrative.h"
#include "services/validator/core/prose_sums.h"
#include "services/validator/core/table_checks.h"

namespace gouji::validator {
namespace {

// What a report has of results, with room for those of the document.
constexpr std::size_t kResultsUsual = 48;

constexpr std::size_t kDigestedUsual = 4'096;

bool has_cells(TableStatus status) { return status == TableStatus::kRead || status == TableStatus::kPartial; }

TableView view_of(const LedgerTable& table) {
  return {&form(table.table, table.edition), table.status, table.cells};
}

// One table of every id, in order; what is missing is absent.
std::vector<LedgerTable> complete(std::vector<LedgerTable> tables) {
  std::vector<LedgerTable> all;
  for (const TableId id : kTables) {
    const auto found = std::find_if(tables.begin(), tables.end(), [&](const auto& table) { return table.table == id; });
    all.push_back(found == tables.end() ? LedgerTable{id, TableStatus::kAbsent, Edition::k2021, MoneyUnit::kNotStated, {}}
                                        : std::move(*found));
  }
  return all;
}

void add_table(const LedgerTable& table, bool pre_2019, Evaluation& evaluation) {
  const TableView view = view_of(table);
  const Reason reason = pre_2019 ? Reason::kPre2019 : why_unreadable(table.status);
  if (const SharedResults* const shared = shared_results(view); shared != nullptr && reason == Reason::kNone && !has_overrides()) {
    evaluation.shared.push_back({shared, evaluation.table_results.size()});
    return;
  }
  const std::size_t first = evaluation.table_results.size();
  add_table_results(view, reason, evaluation.table_results);
  for (std::size_t i = first; i < evaluation.table_results.size(); ++i) set_severity(evaluation.table_results[i]);
  if (reason != Reason::kNone) return;
  for (DerivedValue& value : derive(view, find_convention(*view.form, view.cells)))
    evaluation.derived.push_back(std::move(value));
}

std::vector<Checked> prose_results(const Reading& reading, const std::vector<LedgerTable>& tables) {
  std::vector<Checked> results;
  if (reading.pre_2019) {
    for (const char* id : {"N.T2", "N.T3", "N.T4", "N.SHARE", "N.SUM"}) results.push_back(not_applicable(id, Reason::kPre2019));
    return results;
  }
  results = narrative_results(reading, tables);
  for (Checked& checked : prose_sum_results(reading)) results.push_back(std::move(checked));
  results.push_back(other_organ_result(reading));
  return results;
}

bool is_decidable(const Evaluation& evaluation, std::string_view prefix) {
  const auto is_of_table = [&](const Verdict::Shared& shared) { return shared.list->results.front().rule.starts_with(prefix); };
  if (std::any_of(evaluation.shared.begin(), evaluation.shared.end(), is_of_table)) return true;
  const std::vector<RuleResult>& results = evaluation.table_results;
  return std::any_of(results.begin(), results.end(), [&](const RuleResult& result) {
    const bool is_equation = result.rule.ends_with("SUM") || result.rule.ends_with("BALANCE");
    return is_equation && result.rule.starts_with(prefix) && result.status != RuleStatus::kNotApplicable;
  });
}

std::vector<NamedEvidence> evidence_for(const TableView& view, const Reading& reading, const Neighbours& neighbours) {
  if (is_clean(*view.form, view.cells)) return {};
  std::vector<NamedEvidence> all = evidence_of_document(*view.form, reading);
  for (NamedEvidence& each : evidence_of_neighbours(*view.form, neighbours)) all.push_back(std::move(each));
  return all;
}

std::vector<Diagnosis> diagnosed_with(const TableView& view, const std::vector<NamedEvidence>& evidence) {
  return diagnose(view, find_convention(*view.form, view.cells), evidence);
}

}  // namespace

std::vector<LedgerTable> ledger_tables(const Reading& reading) {
  std::vector<LedgerTable> tables;
  for (const TableReading& table : reading.tables) {
    LedgerTable kept{table.table, table.status, table.edition, table.money_unit, table.cells};
    if (!has_cells(kept.status)) kept.cells.clear();
    if (has_cells(kept.status) && kept.cells.size() != form(kept.table, kept.edition).size()) {
      kept.status = TableStatus::kUnreadable;
      kept.cells.clear();
    }
    tables.push_back(std::move(kept));
  }
  return complete(std::move(tables));
}

Evaluation evaluate(const Reading& reading, const std::vector<LedgerTable>& tables, const Neighbours& neighbours) {
  Evaluation evaluation;
  evaluation.table_results.reserve(kResultsUsual);
  std::vector<DiagnosedTable> diagnosed;
  for (std::size_t i = 0; i < tables.size(); ++i) {
    add_table(tables[i], reading.pre_2019, evaluation);
    const TableView view = view_of(tables[i]);
    if (reading.pre_2019 || !view.is_readable()) continue;
    diagnosed.push_back({view, diagnosed_with(view, evidence_for(view, reading, neighbours)), table_reading(reading, tables[i].table),
                         reading.media_type.starts_with("text/plain")});
  }
  std::vector<Checked> document = document_results(
      reading, tables, {true, is_decidable(evaluation, "T3"), is_decidable(evaluation, "T4")});
  for (Checked& checked : prose_results(reading, tables)) document.push_back(std::move(checked));
  for (Checked& checked : document) set_severity(checked.result);
  std::vector<Checked> all;
  for (const RuleResult& result : evaluation.table_results)
    if (result.status == RuleStatus::kFailed) all.push_back({result, "", "", ""});
  evaluation.document_results.reserve(document.size());
  for (Checked& checked : document) {
    if (checked.result.status == RuleStatus::kFailed) all.push_back(checked);
    evaluation.document_results.push_back(std::move(checked.result));
  }
  evaluation.drafts = draft_anomalies(all, diagnosed, reading.key, reading.organ_name.value_or(""));
  return evaluation;
}

Evaluation evaluate_again(const LedgerEntry& entry) {
  const bool pre_2019 =
      std::any_of(entry.document_results.begin(), entry.document_results.end(),
                  [](const RuleResult& result) { return result.reason == to_string(Reason::kPre2019); });
  Evaluation evaluation;
  const std::vector<LedgerTable> tables = complete(entry.tables);
  std::vector<DiagnosedTable> diagnosed;
  for (const LedgerTable& table : tables) {
    add_table(table, pre_2019, evaluation);
    const TableView view = view_of(table);
    if (!pre_2019 && view.is_readable()) diagnosed.push_back({view, diagnose(view, find_convention(*view.form, view.cells)), nullptr, false});
  }
  std::vector<Checked> failures;
  for (const RuleResult& result : evaluation.table_results)
    if (result.status == RuleStatus::kFailed) failures.push_back({result, "", "", ""});
  evaluation.drafts = draft_anomalies(failures, diagnosed, entry.key, entry.organ_name);
  evaluation.document_results = entry.document_results;
  return evaluation;
}

std::vector<Anomaly> table3_drafts(const LedgerEntry& entry, const Neighbours& neighbours) {
  for (const LedgerTable& table : entry.tables) {
    const TableView view = view_of(table);
    if (table.table != TableId::kT3 || !view.is_readable()) continue;
    std::vector<Checked> failed;
    for (RuleResult& result : table_results(view, why_unreadable(table.status))) {
      set_severity(result);
      if (result.status == RuleStatus::kFailed) failed.push_back({std::move(result), "", "", ""});
    }
    const DiagnosedTable diagnosed{view, diagnosed_with(view, evidence_of_neighbours(*view.form, neighbours)), nullptr, false};
    return draft_anomalies(failed, {diagnosed}, entry.key, entry.organ_name);
  }
  return {};
}

bool are_of_cells(const std::vector<Finding>& findings) {
  static const std::set<std::string, std::less<>> kOfDocument = {"T2.UNIT", "T2.REGULATIONS", "T3.SHAPE", "T4.SHAPE"};
  return std::all_of(findings.begin(), findings.end(), [](const Finding& finding) {
    return finding.rule.starts_with("T") && !kOfDocument.contains(finding.rule);
  });
}

std::string result_digest(const std::vector<RuleResult>& results, const std::vector<DerivedValue>& derived,
                          const std::vector<LedgerTable>& tables, const std::string& organ_name,
                          const std::vector<Verdict::Shared>& shared) {
  std::string text = organ_name;
  text.reserve(kDigestedUsual);
  // The order of results follows from the tables' forms, so a plain pass needs no name.
  for (const Verdict::Shared& place : shared) text.append(place.list->results.size(), '.');
  const auto add_cell = [&](const Cell& cell) {
    text += static_cast<char>('0' + static_cast<int>(cell.state));
    for (std::uint64_t left = static_cast<std::uint64_t>(cell.value); left != 0; left >>= 7U)
      text += static_cast<char>((left & 127U) | 128U);
  };
  for (const RuleResult& result : results) {
    // That a copy came or went and says the same is no news of the report.
    if (result.rule == "S.COPY" && result.status != RuleStatus::kFailed) continue;
    if (result.status == RuleStatus::kPassed && result.reason.empty()) {
      text += '.';
      continue;
    }
    text.append("|").append(result.rule).append("/").append(result.instance).append(result.reason);
    text += static_cast<char>('0' + static_cast<int>(result.status));
    text += static_cast<char>('0' + static_cast<int>(result.severity));
    if (result.difference) text += "d" + std::to_string(*result.difference);
    for (const Operand& operand : result.operands) {
      text += "," + operand.cell;
      add_cell(operand.value);
    }
  }
  for (const DerivedValue& value : derived) text += "|" + value.cell + "=" + std::to_string(value.value);
  for (const LedgerTable& table : tables) {
    text += "|" + std::string(to_string(table.table)) + std::string(to_string(table.status)) +
            std::string(to_string(table.edition)) + static_cast<char>('0' + static_cast<int>(table.money_unit));
    for (const Cell& cell : table.cells) add_cell(cell);
  }
  return hash_id({text});
}

std::vector<CellChange> changed_cells(const std::vector<LedgerTable>& before, const std::vector<LedgerTable>& after) {
  std::vector<CellChange> changes;
  const std::vector<LedgerTable> old_tables = complete(before);
  const std::vector<LedgerTable> new_tables = complete(after);
  for (std::size_t i = 0; i < new_tables.size(); ++i) {
    const Form& old_form = form(old_tables[i].table, old_tables[i].edition);
    const Form& new_form = form(new_tables[i].table, new_tables[i].edition);
    const auto cell_in = [](const LedgerTable& table, const Form& of, const std::string& id) {
      const auto index = of.find(id);
      return index && !table.cells.empty() ? table.cells[*index] : Cell{};
    };
    const auto add = [&](const std::string& id) {
      const CellChange change{id, cell_in(old_tables[i], old_form, id), cell_in(new_tables[i], new_form, id)};
      if (change.before != change.after) changes.push_back(change);
    };
    if (old_tables[i].cells.empty() && new_tables[i].cells.empty()) continue;
    for (const FormCell& cell : new_form.cells()) add(cell.id);
    for (const FormCell& cell : old_form.cells())
      if (!new_form.find(cell.id)) add(cell.id);
  }
  return changes;
}

}  // namespace gouji::validator
