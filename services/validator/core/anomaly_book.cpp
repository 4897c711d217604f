#include "services/validator/core/anomaly_book.h"

#include <algorithm>
#include <optional>
#include <tuple>

#include "common/core/id.h"
#include "services/validator/core/messages.h"
#include "services/validator/core/rules.h"

namespace gouji::validator {
namespace {

constexpr std::size_t kFingerprintDigits = 16;

std::string cell_text(const Cell& cell) {
  return std::string(to_string(cell.state)) + ":" + std::to_string(cell.value);
}

// Digest of cells, values, severity, fault and explanations: not of wording, version or evidence.
std::string fingerprint(const Anomaly& anomaly) {
  std::string text = std::string(to_string(anomaly.severity)) + "|" + std::string(to_string(anomaly.fault)) + "|" +
                     (anomaly.unique ? "u" : "-") + (anomaly.exhaustive ? "e" : "-");
  for (const RuleResult& result : anomaly.results) {
    text += "|" + result.rule + "/" + result.instance + "/" + std::to_string(result.difference.value_or(0));
    for (const Operand& operand : result.operands) text += "," + operand.cell + "=" + cell_text(operand.value);
  }
  for (const Explanation& explanation : anomaly.explanations) {
    text += "|" + std::string(to_string(explanation.mechanism));
    for (const Change& change : explanation.changes)
      text += "," + change.cell + "=" + cell_text(change.reported) + ">" + std::to_string(change.proposed);
    for (const std::string& name : explanation.supported_by) text += "+" + name;
  }
  return hash_id({text}).substr(0, kFingerprintDigits);
}

// Digest of rules, cells and values alone: what a waiver is bound to.
std::string cells_digest(const Anomaly& anomaly) {
  std::string text;
  for (const RuleResult& result : anomaly.results) {
    text += "|" + result.rule + "/" + result.instance + "/" + std::to_string(result.difference.value_or(0));
    for (const Operand& operand : result.operands) text += "," + operand.cell + "=" + cell_text(operand.value);
  }
  return hash_id({text}).substr(0, kFingerprintDigits);
}

// What subscribers see of a waiver.
std::string waiver_mark(const LedgerAnomaly& known) {
  if (!known.is_bound()) return "";
  return "w" + hash_id({known.waiver->reason, known.waiver->author, std::to_string(known.waiver->expires_at)}).substr(0, 8);
}

std::size_t overlap(const std::vector<Finding>& a, const std::vector<Finding>& b) {
  return static_cast<std::size_t>(std::count_if(a.begin(), a.end(), [&](const Finding& finding) {
    return std::binary_search(b.begin(), b.end(), finding);
  }));
}

class Update {
 public:
  Update(const std::vector<LedgerAnomaly>& book, std::vector<Anomaly> drafts, const Occasion& occasion,
         const Subject& is_subject)
      : drafts_(std::move(drafts)), occasion_(occasion), place_of_(drafts_.size()) {
    result_.anomalies = book;
    for (const LedgerAnomaly& known : book) is_subject_.push_back(is_subject(known));
    is_taken_.assign(book.size(), false);
  }

  BookUpdate run() {
    match();
    for (std::size_t i = 0; i < drafts_.size(); ++i)
      if (!place_of_[i]) give_id(i);
    for (std::size_t i = 0; i < is_taken_.size(); ++i)
      if (is_subject_[i] && !is_taken_[i] && result_.anomalies[i].open) close(result_.anomalies[i]);
    for (std::size_t i = 0; i < drafts_.size(); ++i) take_over(drafts_[i], result_.anomalies[*place_of_[i]]);
    forget();
    return std::move(result_);
  }

 private:
  // Drafts take the anomalies with which they share most findings, open ones first.
  void match() {
    std::vector<std::tuple<bool, std::size_t, std::size_t, std::size_t>> pairs;
    for (std::size_t d = 0; d < drafts_.size(); ++d)
      for (std::size_t b = 0; b < is_taken_.size(); ++b) {
        const std::size_t shared = is_subject_[b] ? overlap(drafts_[d].findings, result_.anomalies[b].findings) : 0;
        if (shared > 0) pairs.emplace_back(!result_.anomalies[b].open, kMany - shared, d, b);
      }
    std::sort(pairs.begin(), pairs.end());
    for (const auto& [is_closed, rank, d, b] : pairs)
      if (!place_of_[d] && !is_taken_[b]) take(d, b);
  }

  void take(std::size_t draft, std::size_t place) {
    place_of_[draft] = place;
    is_taken_[place] = true;
  }

  // The id of the smallest finding whose id no other open anomaly has.
  void give_id(std::size_t draft) {
    const std::string key = to_string(occasion_.key);
    for (std::size_t ordinal = 0;; ++ordinal)
      for (const Finding& finding : drafts_[draft].findings) {
        const std::string id = ordinal == 0 ? hash_id({key, finding.rule, finding.instance})
                                            : hash_id({key, finding.rule, finding.instance, std::to_string(ordinal)});
        const auto known = std::find_if(result_.anomalies.begin(), result_.anomalies.end(),
                                        [&](const LedgerAnomaly& each) { return each.id == id; });
        if (known == result_.anomalies.end()) {
          place_of_[draft] = result_.anomalies.size();
          result_.anomalies.push_back({});
          result_.anomalies.back().id = id;
          result_.anomalies.back().open = false;
          return;
        }
        const auto place = static_cast<std::size_t>(known - result_.anomalies.begin());
        if (place < is_taken_.size() && is_subject_[place] && !is_taken_[place] && !known->open) {
          take(draft, place);
          return;
        }
      }
  }

  Anomaly event(const LedgerAnomaly& known, Transition transition) const {
    Anomaly anomaly;
    anomaly.id = known.id;
    anomaly.key = occasion_.key;
    anomaly.version = occasion_.version;
    anomaly.transition = transition;
    anomaly.organ_name = occasion_.organ_name;
    anomaly.evidence = occasion_.evidence;
    anomaly.opened_at = known.opened_at;
    anomaly.cells_digest = known.cells_digest;
    if (known.is_bound())
      anomaly.waiver = Waiver{known.id, occasion_.key, known.waiver->reason, known.waiver->author, known.waiver->created_at,
                              known.waiver->expires_at, known.waiver->cells_digest};
    return anomaly;
  }

  void close(LedgerAnomaly& known) {
    known.open = false;
    Anomaly anomaly = event(known, occasion_.closing);
    const Rule* const leading = rule_set().find(known.leading_rule);
    if (leading != nullptr) anomaly.category = leading->category;
    anomaly.severity = known.severity;
    anomaly.fault = known.fault;
    anomaly.findings = known.findings;
    anomaly.resolved_by = occasion_.closed_by;
    const Finding first = known.findings.empty() ? Finding{known.leading_rule, ""} : known.findings.front();
    anomaly.message_zh = closing_message(first, occasion_.closed_by, Language::kChinese);
    anomaly.message_en = closing_message(first, occasion_.closed_by, Language::kEnglish);
    result_.closed.push_back(known.id);
    result_.transitions.push_back(std::move(anomaly));
  }

  void take_over(Anomaly& draft, LedgerAnomaly& known) {
    known.cells_digest = cells_digest(draft);
    const std::string print = fingerprint(draft) + waiver_mark(known);
    const bool is_opened = !known.open;
    if (!is_opened && known.fingerprint == print) return;
    if (is_opened) {
      known.open = true;
      known.opened_at = occasion_.seen_at;
      known.opened_in_version = occasion_.version;
      ++result_.opened;
    }
    known.findings = draft.findings;
    known.fingerprint = print;
    known.severity = draft.severity;
    known.fault = draft.fault;
    known.leading_rule = draft.findings.front().rule;
    const Anomaly frame = event(known, is_opened ? Transition::kOpened : Transition::kChanged);
    draft.id = frame.id;
    draft.version = frame.version;
    draft.transition = frame.transition;
    draft.evidence = frame.evidence;
    draft.opened_at = frame.opened_at;
    draft.cells_digest = frame.cells_digest;
    draft.waiver = frame.waiver;
    result_.transitions.push_back(std::move(draft));
  }

  // The closed ones that were opened longest ago go first.
  void forget() {
    auto closed = static_cast<std::size_t>(
        std::count_if(result_.anomalies.begin(), result_.anomalies.end(), [](const auto& each) { return !each.open; }));
    while (closed > kClosedMax) {
      const auto oldest = std::min_element(
          result_.anomalies.begin(), result_.anomalies.end(), [](const LedgerAnomaly& a, const LedgerAnomaly& b) {
            return std::tie(a.open, a.opened_at, a.id) < std::tie(b.open, b.opened_at, b.id);
          });
      result_.anomalies.erase(oldest);
      --closed;
    }
  }

  static constexpr std::size_t kMany = 1'000'000;
  std::vector<Anomaly> drafts_;
  const Occasion& occasion_;
  std::vector<std::optional<std::size_t>> place_of_;
  std::vector<bool> is_subject_;
  std::vector<bool> is_taken_;
  BookUpdate result_;
};

}  // namespace

BookUpdate update_book(const std::vector<LedgerAnomaly>& book, std::vector<Anomaly> drafts, const Occasion& occasion,
                       const Subject& is_subject) {
  return Update(book, std::move(drafts), occasion, is_subject).run();
}

std::int32_t open_anomalies(const std::vector<LedgerAnomaly>& book, UnixMillis now) {
  return static_cast<std::int32_t>(
      std::count_if(book.begin(), book.end(), [now](const auto& each) { return each.open && !each.is_waived(now); }));
}

std::int32_t waived_anomalies(const std::vector<LedgerAnomaly>& book, UnixMillis now) {
  return static_cast<std::int32_t>(
      std::count_if(book.begin(), book.end(), [now](const auto& each) { return each.open && each.is_waived(now); }));
}

}  // namespace gouji::validator
