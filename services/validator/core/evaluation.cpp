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

constexpr std::size_t kDigestedUsual = 4'096;

const KnownResults& known(const Verdict::Shared& place) { return static_cast<const KnownResults&>(*place.list); }

bool has_cells(TableStatus status) { return status == TableStatus::kRead || status == TableStatus::kPartial; }

TableView view_of(const LedgerTable& table) {
  return {&form(table.table, table.edition), table.status, table.cells};
}

// One table of every id, in order; what is missing is absent.
std::vector<LedgerTable> complete(std::vector<LedgerTable> tables) {
  const auto has_id = [](const LedgerTable& table, TableId id) { return table.table == id; };
  if (std::equal(tables.begin(), tables.end(), std::begin(kTables), std::end(kTables), has_id)) return tables;
  std::vector<LedgerTable> all;
  for (const TableId id : kTables) {
    const auto found = std::find_if(tables.begin(), tables.end(), [&](const auto& table) { return table.table == id; });
    all.push_back(found == tables.end() ? LedgerTable{id, TableStatus::kAbsent, Edition::k2021, MoneyUnit::kNotStated, {}}
                                        : std::move(*found));
  }
  return all;
}

// True where no rule of the table has anything to say, so that there is nothing to diagnose.
bool add_table(const LedgerTable& table, bool pre_2019, Evaluation& evaluation) {
  const TableView view = view_of(table);
  const Reason reason = pre_2019 ? Reason::kPre2019 : why_unreadable(table.status);
  if (const KnownResults* const shared = shared_results(view); shared != nullptr && reason == Reason::kNone && !has_overrides()) {
    evaluation.shared.push_back({shared, evaluation.table_results.size()});
    return true;
  }
  const std::size_t first = evaluation.table_results.size();
  add_table_results(view, reason, evaluation.table_results);
  for (std::size_t i = first; i < evaluation.table_results.size(); ++i) set_severity(evaluation.table_results[i]);
  if (reason != Reason::kNone) return false;
  for (DerivedValue& value : derive(view, find_convention(*view.form, view.cells)))
    evaluation.derived.push_back(std::move(value));
  return false;
}

void add_prose_results(const Reading& reading, const std::vector<LedgerTable>& tables, std::vector<Said>& results) {
  if (reading.pre_2019) {
    for (const char* id : {"N.T2", "N.T3", "N.T4", "N.SHARE", "N.SUM"}) results.push_back(not_applicable(id, Reason::kPre2019));
    return;
  }
  for (Said& said : narrative_results(reading, tables)) results.push_back(std::move(said));
  for (Said& said : prose_sum_results(reading)) results.push_back(std::move(said));
  results.push_back(other_organ_result(reading));
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

ResultList document_results_of(const LedgerEntry& entry) {
  return {static_cast<const KnownResults*>(entry.shared_document_results), entry.document_results};
}

std::vector<LedgerTable> ledger_tables(const Reading& reading) {
  std::vector<LedgerTable> tables;
  tables.reserve(reading.tables.size());
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
  std::vector<DiagnosedTable> diagnosed;
  diagnosed.reserve(tables.size());
  for (std::size_t i = 0; i < tables.size(); ++i) {
    const bool is_faultless = add_table(tables[i], reading.pre_2019, evaluation);
    const TableView view = view_of(tables[i]);
    if (reading.pre_2019 || !view.is_readable()) continue;
    std::vector<Diagnosis> diagnoses;
    if (!is_faultless) diagnoses = diagnosed_with(view, evidence_for(view, reading, neighbours));
    diagnosed.push_back({view, std::move(diagnoses), table_reading(reading, tables[i].table),
                         reading.media_type.starts_with("text/plain")});
  }
  std::vector<Said> document = document_results(
      reading, tables, {true, is_decidable(evaluation, "T3"), is_decidable(evaluation, "T4")});
  add_prose_results(reading, tables, document);
  if (has_overrides())
    for (Said& said : document) said.override_severity();
  std::vector<Checked> all;
  for (const RuleResult& result : evaluation.table_results)
    if (result.status == RuleStatus::kFailed) all.push_back({result, "", "", ""});
  for (Checked& failure : failures_of(document)) all.push_back(std::move(failure));
  evaluation.document_results = list_of(document);
  if (!all.empty()) evaluation.drafts = draft_anomalies(all, diagnosed, reading.key, reading.organ_name.value_or(""));
  return evaluation;
}

Evaluation evaluate_again(const LedgerEntry& entry) {
  Evaluation evaluation;
  evaluation.document_results = document_results_of(entry);
  const std::vector<RuleResult>& of_document = evaluation.document_results.in_order();
  const bool pre_2019 = std::any_of(of_document.begin(), of_document.end(),
                                    [](const RuleResult& result) { return result.reason == to_string(Reason::kPre2019); });
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
  std::string text;
  text.reserve(kDigestedUsual);
  text = organ_name;
  // Of tables without a fault the place says nothing, as a plain pass has no name.
  for (const Verdict::Shared& place : shared)
    if (known(place).is_of_table) text += known(place).digested;
  std::size_t done = 0;
  const auto add_until = [&](std::size_t end) {
    for (; done < end; ++done) add_digested(results[done], text);
  };
  for (const Verdict::Shared& place : shared) {
    if (known(place).is_of_table) continue;
    add_until(place.before);
    text += known(place).digested;
  }
  add_until(results.size());
  for (const DerivedValue& value : derived) text += "|" + value.cell + "=" + std::to_string(value.value);
  for (const LedgerTable& table : tables) {
    text.append("|").append(to_string(table.table)).append(to_string(table.status)).append(to_string(table.edition));
    text += static_cast<char>('0' + static_cast<int>(table.money_unit));
    add_digested(table.cells, text);
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
