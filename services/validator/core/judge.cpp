#include "services/validator/core/judge.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "services/validator/core/anomalies.h"
#include "services/validator/core/anomaly_book.h"
#include "services/validator/core/cross_year.h"
#include "services/validator/core/duplicates.h"
#include "services/validator/core/evaluation.h"
#include "services/validator/core/ledger_rules.h"
#include "services/validator/core/locations.h"
#include "services/validator/core/rules.h"
#include "services/validator/core/tie_evidence.h"

namespace gouji::validator {
namespace {

bool is_of_ledger(const LedgerAnomaly& anomaly) { return is_of_ledger_rules(anomaly.findings); }
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

bool is_live(const LedgerEntry& entry) { return !entry.locations.empty(); }

// All results of an evaluation and of the ledger; what is known as a list joins the evaluation's shared ones.
std::vector<RuleResult> joined(Evaluation& evaluation, const std::vector<Said>& from_ledger) {
  std::vector<RuleResult> all = std::move(evaluation.table_results);
  const auto add = [&](ResultList list) {
    if (list.known != nullptr) evaluation.shared.push_back({list.known, all.size()});
    else std::move(list.results.begin(), list.results.end(), std::back_inserter(all));
  };
  add(std::move(evaluation.document_results));
  add(list_of(from_ledger));
  return all;
}

std::vector<TableReading> without_provenance(const std::vector<LedgerTable>& tables) {
  std::vector<TableReading> readings;
  readings.reserve(tables.size());
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

// Newer rules have spoken: what they said stands.
bool is_ahead(const LedgerEntry& entry) { return rule_set_number(entry.rule_set) > rule_set().version(); }

struct Closing {
  Transition transition = Transition::kResolved;
  std::string by;
};

// Why a document is judged.
struct Turn {
  bool is_new_version = false;
  bool was_live = true;
  UnixMillis seen_at = 0;
  std::optional<Closing> closing;  // else it follows from what has changed
};

// Of a report, what a new document may change.
struct Before {
  std::vector<LedgerTable> tables;
  std::string result_digest;
  std::string rule_set;
  std::string extractor;
};

class Judge {
 public:
  Judge(const History& history, const Reread& reread, ReportKey key)
      : history_(history), reread_(reread), key_(std::move(key)), ledger_(history) {}

  Judgement take() {
    for (const ReportKey& key : kept_) judgement_.ledger.push_back({key, ledger_.take(key)});
    kept_.clear();
    return std::move(judgement_);
  }

  // A document at one address of the report.
  void arrive(const Arrival& arrival) {
    const LedgerEntry* const known = ledger_.find(key_);
    LedgerEntry entry = known != nullptr ? *known : LedgerEntry{};
    entry.key = key_;
    if (is_outdated(entry, arrival.location_id, arrival.fetch_sequence)) return;
    const bool was_live = is_live(entry);
    const bool is_same_location = note_location(entry, sighting(arrival));
    if (find_location(entry, arrival.location_id) == nullptr) return;
    if (primary(entry).location_id != arrival.location_id) {
      if (!is_same_location) take_copy(std::move(entry), arrival);
      return;
    }
    const bool is_new_version = entry.version == 0 || (entry.payload_digest != arrival.payload_digest &&
                                                       entry.content_digest != arrival.reading.content_digest);
    // What newer rules have said stands until a new version comes; of a withdrawn report nothing stands.
    if (was_live && !is_new_version && is_ahead(entry)) return;
    const bool is_repeat = is_same_location && was_live && !is_new_version &&
                           entry.extractor == arrival.reading.extractor && entry.rule_set == rule_set_version();
    if (!is_repeat) judge_anew(std::move(entry), arrival, {is_new_version, was_live, arrival.seen_at, std::nullopt});
  }

  void withdraw(const Arrival& arrival) {
    const LedgerEntry* const known = ledger_.find(key_);
    LedgerEntry entry = known != nullptr ? *known : LedgerEntry{};
    entry.key = key_;
    if (is_outdated(entry, arrival.location_id, arrival.fetch_sequence)) return;
    const LedgerLocation* const gone = find_location(entry, arrival.location_id);
    const bool was_primary = gone != nullptr && gone->order == primary(entry).order;
    const bool was_there = note_departure(entry, arrival.location_id, arrival.fetch_sequence);
    if (!was_there) return keep(std::move(entry));
    if (!is_live(entry)) return withdraw_last(std::move(entry), arrival.seen_at);
    if (was_primary) return hand_over(std::move(entry), arrival.seen_at);
    judge_from_ledger(entry, {Transition::kResolved, "withdrawn"}, arrival.seen_at);
  }

  // The document as it is, under today's rules and with today's waivers.
  void judge_document_again(LedgerEntry entry, UnixMillis seen_at) {
    const std::optional<Arrival> document = reread(key_, entry.parsed_offset);
    if (document) return judge_anew(std::move(entry), *document, {false, true, seen_at, std::nullopt});
    const Closing closing{Transition::kRetracted, "rules"};
    judge_cells_again(std::move(entry), closing, seen_at);
  }

  LedgerEntry* find(const ReportKey& key) {
    const LedgerEntry* const entry = ledger_.find(key);
    return entry == nullptr ? nullptr : &ledger_.put(*entry);
  }

 private:
  static Sighting sighting(const Arrival& arrival) {
    return {arrival.location_id, arrival.payload_digest, arrival.reading.content_digest, arrival.fetch_sequence, arrival.input_offset};
  }

  std::optional<Arrival> reread(const ReportKey& key, std::int64_t offset) const {
    if (!reread_ || offset < 0) return std::nullopt;
    std::optional<Arrival> document = reread_(offset);
    if (document && (document->withdrawn || document->reading.key != key)) return std::nullopt;
    return document;
  }

  // A copy makes no version; where its figures differ is said.
  void take_copy(LedgerEntry entry, const Arrival& arrival) {
    for (LedgerLocation& location : entry.locations)
      if (location.location_id == arrival.location_id)
        location.differing = differing_cells(entry.tables, ledger_tables(arrival.reading));
    judge_from_ledger(entry, {Transition::kResolved, "version:" + std::to_string(entry.version)}, arrival.seen_at);
  }

  // The primary's figures have changed, so those of the copies are read once more.
  void compare_copies(LedgerEntry& entry) const {
    const std::int64_t first = primary(entry).order;
    for (LedgerLocation& location : entry.locations) {
      location.differing.clear();
      if (location.order == first) continue;
      if (const auto copy = reread(entry.key, location.parsed_offset))
        location.differing = differing_cells(entry.tables, ledger_tables(copy->reading));
    }
  }

  // The oldest copy stands for the current version from now on, with its own figures where they can
  // be read again.
  void hand_over(LedgerEntry entry, UnixMillis seen_at) {
    const LedgerLocation heir = primary(entry);
    entry.payload_digest = heir.payload_digest;
    entry.content_digest = heir.content_digest;
    const std::optional<Arrival> document = is_ahead(entry) ? std::nullopt : reread(key_, heir.parsed_offset);
    if (!document) return judge_from_ledger(entry, {Transition::kResolved, "withdrawn"}, seen_at);
    judge_anew(std::move(entry), *document, {false, true, seen_at, Closing{Transition::kResolved, "withdrawn"}});
  }

  // The report in hand, or a neighbour whose document was read again.
  void judge_anew(LedgerEntry entry, const Arrival& document, const Turn& turn) {
    // That it is there is all that its neighbours need to know of it for now.
    LedgerEntry in_place;
    in_place.key = entry.key;
    in_place.locations = entry.locations;
    ledger_.put(std::move(in_place));
    const Before before{std::exchange(entry.tables, ledger_tables(document.reading)), entry.result_digest, entry.rule_set, entry.extractor};
    Evaluation evaluation = evaluate(document.reading, entry.tables, neighbours_of(ledger_, entry.key));
    take_document(entry, document, evaluation);
    if (entry.locations.size() > 1 && !changed_cells(before.tables, entry.tables).empty()) compare_copies(entry);
    const std::vector<Said> from_ledger = ledger_results(entry, previous_report(ledger_, entry.key));
    std::vector<RuleResult> results = joined(evaluation, from_ledger);
    entry.result_digest = result_digest(results, evaluation.derived, entry.tables, entry.organ_name, evaluation.shared);
    const bool is_changed = turn.is_new_version || !turn.was_live || entry.result_digest != before.result_digest;
    if (turn.is_new_version) {
      ++entry.version;
      entry.evaluation = 0;
    }
    const Closing closing = turn.closing.value_or(closing_of(before, entry, turn));
    std::vector<Anomaly> drafts = std::move(evaluation.drafts);
    for (Anomaly& draft : drafts_of(from_ledger, entry)) drafts.push_back(std::move(draft));
    BookUpdate book;
    if (!entry.anomalies.empty() || !drafts.empty())
      book = update_book(entry.anomalies, std::move(drafts), occasion_of(entry, closing, turn.seen_at), is_any);
    if (!is_changed && book.transitions.empty()) {
      entry.anomalies = std::move(book.anomalies);
      keep(std::move(entry));
      return;
    }
    ++entry.evaluation;
    Verdict verdict = verdict_of(entry, std::move(results), std::move(evaluation), book, turn.seen_at);
    verdict.tables = without_provenance(entry.tables);
    if (turn.is_new_version && entry.version > 1) verdict.changed_cells = changed_cells(before.tables, entry.tables);
    if (turn.is_new_version) {
      verdict.mended = static_cast<std::int32_t>(book.closed.size());
      verdict.broken = book.opened;
    }
    const bool is_own = entry.key == key_;
    publish(std::move(entry), std::move(verdict), std::move(book));
    if (is_own) judge_neighbours(closing, turn.seen_at);
  }

  static std::vector<Anomaly> drafts_of(const std::vector<Said>& from_ledger, const LedgerEntry& entry) {
    const std::vector<Checked> failures = failures_of(from_ledger);
    return failures.empty() ? std::vector<Anomaly>() : draft_anomalies(failures, {}, entry.key, entry.organ_name);
  }

  // Everything of the ledger entry that stems from the document in hand.
  static void take_document(LedgerEntry& entry, const Arrival& document, const Evaluation& evaluation) {
    const Reading& reading = document.reading;
    entry.organ_name = reading.organ_name.value_or("");
    entry.rule_set = rule_set_version();
    entry.extractor = reading.extractor;
    entry.payload_digest = document.payload_digest;
    entry.content_digest = reading.content_digest;
    entry.shared_document_results = evaluation.document_results.known;
    entry.document_results = evaluation.document_results.results;
    entry.parsed_offset = document.input_offset;
    entry.sketch = sketch_of(reading.sections);
    entry.evidence = document.evidence;
    entry.evidence.rule_set = rule_set_version();
    entry.evidence.extractor = reading.extractor;
  }

  static Occasion occasion_of(const LedgerEntry& entry, const Closing& closing, UnixMillis seen_at) {
    return {entry.key, entry.version, entry.organ_name, entry.evidence, seen_at, closing.transition, closing.by};
  }

  // A new version resolves, and so does a report that returns; the same version read or judged anew
  // retracts, and says what was wrong.
  static Closing closing_of(const Before& before, const LedgerEntry& entry, const Turn& turn) {
    if (turn.is_new_version || !turn.was_live) return {Transition::kResolved, "version:" + std::to_string(entry.version)};
    const bool is_same_reading = changed_cells(before.tables, entry.tables).empty();
    const bool are_rules_new = before.rule_set != entry.rule_set;
    return {Transition::kRetracted, are_rules_new && (is_same_reading || before.extractor == entry.extractor) ? "rules" : "extractor"};
  }

  static Verdict verdict_of(const LedgerEntry& entry, std::vector<RuleResult> results,
                            Evaluation evaluation, const BookUpdate& book, UnixMillis now) {
    Verdict verdict;
    verdict.key = entry.key;
    verdict.version = entry.version;
    verdict.evaluation = entry.evaluation;
    verdict.rule_set = entry.rule_set;
    verdict.results = std::move(results);
    verdict.shared = std::move(evaluation.shared);
    verdict.derived = std::move(evaluation.derived);
    verdict.anomalies_open = open_anomalies(book.anomalies, now);
    verdict.anomalies_waived = waived_anomalies(book.anomalies, now);
    verdict.organ_name = entry.organ_name;
    verdict.evidence = entry.evidence;
    return verdict;
  }

  void keep(LedgerEntry entry) {
    if (std::find(kept_.begin(), kept_.end(), entry.key) == kept_.end()) kept_.push_back(entry.key);
    ledger_.put(std::move(entry));
  }

  void publish(LedgerEntry entry, Verdict verdict, BookUpdate book) {
    entry.anomalies = std::move(book.anomalies);
    judgement_.verdicts.push_back(std::move(verdict));
    std::move(book.transitions.begin(), book.transitions.end(), std::back_inserter(judgement_.transitions));
    std::move(book.closed.begin(), book.closed.end(), std::back_inserter(judgement_.closed));
    keep(std::move(entry));
  }

  void withdraw_last(LedgerEntry entry, UnixMillis seen_at) {
    entry.result_digest.clear();
    ++entry.evaluation;
    const Closing closing{Transition::kResolved, "withdrawn"};
    BookUpdate book = update_book(entry.anomalies, {}, occasion_of(entry, closing, seen_at), is_any);
    Verdict verdict = verdict_of(entry, {}, {}, book, seen_at);
    verdict.withdrawn = true;
    verdict.mended = 0;
    publish(std::move(entry), std::move(verdict), std::move(book));
    judge_neighbours(closing, seen_at);
  }

  // The next year's reports compare with this one, and so do ties of the year before; the other scopes
  // of this year may have lost or gained their only partner.
  void judge_neighbours(const Closing& closing, UnixMillis seen_at) {
    if (!key_.is_identified()) return;
    const bool is_retracted = closing.transition == Transition::kRetracted;
    const Closing of_neighbour{closing.transition, is_retracted ? closing.by : std::to_string(key_.year) + ":" + closing.by};
    for (const std::int32_t year : {key_.year - 1, key_.year, key_.year + 1})
      for (const LedgerEntry* const neighbour : ledger_.live(key_.organ_id, year))
        if (neighbour->key != key_) judge_from_ledger(*neighbour, of_neighbour, seen_at);
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

  // What the ledger alone says of a report, where that has changed. The entry is kept in any case
  // when it is the report in hand.
  void judge_from_ledger(LedgerEntry entry, const Closing& closing, UnixMillis seen_at) {
    const bool is_own = entry.key == key_;
    if (is_own) ledger_.put(entry);
    const auto unchanged = [&] {
      if (is_own) keep(std::move(entry));
    };
    if (is_ahead(entry)) return unchanged();
    LedgerView past(history_);
    const LedgerEntry* const known = past.find(entry.key);
    const std::vector<Said> before = ledger_results(known != nullptr ? *known : entry, previous_report(past, entry.key));
    const std::vector<Said> after = ledger_results(entry, previous_report(ledger_, entry.key));
    const auto ties = is_own ? std::nullopt : changed_ties(entry, past);
    // What the prose says for one explanation or the other stands in the document only.
    if (ties)
      if (const auto document = reread(entry.key, entry.parsed_offset))
        return judge_anew(std::move(entry), *document, {false, true, seen_at, closing});
    if (!ties && result_digest(list_of(before).in_order(), {}, {}, "") == result_digest(list_of(after).in_order(), {}, {}, "")) return unchanged();
    Evaluation evaluation = evaluate_again(entry);
    std::vector<RuleResult> results = joined(evaluation, after);
    entry.result_digest = result_digest(results, evaluation.derived, entry.tables, entry.organ_name, evaluation.shared);
    ++entry.evaluation;
    std::vector<Anomaly> drafts = drafts_of(after, entry);
    if (ties) drafts.insert(drafts.end(), ties->begin(), ties->end());
    const Subject is_subject = [&](const LedgerAnomaly& anomaly) { return is_of_ledger(anomaly) || (ties && is_table3(anomaly)); };
    BookUpdate book = update_book(entry.anomalies, std::move(drafts), occasion_of(entry, closing, seen_at), is_subject);
    Verdict verdict = verdict_of(entry, std::move(results), std::move(evaluation), book, seen_at);
    verdict.tables = without_provenance(entry.tables);
    publish(std::move(entry), std::move(verdict), std::move(book));
  }

  // Without the document: its cells under today's rules. What the prose led to stays as it is.
  void judge_cells_again(LedgerEntry entry, const Closing& closing, UnixMillis seen_at) {
    const std::string digest_before = entry.result_digest;
    entry.rule_set = rule_set_version();
    entry.evidence.rule_set = rule_set_version();
    ledger_.put(entry);
    Evaluation evaluation = evaluate_again(entry);
    const std::vector<Said> from_ledger = ledger_results(entry, previous_report(ledger_, key_));
    std::vector<RuleResult> results = joined(evaluation, from_ledger);
    entry.result_digest = result_digest(results, evaluation.derived, entry.tables, entry.organ_name, evaluation.shared);
    std::vector<Anomaly> drafts = std::move(evaluation.drafts);
    for (Anomaly& draft : drafts_of(from_ledger, entry)) drafts.push_back(std::move(draft));
    const auto is_of_cells = [](const LedgerAnomaly& anomaly) {
      return is_of_ledger_rules(anomaly.findings) || are_of_cells(anomaly.findings);
    };
    BookUpdate book = update_book(entry.anomalies, std::move(drafts), occasion_of(entry, closing, seen_at), is_of_cells);
    if (entry.result_digest == digest_before && book.transitions.empty()) {
      entry.anomalies = std::move(book.anomalies);
      return keep(std::move(entry));
    }
    ++entry.evaluation;
    Verdict verdict = verdict_of(entry, std::move(results), std::move(evaluation), book, seen_at);
    verdict.tables = without_provenance(entry.tables);
    publish(std::move(entry), std::move(verdict), std::move(book));
  }

  const History& history_;
  const Reread& reread_;
  const ReportKey key_;
  LedgerView ledger_;
  Judgement judgement_;
  std::vector<ReportKey> kept_;
};

}  // namespace

Judgement judge(const History& history, const Arrival& arrival, const Reread& reread) {
  Judge judge(history, reread, arrival.reading.key);
  if (arrival.withdrawn) judge.withdraw(arrival);
  else judge.arrive(arrival);
  return judge.take();
}

Result<Judgement> judge_waiver(const History& history, const WaiverArrival& arrival, const Reread& reread) {
  if (arrival.waiver && arrival.waiver->reason.size() + arrival.waiver->author.size() > kWaiverBytesMax)
    return invalid_input(ErrorCode::kTooLarge, "waiver: reason and author together may have " + std::to_string(kWaiverBytesMax) + " bytes");
  Judge judge(history, reread, arrival.key);
  LedgerEntry* const known = judge.find(arrival.key);
  LedgerAnomaly* subject = nullptr;
  if (known != nullptr)
    for (LedgerAnomaly& each : known->anomalies)
      if (each.id == arrival.anomaly_id) subject = &each;
  if (subject == nullptr) {
    if (!arrival.waiver) return Judgement{};
    return invalid_input(ErrorCode::kNotFound, "waiver: report " + to_string(arrival.key) + " has no anomaly " + arrival.anomaly_id);
  }
  subject->waiver = arrival.waiver;
  LedgerEntry entry = *known;
  if (is_live(entry) && !is_ahead(entry)) {
    judge.judge_document_again(std::move(entry), arrival.seen_at);
    return judge.take();
  }
  Judgement judgement;
  judgement.ledger.push_back({entry.key, std::move(entry)});
  return judgement;
}

bool is_behind_rules(const LedgerEntry& entry) {
  return is_live(entry) && entry.rule_set != rule_set_version() && !is_ahead(entry);
}

Judgement judge_again(const History& history, const ReportKey& key, const Reread& reread) {
  Judge judge(history, reread, key);
  const LedgerEntry* const entry = judge.find(key);
  if (entry != nullptr && is_behind_rules(*entry)) judge.judge_document_again(*entry, entry->evidence.fetched_at);
  return judge.take();
}

}  // namespace gouji::validator
