#include "services/validator/core/checked.h"

#include <utility>

#include "services/validator/core/rules.h"

namespace gouji::validator {

RuleResult named(const Mark& mark) {
  return {mark.rule->id, std::string(mark.instance), mark.status, std::string(to_string(mark.reason)), mark.severity, {}, std::nullopt};
}

Checked in_full(const Mark& mark) { return {named(mark), {}, {}, {}}; }

void Said::override_severity() {
  if (full_) set_severity(full_->result);
  else mark_.severity = severity_of(mark_.rule->id, mark_.severity);
}

RuleResult named(const Said& said) { return said.full() != nullptr ? said.full()->result : named(said.mark()); }

Checked in_full(const Said& said) { return said.full() != nullptr ? *said.full() : in_full(said.mark()); }

std::vector<Checked> in_full(const std::vector<Said>& said) {
  std::vector<Checked> all;
  all.reserve(said.size());
  for (const Said& each : said) all.push_back(in_full(each));
  return all;
}

std::vector<Checked> failures_of(const std::vector<Said>& said) {
  std::vector<Checked> failures;
  for (const Said& each : said)
    if (each.is_failed()) failures.push_back(*each.full());
  return failures;
}

Mark passed(std::string_view rule_id, std::string_view instance) {
  const Rule& of = rule(rule_id);
  return {&of, instance, RuleStatus::kPassed, Reason::kNone, of.severity};
}

Mark not_applicable(std::string_view rule_id, Reason reason, std::string_view instance) {
  const Rule& of = rule(rule_id);
  return {&of, instance, RuleStatus::kNotApplicable, reason, of.severity};
}

Checked failed(std::string_view rule_id, std::string_view instance, std::string zh, std::string en) {
  const Rule& of = rule(rule_id);
  return {{of.id, std::string(instance), RuleStatus::kFailed, "", of.severity, {}, std::nullopt}, std::move(zh), std::move(en), {}};
}

}  // namespace gouji::validator
