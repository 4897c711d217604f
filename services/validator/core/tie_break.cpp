#include "services/validator/core/tie_break.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "common/report/form.h"

namespace gouji::validator {
namespace {

constexpr std::string_view kIn = "t3.carried_in.";
constexpr std::string_view kOut = "t3.carried_out.";

// The number that another report states for the same thing; nullopt where it says nothing.
std::optional<std::int64_t> number_in(const LedgerEntry* entry, const std::string& cell_id) {
  if (entry == nullptr) return std::nullopt;
  for (const LedgerTable& table : entry->tables) {
    if (table.table != TableId::kT3 || table.cells.empty()) continue;
    const auto index = form(table.table, table.edition).find(cell_id);
    if (index && table.cells[*index].is_number()) return table.cells[*index].value;
  }
  return std::nullopt;
}

// What kinds of evidence speak for an explanation, and how many speak against it.
struct Support {
  bool by_previous = false, by_next = false, by_prose = false;
  int score = 0;
};

class Weigher {
 public:
  explicit Weigher(const TieEvidence& evidence) : evidence_(evidence) {}

  Support weigh(const Explanation& explanation) const {
    Support support;
    for (const Change& change : explanation.changes) {
      const std::string_view cell = change.cell;
      if (cell.starts_with(kIn)) {
        count(change, number_in(evidence_.previous, std::string(kOut) + std::string(cell.substr(kIn.size()))), support.by_previous, support);
      } else if (cell.starts_with(kOut)) {
        count(change, number_in(evidence_.next, std::string(kIn) + std::string(cell.substr(kOut.size()))), support.by_next, support);
      }
      count_claims(change, support);
    }
    return support;
  }

 private:
  static void count(const Change& change, std::optional<std::int64_t> said, bool& by, Support& support) {
    if (!said) return;
    if (*said == change.proposed) {
      by = true;
      ++support.score;
    } else if (change.reported.is_number() && *said == change.reported.value) {
      --support.score;
    }
  }

  // A claim that can only mean this cell.
  void count_claims(const Change& change, Support& support) const {
    if (evidence_.claims == nullptr) return;
    for (const Claim& claim : *evidence_.claims) {
      const bool is_this = !claim.hedged && claim.readings.size() == 1 && claim.readings[0].size() == 1 && claim.readings[0][0] == change.cell;
      if (!is_this || claim.value == 0) continue;
      count(change, claim.value, support.by_prose, support);
      return;
    }
  }

  const TieEvidence& evidence_;
};

void say(const Support& support, Anomaly& anomaly) {
  const std::pair<bool, std::pair<std::string_view, std::string_view>> kinds[] = {
      {support.by_previous, {"上年度报告的结转数", "what last year's report carried out"}},
      {support.by_next, {"下年度报告的上年结转数", "what next year's report carried in"}},
      {support.by_prose, {"正文所述的数", "the prose"}}};
  std::string zh;
  std::string en;
  for (const auto& [is_for, words] : kinds) {
    if (!is_for) continue;
    zh += (zh.empty() ? "" : "、") + std::string(words.first);
    en += (en.empty() ? "" : " and ") + std::string(words.second);
  }
  if (zh.empty()) return;
  anomaly.message_zh += "佐证：" + zh + "与首列改法一致。";
  anomaly.message_en += " Evidence: " + en + " fits the first of them.";
}

}  // namespace

void break_ties(std::vector<Anomaly>& drafts, const TieEvidence& evidence) {
  const Weigher weigher(evidence);
  for (Anomaly& anomaly : drafts) {
    if (anomaly.explanations.size() < 2) continue;
    std::vector<std::pair<Support, Explanation>> weighed;
    for (Explanation& explanation : anomaly.explanations) weighed.emplace_back(weigher.weigh(explanation), std::move(explanation));
    std::stable_sort(weighed.begin(), weighed.end(), [](const auto& a, const auto& b) { return a.first.score > b.first.score; });
    const bool is_decided = weighed[0].first.score > weighed[1].first.score;
    for (std::size_t i = 0; i < weighed.size(); ++i) anomaly.explanations[i] = std::move(weighed[i].second);
    if (is_decided) say(weighed[0].first, anomaly);
  }
}

}  // namespace gouji::validator
