#include "services/validator/core/anomalies.h"

#include <algorithm>
#include <set>

#include "services/validator/core/messages.h"

namespace gouji::validator {
namespace {

constexpr std::size_t kSentencesMax = 3;

// Rows that have nothing to do with each other.
bool is_alone(std::string_view rule_id) { return rule_id == "T2.ITEMS" || rule_id == "T2.DISCLOSED"; }

// A reader of the sentence must not take our slip for the publisher's.
void say_fault(Anomaly& anomaly) {
  if (anomaly.fault == Fault::kExtraction) {
    anomaly.message_zh += "（从读取的情形看，可能是读取有误，并非机关填报有误。）";
    anomaly.message_en += " (From how it was read, this may be our reading and not the publisher's figure.)";
  } else if (anomaly.fault == Fault::kForm) {
    anomaly.message_zh += "（与所用的格式有关。）";
    anomaly.message_en += " (It comes from the form that was used.)";
  }
}

class Drafter {
 public:
  Drafter(const std::vector<Checked>& results, const std::vector<DiagnosedTable>& tables, const ReportKey& key,
          const std::string& organ_name)
      : key_(key), organ_name_(organ_name), tables_(tables) {
    for (const Checked& checked : results)
      if (checked.result.status == RuleStatus::kFailed) failed_.push_back({&checked, false});
  }

  void add_diagnosed(const DiagnosedTable& table) {
    for (const Diagnosis& diagnosis : table.diagnoses) {
      std::vector<const Checked*> members;
      for (const std::size_t equation : diagnosis.equations) take_equation(identities(*table.view.form)[equation], members);
      if (members.empty()) continue;
      Anomaly anomaly = gathered(members);
      anomaly.message_zh = diagnosis_message(anomaly.results, diagnosis, Language::kChinese);
      anomaly.message_en = diagnosis_message(anomaly.results, diagnosis, Language::kEnglish);
      if (diagnosis.unique) take_mended_counts(diagnosis.explanations.front(), anomaly);
      if (!diagnosis.explanations.empty()) take_agreeing_prose(diagnosis.explanations.front(), anomaly);
      anomaly.explanations = diagnosis.explanations;
      anomaly.unique = diagnosis.unique;
      anomaly.exhaustive = diagnosis.exhaustive;
      anomaly.fault = fault_of(diagnosis, table);
      say_fault(anomaly);
      drafts_.push_back(std::move(anomaly));
    }
  }

  std::vector<Anomaly> finish() {
    for (Member& first : failed_) {
      if (first.is_taken) continue;
      std::vector<const Checked*> members;
      for (Member& each : failed_) {
        const bool belongs = &each == &first || (!is_alone(rule_of(first)) && rule_of(each) == rule_of(first));
        if (each.is_taken || !belongs) continue;
        each.is_taken = true;
        members.push_back(each.checked);
      }
      drafts_.push_back(plain(members));
    }
    return std::move(drafts_);
  }

 private:
  struct Member {
    const Checked* checked;
    bool is_taken;
  };
  static const std::string& rule_of(const Member& member) { return member.checked->result.rule; }

  void take_equation(const Identity& identity, std::vector<const Checked*>& members) {
    for (Member& member : failed_) {
      const RuleResult& result = member.checked->result;
      if (member.is_taken || result.rule != identity.rule || result.instance != identity.instance) continue;
      member.is_taken = true;
      members.push_back(member.checked);
    }
  }

  // A figure that is no count is the same cause where the one explanation replaces it.
  void take_mended_counts(const Explanation& explanation, Anomaly& anomaly) {
    const auto is_mended = [&](const Operand& operand) {
      const bool is_wrong = operand.value.is_number() && operand.value.value < 0;
      return !is_wrong || std::any_of(explanation.changes.begin(), explanation.changes.end(),
                                      [&](const Change& change) { return change.cell == operand.cell; });
    };
    for (Member& member : failed_) {
      const RuleResult& result = member.checked->result;
      const bool touches = std::any_of(explanation.changes.begin(), explanation.changes.end(), [&](const Change& change) {
        return std::any_of(result.operands.begin(), result.operands.end(),
                           [&](const Operand& operand) { return operand.cell == change.cell; });
      });
      if (member.is_taken || !result.rule.ends_with(".COUNT") || !touches) continue;
      if (!std::all_of(result.operands.begin(), result.operands.end(), is_mended)) continue;
      member.is_taken = true;
      add(*member.checked, anomaly);
    }
  }

  // Prose that disagrees with a figure and agrees with its correction has the same cause. It is said with
  // the anomaly and is no finding of its own.
  void take_agreeing_prose(const Explanation& explanation, Anomaly& anomaly) {
    for (Member& member : failed_) {
      const RuleResult& result = member.checked->result;
      if (member.is_taken || !result.rule.starts_with("N.T") || !result.difference) continue;
      std::int64_t correction = 0;
      for (const Change& change : explanation.changes)
        for (const Operand& operand : result.operands)
          if (operand.cell == change.cell && change.reported.is_number()) correction += change.proposed - change.reported.value;
      if (correction == 0 || correction != *result.difference) continue;
      member.is_taken = true;
      anomaly.message_zh += "正文所述的数与改后一致。";
      anomaly.message_en += " The prose agrees with the corrected figure.";
    }
  }

  static void add(const Checked& checked, Anomaly& anomaly) {
    const Finding finding{checked.result.rule, checked.result.instance};
    const auto place = std::lower_bound(anomaly.findings.begin(), anomaly.findings.end(), finding);
    anomaly.results.insert(anomaly.results.begin() + (place - anomaly.findings.begin()), checked.result);
    anomaly.findings.insert(place, finding);
    anomaly.severity = std::max(anomaly.severity, checked.result.severity);
  }

  Anomaly gathered(const std::vector<const Checked*>& members) const {
    Anomaly anomaly;
    anomaly.key = key_;
    anomaly.organ_name = organ_name_;
    anomaly.severity = Severity::kInfo;
    for (const Checked* const member : members) add(*member, anomaly);
    anomaly.category = rule(anomaly.findings.front().rule).category;
    return anomaly;
  }

  Anomaly plain(const std::vector<const Checked*>& members) const {
    Anomaly anomaly = gathered(members);
    for (std::size_t i = 0; i < members.size() && i < kSentencesMax; ++i) {
      anomaly.message_zh += failure_message(*members[i], key_, organ_name_, Language::kChinese);
      anomaly.message_en += (i == 0 ? "" : " ") + failure_message(*members[i], key_, organ_name_, Language::kEnglish);
    }
    if (members.size() > kSentencesMax) {
      const std::string more = std::to_string(members.size() - kSentencesMax);
      anomaly.message_zh += "另有 " + more + " 处。";
      anomaly.message_en += " And " + more + " more.";
    }
    if (anomaly.findings.front().rule == "S.EDITION") anomaly.fault = Fault::kForm;
    for (const DiagnosedTable& table : tables_)
      if (anomaly.findings.front().rule == (table.view.form->table() == TableId::kT3 ? "T3.SHAPE" : "T4.SHAPE"))
        anomaly.fault = fault_of_shape(table);
    say_fault(anomaly);
    return anomaly;
  }

  const ReportKey& key_;
  const std::string& organ_name_;
  const std::vector<DiagnosedTable>& tables_;
  std::vector<Member> failed_;
  std::vector<Anomaly> drafts_;
};

}  // namespace

std::vector<Anomaly> draft_anomalies(const std::vector<Checked>& results, const std::vector<DiagnosedTable>& tables,
                                     const ReportKey& key, const std::string& organ_name) {
  Drafter drafter(results, tables, key, organ_name);
  for (const DiagnosedTable& table : tables) drafter.add_diagnosed(table);
  return drafter.finish();
}

}  // namespace gouji::validator
