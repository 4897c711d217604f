#include "services/validator/core/judge.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "services/validator/core/anomalies.h"
#include "services/validator/core/anomaly_book.h"
#include "services/validator/core/cross_year.h"
#include "services/validator/core/evaluation.h"
#include "services/validator/core/rules.h"
#include "services/validator/core/tie_evidence.h"

namespace gouji::validator {
namespace {

// Addresses of one report that are remembered; further copies leave no trace.
constexpr std::size_t kLocationsMax = 16;

bool is_cross_year(const LedgerAnomaly& anomaly) { return anomaly.leading_rule.starts_with("X."); }
bool is_any(const LedgerAnomaly&) { return true; }
bool is_table3(const LedgerAnomaly& anomaly) {
  return anomaly.leading_rule.starts_with("T3.") && anomaly.leading_rule != "T3.SHAPE";
}

bool are_same(const std::vector<Anomaly>& a, const std::vector<Anomaly>& b) {
  const auto is_same_explanation = [](const Explanation& x, const Explanation& y) {
    const auto is_same_change = [](const Change& m, const Change& n) { return m.cell == n.cell && m.proposed == n.proposed; };
    return x.supported_by == y.supported_by && std::equal(x.changes.begin(), x.changes.end(), y.changes.begin(), y.changes.end(), is_same_change);
  };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](const Anomaly& x, const Anomaly& y) {
    return std::equal(x.explanations.begin(), x.explanations.end(), y.explanations.begin(), y.explanations.end(), is_same_explanation);
  });
}

std::vector<Anomaly> cross_year_drafts(const std::vector<RuleResult>& results, const LedgerEntry& entry) {
  std::vector<Checked> checked;
  for (const RuleResult& result : results) checked.push_back({result, "", "", ""});
  return draft_anomalies(checked, {}, entry.key, entry.organ_name);
}

std::vector<RuleResult> joined(Evaluation& evaluation, const std::vector<RuleResult>& cross_year) {
  std::vector<RuleResult> all = std::move(evaluation.table_results);
  std::move(evaluation.document_results.begin(), evaluation.document_results.end(), std::back_inserter(all));
  all.insert(all.end(), cross_year.begin(), cross_year.end());
  return all;
}

std::vector<TableReading> without_provenance(const std::vector<LedgerTable>& tables) {
  std::vector<TableReading> readings;
  for (const LedgerTable& table : tables) {
    TableReading& reading = readings.emplace_back();
    reading.table = table.table;
    reading.status = table.status;
    reading.edition = table.edition;
    reading.money_unit = table.money_unit;
    reading.cells = table.cells;
  }
  return readings;
}

class Judge {
 public:
  Judge(const History& history, const Arrival& arrival)
      : history_(history), arrival_(arrival), key_(arrival.reading.key), ledger_(history) {}

  Judgement run() {
    if (arrival_.withdrawn) {
      withdraw();
    } else {
      arrive();
    }
    return std::move(judgement_);
  }

 private:
  // A document at one address of the report.
  void arrive() {
    const LedgerEntry* const known = ledger_.find(key_);
    LedgerEntry entry = known != nullptr ? *known : LedgerEntry{};
    entry.key = key_;
    if (is_outdated(entry)) return;
    const bool was_live = !entry.locations.empty();
    const bool is_same_location = note_location(entry);
    if (is_copy(entry)) {
      if (!is_same_location) keep(std::move(entry));
      return;
    }
    const bool is_new_version = entry.version == 0 || (entry.payload_digest != arrival_.payload_digest &&
                                                       entry.content_digest != arrival_.reading.content_digest);
    // What newer rules have said stands until a new version comes; of a withdrawn report nothing stands.
    if (was_live && !is_new_version && rule_set_number(entry.rule_set) > rule_set().version()) return;
    const bool is_repeat = is_same_location && was_live && !is_new_version &&
                           entry.extractor == arrival_.reading.extractor && entry.rule_set == rule_set_version();
    if (!is_repeat) judge_anew(std::move(entry), is_new_version, was_live);
  }

  std::vector<LedgerLocation>::iterator here(LedgerEntry& entry) const {
    return std::find_if(entry.locations.begin(), entry.locations.end(),
                        [&](const LedgerLocation& each) { return each.location_id == arrival_.location_id; });
  }

  // Something newer has come from this address: a dead letter that is sent again must not undo it.
  bool is_outdated(LedgerEntry& entry) const {
    const auto found = here(entry);
    return found != entry.locations.end() && arrival_.fetch_sequence < found->fetch_sequence;
  }

  // Notes what was seen at this address; true when it is what is known.
  bool note_location(LedgerEntry& entry) const {
    const auto found = here(entry);
    const std::string& content = arrival_.reading.content_digest;
    if (found != entry.locations.end()) {
      const bool is_same = found->payload_digest == arrival_.payload_digest && found->content_digest == content &&
                           found->fetch_sequence == arrival_.fetch_sequence;
      found->fetch_sequence = arrival_.fetch_sequence;
      found->payload_digest = arrival_.payload_digest;
      found->content_digest = content;
      return is_same;
    }
    if (entry.locations.size() >= kLocationsMax) return true;
    std::int64_t order = 0;
    for (const LedgerLocation& each : entry.locations) order = std::max(order, each.order + 1);
    entry.locations.push_back({arrival_.location_id, arrival_.payload_digest, content, order, arrival_.fetch_sequence});
    return false;
  }

  static const LedgerLocation& primary(const LedgerEntry& entry) {
    return *std::min_element(entry.locations.begin(), entry.locations.end(),
                             [](const LedgerLocation& a, const LedgerLocation& b) { return a.order < b.order; });
  }
  bool is_copy(const LedgerEntry& entry) const { return primary(entry).location_id != arrival_.location_id; }

  void judge_anew(LedgerEntry entry, bool is_new_version, bool was_live) {
    const LedgerEntry before = entry;
    ledger_.put(entry);
    entry.tables = ledger_tables(arrival_.reading);
    Evaluation evaluation = evaluate(arrival_.reading, entry.tables, neighbours_of(ledger_, key_));
    take_document(entry, evaluation);
    const std::vector<RuleResult> cross_year = cross_year_results(entry, previous_report(ledger_, key_));
    std::vector<RuleResult> results = joined(evaluation, cross_year);
    entry.result_digest = result_digest(results, evaluation.derived, entry.tables, entry.organ_name);
    Occasion occasion = occasion_of(entry);
    set_closing(before, entry, is_new_version, occasion);
    std::vector<Anomaly> drafts = std::move(evaluation.drafts);
    for (Anomaly& draft : cross_year_drafts(cross_year, entry)) drafts.push_back(std::move(draft));
    const bool is_changed = is_new_version || !was_live || entry.result_digest != before.result_digest;
    if (is_new_version) {
      ++entry.version;
      entry.evaluation = 0;
      occasion.version = entry.version;
      occasion.closed_by = "version:" + std::to_string(entry.version);
    }
    BookUpdate book = update_book(entry.anomalies, std::move(drafts), occasion, is_any);
    if (!is_changed && book.transitions.empty()) {
      keep(std::move(entry));
      return;
    }
    ++entry.evaluation;
    Verdict verdict = verdict_of(entry, std::move(results), std::move(evaluation.derived), book);
    verdict.tables = without_provenance(entry.tables);
    if (is_new_version && entry.version > 1) verdict.changed_cells = changed_cells(before.tables, entry.tables);
    if (is_new_version) {
      verdict.mended = static_cast<std::int32_t>(book.closed.size());
      verdict.broken = book.opened;
    }
    publish(std::move(entry), std::move(verdict), std::move(book));
    judge_neighbours(occasion.closing, std::to_string(key_.year) + ":" + occasion.closed_by);
  }

  // Everything of the ledger entry that stems from the document in hand.
  void take_document(LedgerEntry& entry, const Evaluation& evaluation) const {
    const Reading& reading = arrival_.reading;
    entry.organ_name = reading.organ_name.value_or("");
    entry.rule_set = rule_set_version();
    entry.extractor = reading.extractor;
    entry.payload_digest = arrival_.payload_digest;
    entry.content_digest = reading.content_digest;
    entry.document_results = evaluation.document_results;
    entry.parsed_offset = arrival_.input_offset;
    entry.evidence = arrival_.evidence;
    entry.evidence.rule_set = rule_set_version();
    entry.evidence.extractor = reading.extractor;
  }

  Occasion occasion_of(const LedgerEntry& entry) const {
    return {entry.key, entry.version, entry.organ_name, entry.evidence, arrival_.seen_at, Transition::kResolved, ""};
  }

  // A new version resolves; the same version read or judged anew retracts, and says what was wrong.
  static void set_closing(const LedgerEntry& before, const LedgerEntry& entry, bool is_new_version, Occasion& occasion) {
    if (is_new_version) return;
    occasion.closing = Transition::kRetracted;
    const bool is_same_reading = changed_cells(before.tables, entry.tables).empty();
    const bool are_rules_new = before.rule_set != entry.rule_set;
    occasion.closed_by = are_rules_new && (is_same_reading || before.extractor == entry.extractor) ? "rules" : "extractor";
  }

  static Verdict verdict_of(const LedgerEntry& entry, std::vector<RuleResult> results,
                            std::vector<DerivedValue> derived, const BookUpdate& book) {
    Verdict verdict;
    verdict.key = entry.key;
    verdict.version = entry.version;
    verdict.evaluation = entry.evaluation;
    verdict.rule_set = entry.rule_set;
    verdict.results = std::move(results);
    verdict.derived = std::move(derived);
    verdict.anomalies_open = open_anomalies(book.anomalies);
    verdict.organ_name = entry.organ_name;
    verdict.evidence = entry.evidence;
    return verdict;
  }

  void keep(LedgerEntry entry) {
    judgement_.ledger.push_back({entry.key, entry});
    ledger_.put(std::move(entry));
  }

  void publish(LedgerEntry entry, Verdict verdict, BookUpdate book) {
    entry.anomalies = std::move(book.anomalies);
    judgement_.verdicts.push_back(std::move(verdict));
    std::move(book.transitions.begin(), book.transitions.end(), std::back_inserter(judgement_.transitions));
    std::move(book.closed.begin(), book.closed.end(), std::back_inserter(judgement_.closed));
    keep(std::move(entry));
  }

  void withdraw() {
    const LedgerEntry* const known = ledger_.find(key_);
    if (known == nullptr) return;
    LedgerEntry entry = *known;
    const auto gone = here(entry);
    if (gone == entry.locations.end() || is_outdated(entry)) return;
    const bool was_primary = gone->order == primary(entry).order;
    entry.locations.erase(gone);
    if (entry.locations.empty()) {
      withdraw_last(std::move(entry));
      return;
    }
    if (was_primary) {
      // The oldest copy stands for the current version from now on.
      entry.payload_digest = primary(entry).payload_digest;
      entry.content_digest = primary(entry).content_digest;
    }
    keep(std::move(entry));
  }

  void withdraw_last(LedgerEntry entry) {
    entry.result_digest.clear();
    ++entry.evaluation;
    Occasion occasion = occasion_of(entry);
    occasion.closed_by = "withdrawn";
    BookUpdate book = update_book(entry.anomalies, {}, occasion, is_any);
    Verdict verdict = verdict_of(entry, {}, {}, book);
    verdict.withdrawn = true;
    verdict.mended = 0;
    publish(std::move(entry), std::move(verdict), std::move(book));
    judge_neighbours(Transition::kResolved, std::to_string(key_.year) + ":withdrawn");
  }

  // The next year's reports compare with this one, and so do ties of the year before; the other scopes
  // of this year may have lost or gained their only partner.
  void judge_neighbours(Transition closing, const std::string& closed_by) {
    if (!key_.is_identified()) return;
    for (const std::int32_t year : {key_.year - 1, key_.year, key_.year + 1})
      for (const LedgerEntry* const neighbour : ledger_.live(key_.organ_id, year))
        if (neighbour->key != key_) judge_neighbour(*neighbour, closing, closed_by);
  }

  // New drafts of the anomalies of table 3, where other evidence speaks for their explanations now.
  std::optional<std::vector<Anomaly>> changed_ties(const LedgerEntry& entry, LedgerView& past) {
    const auto is_open = [](const LedgerAnomaly& known) { return known.open && is_table3(known); };
    if (std::none_of(entry.anomalies.begin(), entry.anomalies.end(), is_open)) return std::nullopt;
    std::vector<Anomaly> drafts = table3_drafts(entry, neighbours_of(ledger_, entry.key));
    if (are_same(table3_drafts(entry, neighbours_of(past, entry.key)), drafts)) return std::nullopt;
    for (Anomaly& draft : drafts)
      for (const LedgerAnomaly& known : entry.anomalies)
        if (is_open(known) && known.findings == draft.findings) draft.fault = known.fault;
    return drafts;
  }

  void judge_neighbour(LedgerEntry entry, Transition closing, const std::string& closed_by) {
    if (rule_set_number(entry.rule_set) > rule_set().version()) return;
    LedgerView past(history_);
    const std::vector<RuleResult> before = cross_year_results(entry, previous_report(past, entry.key));
    const std::vector<RuleResult> after = cross_year_results(entry, previous_report(ledger_, entry.key));
    const std::optional<std::vector<Anomaly>> ties = changed_ties(entry, past);
    if (!ties && result_digest(before, {}, {}, "") == result_digest(after, {}, {}, "")) return;
    Evaluation evaluation = evaluate_again(entry);
    std::vector<RuleResult> results = joined(evaluation, after);
    entry.result_digest = result_digest(results, evaluation.derived, entry.tables, entry.organ_name);
    ++entry.evaluation;
    Occasion occasion = occasion_of(entry);
    occasion.closing = closing;
    occasion.closed_by = closing == Transition::kRetracted ? closed_by.substr(closed_by.find(':') + 1) : closed_by;
    std::vector<Anomaly> drafts = cross_year_drafts(after, entry);
    if (ties) drafts.insert(drafts.end(), ties->begin(), ties->end());
    const Subject is_subject = [&](const LedgerAnomaly& known) { return is_cross_year(known) || (ties && is_table3(known)); };
    BookUpdate book = update_book(entry.anomalies, std::move(drafts), occasion, is_subject);
    Verdict verdict = verdict_of(entry, std::move(results), std::move(evaluation.derived), book);
    verdict.tables = without_provenance(entry.tables);
    publish(std::move(entry), std::move(verdict), std::move(book));
  }

  const History& history_;
  const Arrival& arrival_;
  const ReportKey& key_;
  LedgerView ledger_;
  Judgement judgement_;
};

}  // namespace

Judgement judge(const History& history, const Arrival& arrival) { return Judge(history, arrival).run(); }

}  // namespace gouji::validator
