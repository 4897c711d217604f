#include "services/validator/telemetry.h"

#include "common/report/calendar.h"
#include "services/validator/core/rules.h"

namespace gouji::validator {
namespace {

constexpr Severity kSeverities[] = {Severity::kInfo, Severity::kWarning, Severity::kError};
constexpr Fault kFaults[] = {Fault::kUndecided, Fault::kPublisher, Fault::kExtraction, Fault::kForm};
constexpr Transition kTransitions[] = {Transition::kOpened, Transition::kChanged, Transition::kResolved,
                                       Transition::kRetracted};

}  // namespace

Telemetry::Telemetry(telemetry::Metrics& metrics, const Clock& clock) : metrics_(metrics), clock_(clock) {
  const auto reports = [&](const char* result) {
    return metrics.counter("gouji_reports_validated_total", "Reports judged, by result.", {{"result", result}});
  };
  passed_ = reports("clean");
  failed_ = reports("anomalous");
  withdrawn_ = reports("withdrawn");
  unchanged_ = reports("unchanged");
  for (const Transition transition : kTransitions)
    transitions_[std::string(to_string(transition))] =
        metrics.counter("gouji_anomaly_transitions_total", "Anomaly events, by transition.",
                        {{"transition", std::string(to_string(transition))}});
  for (const Rule& rule : rule_set().rules())
    for (const Severity severity : kSeverities)
      for (const Fault fault : kFaults)
        for (const bool is_current : {true, false}) add({rule.id, severity, fault, is_current}, 0);
  ledger_keys_ = metrics.gauge("gouji_validator_ledger_keys", "Report keys held in memory.");
}

void Telemetry::changed(const Judgement& judgement) const {
  for (const Anomaly& anomaly : judgement.transitions)
    transitions_.at(std::string(to_string(anomaly.transition))).add();
}

void Telemetry::judged(const Judgement& judgement) const {
  changed(judgement);
  if (judgement.verdicts.empty()) return unchanged_.add();
  const Verdict& verdict = judgement.verdicts.front();
  (verdict.withdrawn ? withdrawn_ : verdict.anomalies_open > 0 ? failed_ : passed_).add();
}

void Telemetry::add(const Series& series, std::int64_t n) {
  auto found = open_.find(series);
  if (found == open_.end())
    found = open_
                .emplace(series, metrics_.gauge("gouji_anomalies_open",
                                                "Open anomalies, by leading rule; period is current for the report "
                                                "year now due, else past.",
                                                {{"rule", series.rule},
                                                 {"severity", std::string(to_string(series.severity))},
                                                 {"fault", std::string(to_string(series.fault))},
                                                 {"period", series.is_current ? "current" : "past"}}))
                .first;
  found->second.add(n);
}

void Telemetry::ledger_changed(std::int32_t partition, const std::string& key, const LedgerEntry* entry) {
  auto& keys = by_partition_[partition];
  const auto known = keys.find(key);
  if (known != keys.end()) {
    for (const Series& series : known->second.open) add(series, -1);
    for (const auto& [at, series] : known->second.waived) expiries_.erase({at, partition, key});
    ledger_keys_.add(-1);
    keys.erase(known);
  }
  if (entry == nullptr) return;
  const UnixMillis now = clock_.unix_millis();
  Held held;
  for (const LedgerAnomaly& anomaly : entry->anomalies) {
    if (!anomaly.open) continue;
    const Series series{anomaly.leading_rule, anomaly.severity, anomaly.fault, entry->key.year >= year_due(now)};
    if (anomaly.is_waived(now)) held.waived.emplace_back(anomaly.waiver->expires_at, series);
    else held.open.push_back(series);
  }
  for (const Series& one : held.open) add(one, 1);
  for (const auto& [at, series] : held.waived)
    if (at != 0) expiries_.insert({at, partition, key});
  ledger_keys_.add(1);
  keys.emplace(key, std::move(held));
}

void Telemetry::expire() {
  const UnixMillis now = clock_.unix_millis();
  while (!expiries_.empty() && expiries_.begin()->at <= now) {
    const Expiry due = *expiries_.begin();
    expiries_.erase(expiries_.begin());
    Held& held = by_partition_.at(due.partition).at(due.key);
    for (auto& [at, series] : held.waived)
      if (at == due.at) {
        add(series, 1);
        held.open.push_back(series);
      }
    std::erase_if(held.waived, [&](const auto& each) { return each.first == due.at; });
  }
}

void Telemetry::forget(std::int32_t partition) {
  const auto found = by_partition_.find(partition);
  if (found == by_partition_.end()) return;
  for (const auto& [key, held] : found->second) {
    for (const Series& one : held.open) add(one, -1);
    ledger_keys_.add(-1);
  }
  std::erase_if(expiries_, [partition](const Expiry& each) { return each.partition == partition; });
  by_partition_.erase(found);
}

}  // namespace gouji::validator
